"""Recomputes the answers of the built-in lessons from the pinned weights.

Each measure reads what its lesson opens, as the page would, and gives the numbers that the lesson
asks for, in their order. Two take minutes and are not here: those of prompts are read from what
``core.prompts.recorded`` and ``core.prompts.ladder`` recorded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from core.course.lesson import Lesson
from core.models import LanguageModel, load_model

Link = Mapping[str, str]
Measure = Callable[[Link], tuple[float, ...]]


def measure(lesson: Lesson) -> tuple[float, ...]:
    """The answers of ``lesson`` in the language that is spoken, measured now."""
    return MEASURES[lesson.id](lesson.opens.link())


def _model(link: Link) -> LanguageModel:
    return load_model(link["model"])


def _unknown_pieces(link: Link) -> tuple[float, ...]:
    return (sum(load_model(link["first"]).encode(link["text"]).unknown),)


def _two_heads(link: Link) -> tuple[float, ...]:
    from core.attention import capture_attention

    capture = capture_attention(_model(link), link["text"])
    texts = capture.tokens.texts
    it, animal = texts.index("it"), texts.index("animal")
    return tuple(float(capture.head(*place)[it, animal]) for place in ((3, 1), (5, 11)))


def _one_weight(link: Link) -> tuple[float, ...]:
    from core.anatomy import head_anatomy, layer_anatomy

    model = _model(link)
    layer = layer_anatomy(model, link["text"], layer=int(link["layer"]))
    head = head_anatomy(model, layer, int(link["head"]))
    _matrix, row, column = map(int, link["cell"].split(","))
    products = head.products[row].astype(np.float64)
    unscaled = np.exp(products - products.max())
    return (
        float(head.scaled[row, column]),
        float(head.weights[row, column]),
        float(unscaled[column] / unscaled.sum()),
    )


def _two_contexts(link: Link) -> tuple[float, ...]:
    from core.embedding import read_texts, word_journey

    read = read_texts(_model(link), link["lines"].splitlines())
    cosines = word_journey(read, link["word"]).cosines(0, 1)
    return cosines[0], cosines[-1]


def _no_change(link: Link) -> tuple[float, ...]:
    """The row of the word before the one that differs, in every layer and head."""
    from core.attention import capture_attention

    model = _model(link)
    one, other = (capture_attention(model, link[name]) for name in ("text", "other_text"))
    pairs = zip(one.tokens.ids, other.tokens.ids, strict=False)
    same = next(at for at, (first, second) in enumerate(pairs) if first != second)
    rows = one.weights[:, :, :same, :same], other.weights[:, :, :same, :same]
    return (float(np.abs(rows[0] - rows[1]).max()),)


def _sink(link: Link) -> tuple[float, ...]:
    from core.attention import attention_overview

    sinks = attention_overview(_model(link), link["text"]).sinks
    return (round(100 * next(sink.share for sink in sinks if sink.position == 0)),)


def _two_ablations(link: Link) -> tuple[float, ...]:
    """The chosen head, and the control that the page shows beside it."""
    from core.attention import ablate_heads
    from core.attention.effects import control_head

    model = _model(link)
    (word,) = model.tokenizer.encode(link["predict"], add_special_tokens=False)
    layer, head = int(link["layer"]), int(link["head"])
    changes = []
    control = control_head(layer, head, model.shape.heads)
    for each in (head,) if control is None else (head, control):
        effect = ablate_heads(model, link["text"], [(layer, each)])
        changes.append(float(effect.ablated[word] - effect.baseline[word]))
    return tuple(changes)


def _gap_loss(link: Link) -> tuple[float, ...]:
    from core.masked import predict_masks

    model = _model(link)
    original = model.encode(link["text"])
    places = [int(place) for place in link["masks"].split(",")]
    text = link["text"]
    for place in sorted(places, reverse=True):
        span = original.spans[place]
        if span is None:
            raise LookupError(f"no text at {place}")
        text = text[: span[0]] + model.tokenizer.mask_token + text[span[1] :]
    losses = []
    for prediction in predict_masks(model, text, top_k=100):
        wanted = original.ids[prediction.position]
        at = list(prediction.token_ids).index(wanted)
        losses.append(-math.log(float(prediction.probabilities[at])))
    return (sum(losses) / len(losses),)


def _kept(link: Link) -> tuple[float, ...]:
    import torch

    from core.generation import SamplingSettings, next_token_distribution

    model = _model(link)
    with torch.inference_mode():
        logits = model.network(**model.inputs(model.encode(link["text"]))).logits[0, -1]
    counts = []
    for temperature in (float(link["temperature"]), 2.0):
        settings = SamplingSettings(temperature=temperature, top_p=float(link["top_p"]))
        found = next_token_distribution(logits.float().numpy(), settings)
        counts.append(float((found > 0).sum()))
    return tuple(counts)


def _first_loss(_link: Link) -> tuple[float, ...]:
    """The loss of a BERT with random weights and the vocabulary of BERT, and its NSP part."""
    import torch
    from transformers import BertConfig, BertForPreTraining

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30_522,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
    )
    network = BertForPreTraining(config).eval()
    ids = torch.randint(1_000, 30_522, (16, 64))
    labels = torch.where(torch.rand(ids.shape) < 0.15, ids, -100)
    following = torch.arange(16) % 2
    with torch.inference_mode():
        found = network(input_ids=ids, labels=labels, next_sentence_label=following)
        pair = torch.nn.functional.cross_entropy(found.seq_relationship_logits, following)
    return float(found.loss), float(pair)


MEASURES: Final[dict[str, Measure]] = {
    "pieces": _unknown_pieces,
    "looking": _two_heads,
    "weight": _one_weight,
    "two-vectors": _two_contexts,
    "no-peeking": _no_change,
    "sink": _sink,
    "ablation": _two_ablations,
    "gap": _gap_loss,
    "one-token": _kept,
    "before-learning": _first_loss,
}
"""By the id of the lesson."""
