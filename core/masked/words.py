"""Whole words behind several masks: what a masked word of several pieces could have been.

The probability of a word is that of its pieces filled from left to right, P(w₁ | c) · P(w₂ | c, w₁)
· …, each with the masks to its right still in place. A masked model promises no more: another order
gives another product. Words are found by a beam search, so a probability is exact and the list may
lack a word whose first piece is improbable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.distribution import FloatArray, check_top_k, normalised, top_ids
from core.errors import InputError
from core.language import _
from core.masked.masks import mask_positions, masked_tokens
from core.masked.variants import changed_inputs, rows_at_once
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_BEAM: Final = 32
"""Beginnings of words that are followed, at least."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordCandidate:
    """A word of several pieces: ``probability`` is the product of ``piece_probabilities``."""

    token_ids: tuple[int, ...]
    text: str
    piece_probabilities: FloatArray  # (piece,)

    @property
    def probability(self) -> float:
        """The joint probability of the pieces, left to right."""
        return float(np.prod(self.piece_probabilities.astype(np.float64)))


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPrediction:
    """The most probable words at ``positions``, the first first, and the word that was masked."""

    positions: tuple[int, ...]
    candidates: tuple[WordCandidate, ...]
    original: WordCandidate | None = None


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The first pieces of a word and the log-probability of each."""

    ids: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()

    @property
    def score(self) -> float:
        return sum(self.scores)


def word_candidates(
    model: LanguageModel,
    text: str | Tokens,
    positions: Sequence[int] | None = None,
    *,
    top_k: int = 10,
    whole: bool = True,
    original: Sequence[int] | None = None,
) -> WordPrediction:
    """The ``top_k`` words that fit the masks at ``positions``, which stand side by side.

    By default the first run of masks in ``text``. With ``whole`` the pieces form one word: the
    first begins it, the others go on with it; probabilities stay the model's own over its whole
    vocabulary. ``original`` are the ids of the word that was masked. Raises InputError where the
    masks are not side by side or ``original`` has another number of pieces.
    """
    check_top_k(top_k)
    tokens = masked_tokens(model, text)
    places = _run(mask_positions(model, tokens), positions)
    allowed = _allowed(model) if whole else None
    beginnings = [_Beginning()]
    for number, position in enumerate(places):
        fits = None if allowed is None else allowed[min(number, 1)]
        beginnings = _extended(model, tokens, places, position, beginnings, fits, max(_BEAM, top_k))
    words = tuple(_candidate(model, found) for found in beginnings[:top_k])
    known = None if original is None else _scored(model, tokens, places, tuple(original))
    return WordPrediction(positions=places, candidates=words, original=known)


def _run(masks: tuple[int, ...], positions: Sequence[int] | None) -> tuple[int, ...]:
    """The masks asked for, side by side."""
    if positions is None:
        return tuple(place for number, place in enumerate(masks) if place == masks[0] + number)
    places = tuple(sorted(set(positions)))
    for place in places:
        if place not in masks:
            raise InputError(
                _("Token {number} is no mask: choose one that is.").format(number=place)
            )
    if not places or places[-1] - places[0] != len(places) - 1:
        raise InputError(
            _(
                "A word stands in one place: choose masks that stand side by side, not {list}."
            ).format(list=", ".join(map(str, places)) or "0")
        )
    return places


def _extended(
    model: LanguageModel,
    tokens: Tokens,
    places: tuple[int, ...],
    position: int,
    beginnings: list[_Beginning],
    allowed: npt.NDArray[np.bool_] | None,
    width: int,
) -> list[_Beginning]:
    """The ``width`` most probable beginnings that are one piece longer."""
    found: list[_Beginning] = []
    scores = _next_scores(model, tokens, places, position, [one.ids for one in beginnings])
    for beginning, row in zip(beginnings, scores, strict=True):
        # Only a choice is narrowed: the numbers stay those over the whole vocabulary.
        usable = row if allowed is None else np.where(allowed[: len(row)], row, -np.inf)
        found += [
            _Beginning((*beginning.ids, id_), (*beginning.scores, float(row[id_])))
            for id_ in top_ids(usable, width)
            if np.isfinite(usable[id_])
        ]
    return sorted(found, key=lambda one: -one.score)[:width]


def _scored(
    model: LanguageModel, tokens: Tokens, places: tuple[int, ...], word: tuple[int, ...]
) -> WordCandidate:
    """The word that was masked, by the same rule."""
    if len(word) != len(places) or not all(0 <= id_ < model.shape.vocab for id_ in word):
        raise InputError(
            _("The masked word has {count} pieces and there are {masks} masks for it.").format(
                count=len(word), masks=len(places)
            )
        )
    scores = [
        _next_scores(model, tokens, places, position, [word[:number]])[0, word[number]]
        for number, position in enumerate(places)
    ]
    return _candidate(model, _Beginning(word, tuple(map(float, scores))))


def _next_scores(
    model: LanguageModel,
    tokens: Tokens,
    places: tuple[int, ...],
    position: int,
    beginnings: Sequence[tuple[int, ...]],
) -> FloatArray:
    """log P at ``position`` after each of ``beginnings``. (beginning, vocab)"""
    changes = [dict(zip(places, ids, strict=False)) for ids in beginnings]
    at_once = rows_at_once(model, len(tokens))
    parts = [
        logits_at(
            model.network,
            changed_inputs(model, tokens, changes[start : start + at_once]),
            [position],
        )[:, 0]
        for start in range(0, len(changes), at_once)
    ]
    return normalised(torch.cat(parts))


def _candidate(model: LanguageModel, word: _Beginning) -> WordCandidate:
    return WordCandidate(
        token_ids=word.ids,
        text="".join(model.reader.read_ids(word.ids).texts).strip(),
        piece_probabilities=np.exp(np.array(word.scores, dtype=np.float32)),
    )


def _allowed(model: LanguageModel) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which ids may begin a word, and which may go on with one. (vocab,) each"""
    alphabet = model.reader.alphabet
    begins, goes_on = (np.zeros(model.shape.vocab, dtype=np.bool_) for _part in range(2))
    special = set(model.tokenizer.all_special_ids)
    for piece, id_ in model.tokenizer.get_vocab().items():
        if id_ in special or id_ >= model.shape.vocab:
            continue
        if alphabet.kind == "wordpiece":
            inside = len(piece) > len(alphabet.prefix) and piece.startswith(alphabet.prefix)
            begins[id_] = not inside
            goes_on[id_] = inside and _in_word(piece[len(alphabet.prefix) :])
        elif alphabet.kind == "plain":
            begins[id_], goes_on[id_] = True, _in_word(piece)
        else:  # a piece that begins a word carries the space before it; the first of a text may not
            data = alphabet.bytes_of(piece, continues_word=False)
            begins[id_] = True
            goes_on[id_] = not data[:1].isspace() and _in_word(data.decode("utf-8", "ignore"))
    return begins, goes_on


def _in_word(text: str) -> bool:
    """Whether ``text`` may stand within a word: no punctuation. Part of a character may, too."""
    return all(sign.isalnum() or unicodedata.category(sign)[0] == "M" for sign in text)
