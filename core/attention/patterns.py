"""The patterns that others found in attention heads: which cells each expects, and from when on a
head is labelled with one.

Knows tokens and thresholds; it computes no weights. See ``core.attention.profile`` for the scores.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.attention.capture import AttentionCapture
from core.attention.places import Stack
from core.attention.pointers import Places
from core.attention.recording import BoolArray
from core.errors import InputError
from core.language import _
from core.tokens import Tokens

PATTERNS: Final = (
    *("previous", "next", "self", "first", "separator", "punctuation"),
    *("duplicate", "induction"),
)
BROAD: Final = "broad"
"""The label of a head that looks nearly everywhere alike."""
LABELS: Final = (*PATTERNS, BROAD)
LABEL_SCORE: Final = 0.4
"""A head is labelled from this score on: that much of its attention fits the pattern ..."""
LABEL_TIMES: Final = 3.0
"""... and this many times as much as if it looked at all positions alike ..."""
LABEL_ROWS: Final = 2
"""... in a text where at least so many queries could show the pattern."""
BROAD_ENTROPY: Final = 0.85
"""A head without another label is broad from this share of the largest possible entropy on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternCells:
    """The cells of a weight matrix that a pattern expects, and in how many rows they stand."""

    rows: Places
    keys: Places
    row_count: int

    @classmethod
    def of(cls, cells: BoolArray) -> PatternCells:
        """The cells where ``cells`` is true. (query, key)"""
        rows, keys = np.nonzero(cells)
        return cls(rows=rows, keys=keys, row_count=len(np.unique(rows)))


def pattern_cells(capture: AttentionCapture, stack: Stack = "self") -> Mapping[str, PatternCells]:
    """Of each pattern, the cells (row of the weights, key) that it expects in ``stack``.

    None of a cross stack: these patterns are about tokens that look at each other.
    """
    if stack == "cross":
        nothing = PatternCells.of(np.zeros((0, 0), dtype=bool))
        return dict.fromkeys(PATTERNS, nothing)
    tokens = capture.key_tokens(stack)
    query = np.asarray(capture.rows_kept(stack))[:, None]  # (query, 1)
    key = np.arange(len(tokens))[None, :]  # (1, key)
    ids, special = np.asarray(tokens.ids), np.asarray(tokens.special)
    same = (ids[query] == ids[key]) & ~special[key]
    before = np.roll(ids, 1)  # of each key
    after_same = (ids[query] == before[key]) & (key > 0) & ~np.roll(special, 1)[key]
    patterns = {
        "previous": key == query - 1,
        "next": key == query + 1,
        "self": key == query,
        "first": (key == 0) & (query > 0),
        "separator": special[key] & (key > 0) & (query >= 0),
        "punctuation": punctuation(tokens)[key] & (key > 0) & (key != query),
        "duplicate": same & (key != query),
        "induction": after_same & (key < query),
    }
    causal = capture.stack(stack).causal
    shown = (key <= query) if causal else np.ones((1, 1), dtype=bool)
    return {name: PatternCells.of(pattern & shown) for name, pattern in patterns.items()}


def punctuation(tokens: Tokens) -> BoolArray:
    """Whether each token is punctuation: not special, every sign in Unicode's category P. (token,)

    A part of a character, such as a byte of "，", is what the whole character is.
    """
    return np.asarray(
        [
            not special and all(unicodedata.category(sign)[0] == "P" for sign in text)
            for text, special in zip(tokens.characters, tokens.special, strict=True)
        ],
        dtype=bool,
    )


def label_of(
    scores: Mapping[str, float], chance: Mapping[str, float], counts: Mapping[str, float]
) -> str:
    """What a head is labelled with; "" for nothing.

    ``scores`` hold "entropy" beside the patterns, ``chance`` is the score of uniform attention and
    ``counts`` the number of queries that could show each.
    """
    fitting = [
        name
        for name in PATTERNS
        if scores[name] >= max(LABEL_SCORE, LABEL_TIMES * chance[name])
        and counts[name] >= LABEL_ROWS
    ]
    if fitting:
        return max(fitting, key=lambda name: scores[name])
    broad = scores["entropy"] >= BROAD_ENTROPY and counts["entropy"] >= LABEL_ROWS
    return BROAD if broad else ""


def check_pattern(pattern: str) -> None:
    """InputError for a pattern that there is not."""
    if pattern not in PATTERNS:
        raise InputError(
            _("There is no pattern “{name}”: choose one of {names}.").format(
                name=pattern, names=", ".join(PATTERNS)
            )
        )
