"""Two scores of one text, of models that cut it into other tokens, made comparable.

Compared is the part of the text that both scored whole: from a character on at which a token of
both begins, to one at which a token of both ends. −Σ log₂ P of such a part is bits; divided by its
characters it no longer depends on the tokens (Gao et al. 2020, "The Pile", section 3.1, with bytes
in place of characters). Nothing is drawn here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import exp, log
from typing import Final

import numpy as np

from core.generation import ScoredWord, TextScore
from core.tokens import count_characters

_SPACES: Final = re.compile(r"\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScore:
    """How probable a model finds a part of a text: Σ log P in nats over its ``tokens``."""

    total: float
    tokens: int
    characters: int

    @property
    def bits(self) -> float:
        """Bits per character."""
        return -self.total / log(2) / self.characters

    @property
    def perplexity(self) -> float:
        """exp of the mean of −log P over the tokens."""
        return exp(-self.total / self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPart:
    """What two models scored both: ``text``, the whole or a part, and how probable to each."""

    text: str
    whole: bool
    first: PartScore
    second: PartScore
    same_tokens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WordOfBoth:
    """A word that both scored, with its log P in nats."""

    text: str
    first: float
    second: float

    @property
    def difference(self) -> float:
        """How much more the first expects it, in nats."""
        return self.first - self.second


def shared_part(text: str, first: TextScore, second: TextScore) -> SharedPart | None:
    """The largest part of ``text`` that both scored; None where there is none."""
    one, two = _borders(text, first), _borders(text, second)
    both = sorted(one.keys() & two.keys())
    if len(both) < 2:
        return None
    start, stop = both[0], both[-1]
    own, other = slice(one[start], one[stop]), slice(two[start], two[stop])
    part = text[start:stop].strip()
    count = count_characters(part)
    if own.start >= own.stop or other.start >= other.stop or not count:
        return None
    return SharedPart(
        text=part,
        whole=part == text.strip(),
        first=_part(first, own, count),
        second=_part(second, other, count),
        same_tokens=first.tokens.pieces[own] == second.tokens.pieces[other],
    )


def differing_words(text: str, first: TextScore, second: TextScore, most: int) -> list[WordOfBoth]:
    """The words that one model expects more than the other, the largest difference first."""
    one, two = _words(text, first), _words(text, second)
    found = [
        WordOfBoth(
            text=text[start:stop],
            first=one[start, stop].log_probability,
            second=two[start, stop].log_probability,
        )
        for start, stop in sorted(one.keys() & two.keys())
    ]
    return sorted(found, key=lambda word: -abs(word.difference))[:most]


def _borders(text: str, score: TextScore) -> dict[int, int]:
    """Where scored tokens of ``text`` begin and the last one ends: character → token.

    A border lies inside no character, and spaces belong to what follows them.
    """
    tokens = score.tokens
    own = [
        place
        for place, span in enumerate(tokens.spans)
        if span is not None and score.ranks[place] > 0
    ]
    borders: dict[int, int] = {}
    for place in own:
        if place == 0 or tokens.groups[place] != tokens.groups[place - 1]:
            borders.setdefault(_past_spaces(text, _span(score, place)[0]), place)
    after = own[-1] + 1 if own else 0
    if own and (after == len(tokens) or tokens.groups[after] != tokens.groups[after - 1]):
        borders.setdefault(_past_spaces(text, _span(score, own[-1])[1]), after)
    return borders


def _span(score: TextScore, place: int) -> tuple[int, int]:
    return score.tokens.spans[place] or (0, 0)


def _past_spaces(text: str, place: int) -> int:
    """The first character from ``place`` on that is no space."""
    found = _SPACES.match(text, place)
    return found.end() if found else place


def _part(score: TextScore, places: slice, characters: int) -> PartScore:
    own = score.log_probabilities[places].astype(np.float64)
    return PartScore(total=float(own.sum()), tokens=len(own), characters=characters)


def _words(text: str, score: TextScore) -> dict[tuple[int, int], ScoredWord]:
    """The words that were scored, by the characters at which they begin and end."""
    words: dict[tuple[int, int], ScoredWord] = {}
    for word in score.words():
        start = _past_spaces(text, _span(score, word.positions[0])[0])
        stop = _span(score, word.positions[-1])[1]
        if start < stop:
            words[start, stop] = word
    return words
