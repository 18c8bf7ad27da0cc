"""Masked words: one prediction, eight masks in turn, a sentence's score, a thousand sentences."""

from __future__ import annotations

import torch
from transformers import pipeline

from benchmarks.report import Table, interleaved_seconds, seconds
from benchmarks.texts import text_of
from core.lens import logit_lens
from core.masked import (
    fill_steps,
    mask_positions,
    predict_many,
    predict_masks,
    pseudo_log_likelihood,
    read_masks,
    with_masks,
)
from core.models import LanguageModel, load_model
from core.tokens import Tokens

MODEL = "minilm-l6-masked"
SENTENCES = 1000
ALONE = 100
"""How many of the sentences go through the pipeline, one call each."""
_SUBJECTS = ("The animal", "My neighbour", "The old captain", "Nobody", "The committee")
_ENDINGS = (
    "[MASK] the street.",
    "[MASK] because it was too tired to walk any further.",
    "opened the [MASK] and walked into the room.",
    "wants to know what the capital of [MASK] is before the meeting begins tomorrow morning.",
    "said that the [MASK] is wide.",
)


def measure() -> list[Table]:
    """Everything, with the built-in masked model on the CPU."""
    model = load_model(MODEL, device="cpu")
    return [_waiting(model), _ratios(model)]


def _waiting(model: LanguageModel) -> Table:
    """What somebody waits for."""
    twenty = with_masks(model, model.encode(text_of(model, 20)), [3])
    eight = with_masks(model, model.encode(text_of(model, 20)), range(2, 18, 2))
    position = mask_positions(model, twenty)
    taken = interleaved_seconds(
        {
            "one prediction, 20 tokens": lambda: predict_masks(model, twenty),
            "eight masks, one by one": lambda: list(fill_steps(model, eight)),
            "logit lens of one mask": lambda: logit_lens(model, twenty, positions=position),
            "logit lens of 20 tokens": lambda: logit_lens(model, twenty),
        }
    )
    aims = {"one prediction, 20 tokens": "60 ms", "eight masks, one by one": "600 ms"}
    return Table(
        title="Masked words",
        about="float32 on the CPU, tokens in and words out.",
        head=("what", "taken", "aim"),
        rows=tuple((name, seconds(took), aims.get(name, "")) for name, took in taken.items()),
    )


def _ratios(model: LanguageModel) -> Table:
    """What batches save, within one run."""
    text = text_of(model, 64)
    tokens = model.encode(text)
    score = interleaved_seconds(
        {
            "alone": lambda: _token_by_token(model, tokens),
            "ours": lambda: pseudo_log_likelihood(model, tokens),
        },
        rounds=5,
    )
    sentences = thousand_sentences()
    fill = pipeline("fill-mask", model=str(model.folder), device="cpu")
    some = sentences[:: SENTENCES // ALONE]
    many = interleaved_seconds(
        {
            "alone": lambda: [fill(sentence, top_k=5) for sentence in some],
            "ours": lambda: predict_many(model, sentences, top_k=5),
        },
        rounds=3,
    )
    many["alone"] *= SENTENCES / ALONE
    return Table(
        title="Masked words in batches",
        about=(
            "Against one forward pass per token, with logits at every token, and against "
            f"transformers' fill-mask pipeline called once per sentence (timed on {ALONE} of the "
            f"{SENTENCES:,}). Aims: at least 3× and at least 6× faster."
        ),
        head=("what", "one by one", "together", "faster"),
        rows=tuple(
            (name, seconds(took["alone"]), seconds(took["ours"]), f"{_faster(took):.1f}×")
            for name, took in (
                ("pseudo-log-likelihood, 64 tokens", score),
                (f"{SENTENCES:,} sentences with a mask", many),
            )
        ),
    )


def thousand_sentences() -> list[str]:
    """Sentences of 7 to 21 tokens, each with one mask and no two alike."""
    parts = [(subject, ending) for subject in _SUBJECTS for ending in _ENDINGS]
    return [
        f"In {1900 + number} {subject} {ending}"
        for number in range(SENTENCES // len(parts))
        for subject, ending in parts
    ]


def _faster(taken: dict[str, float]) -> float:
    return taken["alone"] / taken["ours"]


@torch.inference_mode()
def _token_by_token(model: LanguageModel, tokens: Tokens) -> None:
    """One pass per token, as it is usually written."""
    mask = read_masks(model, "[MASK]").ids[1]
    for place in range(1, len(tokens) - 1):
        inputs = model.inputs(tokens)
        inputs["input_ids"][0, place] = mask
        outputs = model.network(**inputs)
        logits = outputs["logits"] if "logits" in outputs else outputs["prediction_logits"]
        torch.log_softmax(logits[0, place], dim=-1)[tokens.ids[place]].item()
