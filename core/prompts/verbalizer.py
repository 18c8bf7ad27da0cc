"""``Verbalizer``: the words that stand for each label, and how their probabilities become one.

A word of several pieces has the probability of all its pieces, each given those before it: P(w₁) ·
P(w₂ | w₁) · …. A label of several words has the mean of their probabilities, so that more words
make no label likelier by themselves. The probabilities of the labels are these, divided by their
sum. Where a word stands in a prompt, and what the model says of it, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.language import _
from core.tokens import check_text

Averaging = Literal["mean", "sum", "max"]
LABEL_LIMIT: Final = 100
WORD_LIMIT: Final = 50

Scores = npt.NDArray[np.float64]


class Verbalizer:
    """Labels and their words, as ``{"bad": ["bad", "awful"], "good": "good"}``.

    ``averaging`` makes one probability of those of a label's words: their "mean" (the default),
    their "sum", or the largest ("max"). Raises InputError for fewer than two labels, a label
    without a word, and a word that stands for two labels.
    """

    def __init__(
        self, mapping: Mapping[str, str | Sequence[str]], *, averaging: Averaging = "mean"
    ) -> None:
        if averaging not in get_args(Averaging):
            raise InputError(
                _("Words are averaged as {choices}, not as “{value}”.").format(
                    choices=", ".join(get_args(Averaging)), value=str(averaging)[:40]
                )
            )
        self.averaging: Averaging = averaging
        self._words = {str(label): _read(str(label), words) for label, words in mapping.items()}
        _check(self._words)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order given."""
        return tuple(self._words)

    @property
    def mapping(self) -> dict[str, tuple[str, ...]]:
        """Each label's words."""
        return dict(self._words)

    @property
    def words(self) -> tuple[str, ...]:
        """All words, label by label."""
        return tuple(word for words in self._words.values() for word in words)

    @property
    def owners(self) -> tuple[int, ...]:
        """The place of the label that each of ``words`` stands for."""
        return tuple(place for place, words in enumerate(self._words.values()) for _word in words)

    def first(self, label: str) -> str:
        """The word that a demonstration of ``label`` shows."""
        if label not in self._words:
            raise InputError(
                _("The label “{label}” has no word: the verbalizer has {labels}.").format(
                    label=label[:40], labels=", ".join(f"“{each[:40]}”" for each in self.labels[:8])
                )
            )
        return self._words[label][0]

    def log_scores(self, word_scores: Scores) -> Scores:
        """log of each label's probability, (row, label), by log P of its words, (row, word)."""
        owners = np.array(self.owners)
        columns = []
        for place in range(len(self.labels)):
            own = word_scores[:, owners == place]  # (row, word)
            top = own.max(axis=1)  # (row,)
            if self.averaging == "max":
                columns.append(top)
                continue
            total = top + np.log(np.exp(own - top[:, None]).sum(axis=1))
            columns.append(total - (np.log(own.shape[1]) if self.averaging == "mean" else 0.0))
        return np.stack(columns, axis=1)

    def probabilities(self, word_scores: Scores) -> Scores:
        """Each label's share, (row, label), by log P of the words, (row, word); rows sum to 1."""
        scores = self.log_scores(word_scores)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        found: Scores = shares / shares.sum(axis=1, keepdims=True)
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verbalizer) and (self._words, self.averaging) == (
            other._words,
            other.averaging,
        )

    def __hash__(self) -> int:
        return hash((tuple(self._words.items()), self.averaging))

    def __repr__(self) -> str:
        return f"Verbalizer({self.mapping!r})"


def _read(label: str, words: str | Sequence[str]) -> tuple[str, ...]:
    found = tuple(str(word).strip() for word in ([words] if isinstance(words, str) else words))
    if not found or not all(found):
        raise InputError(
            _("The label “{label}” has no word: give it one.").format(label=label[:40])
        )
    if len(found) > WORD_LIMIT:
        raise InputError(
            _("The label “{label}” has {count} words, the limit is {limit}.").format(
                label=label[:40], count=len(found), limit=WORD_LIMIT
            )
        )
    for word in found:
        check_text(word)
    return tuple(dict.fromkeys(found))


def _check(words: Mapping[str, Sequence[str]]) -> None:
    if not 2 <= len(words) <= LABEL_LIMIT:
        raise InputError(
            _("The verbalizer has {count} labels: give at least 2 and at most {limit}.").format(
                count=len(words), limit=LABEL_LIMIT
            )
        )
    owner: dict[str, str] = {}
    for label, own in words.items():
        for word in own:
            if word in owner:
                raise InputError(
                    _("“{word}” stands for two labels, {first} and {second}: change one.").format(
                        word=word[:40], first=owner[word][:40], second=label[:40]
                    )
                )
            owner[word] = label


def read_verbalizer(text: str, *, averaging: Averaging = "mean") -> Verbalizer:
    """A verbalizer as people write it: a label a line, ``label: word, word``.

    A line without a colon is a label that is its own word. Raises InputError as ``Verbalizer``
    does, and for a label that stands on two lines.
    """
    mapping: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        label, colon, words = line.replace("：", ":").partition(":")
        name = label.strip()
        if name in mapping:
            raise InputError(
                _("The label “{label}” stands on two lines: put its words on one.").format(
                    label=name[:40]
                )
            )
        named = [
            word for word in words.replace("，", ",").replace("、", ",").split(",") if word.strip()
        ]
        mapping[name] = named if colon else [name]
    return Verbalizer(mapping, averaging=averaging)


def written_verbalizer(verbalizer: Verbalizer) -> str:
    """What ``read_verbalizer`` reads."""
    return "\n".join(f"{label}: {', '.join(words)}" for label, words in verbalizer.mapping.items())
