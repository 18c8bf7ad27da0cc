"""Real pairs of sentences from old books and a speech: whether the second follows is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.tables import table
from core.language import _

EVEN: Final = 0.5
"""Above this the answer is "is next"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two real sentences, where they stand, and whether the second follows the first there."""

    first: str
    second: str
    follows: bool
    source: str

    def right(self, probability: float) -> bool:
        """Whether a probability of "is next" says what is so."""
        return (probability > EVEN) == self.follows


_OZ: Final = (
    "Dorothy lived in the midst of the great Kansas prairies, with Uncle Henry, who was a farmer, "
    "and Aunt Em, who was the farmer's wife.",
    "Their house was small, for the lumber to build it had to be carried by wagon many miles.",
)
_GETTYSBURG: Final = (
    "Four score and seven years ago our fathers brought forth on this continent, a new nation, "
    "conceived in Liberty, and dedicated to the proposition that all men are created equal.",
    "Now we are engaged in a great civil war, testing whether that nation, or any nation so "
    "conceived and so dedicated, can long endure.",
    "We are met on a great battle-field of that war.",
)
_HOLMES: Final = (
    "Mr. Sherlock Holmes, who was usually very late in the mornings, save upon those not "
    "infrequent occasions when he was up all night, was seated at the breakfast table."
)
_TRAVELLER: Final = (
    "His pale grey eyes shone and twinkled, and his usually pale face was flushed and animated."
)
PAIRS: Final = (
    Pair(first=_OZ[0], second=_OZ[1], follows=True, source="The Wonderful Wizard of Oz (1900)"),
    Pair(
        first=_GETTYSBURG[1],
        second=_GETTYSBURG[2],
        follows=True,
        source="Gettysburg Address (1863)",
    ),
    Pair(
        first=_GETTYSBURG[0],
        second=_OZ[1],
        follows=False,
        source="Gettysburg Address · The Wonderful Wizard of Oz",
    ),
    Pair(
        first=_HOLMES,
        second=_TRAVELLER,
        follows=False,
        source="The Hound of the Baskervilles (1902) · The Time Machine (1895)",
    ),
)


def pairs_table(pairs: Sequence[Pair], answers: Sequence[float]) -> str:
    """A row for each pair: where it stands, what is so, the probability, right or wrong."""
    return table(
        (_("pair"), _("source text"), _("really"), _("P(is next)"), _("the answer is")),
        [
            (
                str(place),
                pair.source,
                _("next") if pair.follows else _("not next"),
                f"{answer:.3f}",
                _("✓ right") if pair.right(answer) else _("✗ wrong"),
            )
            for place, (pair, answer) in enumerate(zip(pairs, answers, strict=True), 1)
        ],
    )
