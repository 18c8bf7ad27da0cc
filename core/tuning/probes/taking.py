"""Looking into one text: attention, words behind masks, a continuation.

By the functions that the other pages use, on a network that learns. Which texts, and when, is
known elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import torch

from core.attention.capture import capture_attention
from core.distribution import TokenNames, normalised, ranked, top_tokens
from core.errors import InputError
from core.language import _
from core.masked.masks import read_masks, with_masks
from core.models.language_model import LanguageModel
from core.prediction import logits_of
from core.tokens import Tokens
from core.tuning.probes.readings import FloatArray, MaskReading, ProbeReading

Head = tuple[int, int]
TOKENS: Final = 64
"""The most tokens of a text that is looked into; what is longer is cut."""
TOP: Final = 5
_LONG_WORD: Final = 5  # letters


def read_attention(
    model: LanguageModel, tokens: Tokens, heads: Sequence[Head], *, virtual: int = 0
) -> ProbeReading:
    """The attention of ``heads`` in ``tokens``; the ``virtual`` tokens before them are labelled."""
    if not heads:
        nothing = np.zeros((0, len(tokens), len(tokens)), dtype=np.float32)
        return _reading(tokens, nothing, causal=model.kind == "causal")
    capture = capture_attention(
        model,
        tokens,
        layers=sorted({layer for layer, _head in heads}),
        heads=sorted({head for _layer, head in heads}),
    )
    weights = np.stack([capture.head(*place) for place in heads])  # (head, query, key)
    queries, keys = (size - len(tokens) for size in weights.shape[1:])
    if (queries, keys) not in ((0, 0), (0, virtual), (virtual, virtual)):
        raise InputError(
            _("The attention of {id} has {count} keys for {tokens} tokens.").format(
                id=model.id, count=weights.shape[2], tokens=len(tokens)
            )
        )
    return _reading(tokens, weights, queries=queries, keys=keys, causal=capture.causal)


def _reading(
    tokens: Tokens, weights: FloatArray, *, queries: int = 0, keys: int = 0, causal: bool
) -> ProbeReading:
    names = tuple(f"[V{number}]" for number in range(1, keys + 1))
    return ProbeReading(
        queries=(*names[:queries], *tokens.labels),
        keys=(*names, *tokens.labels),
        special=(*(True for _name in names), *tokens.special),
        special_queries=(*(True for _name in names[:queries]), *tokens.special),
        virtual_queries=queries,
        virtual_keys=keys,
        causal=causal,
        weights=weights,
    )


def read_cross_attention(
    model: LanguageModel, tokens: Tokens, target: Tokens, heads: Sequence[Head]
) -> ProbeReading:
    """How the decoder that reads ``target`` looks at ``tokens``, by ``heads`` of its layers."""
    weights = np.zeros((0, len(target), len(tokens)), dtype=np.float32)
    if heads:
        capture = capture_attention(model, tokens, target)
        cross = capture.stack("cross")
        weights = np.stack([cross.head(*place) for place in heads])  # (head, query, key)
    return ProbeReading(
        queries=target.labels,
        keys=tokens.labels,
        special=tokens.special,
        special_queries=target.special,
        weights=weights,
    )


def masked_input(model: LanguageModel, text: str) -> tuple[Tokens, dict[int, int]]:
    """``text`` with its masks, and what they hide, by position.

    A text without a mask gets one in place of one of its words. Raises InputError
    where no word can be masked.
    """
    tokens = read_masks(model, text)
    mask = model.tokenizer.mask_token_id
    if mask in tokens.ids:
        return tokens, {}
    tokens = model.encode(text, limit=TOKENS)
    place = _word_to_mask(tokens)
    return with_masks(model, tokens, [place]), {place: tokens.ids[place]}


def _word_to_mask(tokens: Tokens) -> int:
    """A word of one token that a model can know: of the long ones the commonest.

    Vocabularies are numbered by how common their pieces are. Where words are short, as characters
    are, one in the middle.
    """
    goes_on = (*tokens.continues[1:], False)
    own = [place for place, special in enumerate(tokens.special) if not special]
    whole = [
        place
        for place in own
        if not tokens.continues[place]
        and not goes_on[place]
        and tokens.texts[place].strip().isalpha()
    ]
    long = [place for place in whole if len(tokens.texts[place].strip()) >= _LONG_WORD]
    if long:
        return min(long, key=lambda place: tokens.ids[place])
    choice = whole or own
    if not choice:
        raise InputError(_("No word of the text can be masked: choose another text."))
    return choice[len(choice) // 2]


def read_predictions(
    model: LanguageModel, tokens: Tokens, originals: dict[int, int], *, virtual: int = 0
) -> tuple[MaskReading, ...]:
    """What the model expects behind each mask of ``tokens``."""
    mask = model.tokenizer.mask_token_id
    places = [place for place, id_ in enumerate(tokens.ids) if id_ == mask]
    logits = _logits(model, model.inputs(tokens), len(tokens), virtual=virtual)
    names = TokenNames(model)
    found = []
    for place, scores in zip(places, normalised(logits[places]), strict=True):
        top = top_tokens(scores, TOP, names)
        reading = MaskReading(position=place, words=top.texts, probabilities=top.probabilities)
        if place in originals:
            original = ranked(scores, originals[place], names)
            reading = replace(
                reading,
                original=original.text,
                probability=original.probability,
                rank=original.rank,
            )
        found.append(reading)
    return tuple(found)


def read_continuation(
    model: LanguageModel, tokens: Tokens, count: int, *, virtual: int = 0
) -> tuple[tuple[str, ...], FloatArray]:
    """``count`` tokens written after ``tokens``, always the most probable one; up to an end token.

    Of an encoder–decoder model they are what it makes of ``tokens``. Nothing is kept between two
    tokens: what the other pages keep belongs to weights that stand still.
    """
    paired = model.kind == "seq2seq"
    ids = list(model.encode_target(None).ids if paired else tokens.ids)
    end = model.tokenizer.eos_token_id
    room = model.shape.max_tokens - virtual - len(ids)
    written: list[int] = []
    probabilities: list[float] = []
    for _number in range(min(count, room)):
        row = _tokens_of(model, [*ids, *written])
        inputs = model.inputs(tokens, row) if paired else model.inputs(row)
        scores = normalised(_logits(model, inputs, len(row), virtual=virtual)[-1])  # (vocab,)
        best = int(scores.argmax())
        written.append(best)
        probabilities.append(float(np.exp(scores[best])))
        if best == end:
            break
    texts = _tokens_of(model, [*ids, *written]).texts[len(ids) :] if written else ()
    return texts, np.array(probabilities, dtype=np.float32)


def _tokens_of(model: LanguageModel, ids: Sequence[int]) -> Tokens:
    return model.reader.read_ids(list(ids))


def _logits(
    model: LanguageModel, inputs: Mapping[str, torch.Tensor], count: int, *, virtual: int
) -> torch.Tensor:
    """The logits of every token of the text, of which there are ``count``. (token, vocab)"""
    with torch.no_grad():
        logits = logits_of(model.network(**inputs))[0]
    return logits[virtual:] if len(logits) == count + virtual else logits
