"""Real pairs of sentences from books and a speech: whether the second follows is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.tables import table
from core.catalogue import find_model
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
_HOMETOWN: Final = (
    "我冒了严寒，回到相隔二千余里，别了二十余年的故乡去。",
    "时候既然是深冬；渐近故乡时，天气又阴晦了，冷风吹进船舱中，呜呜的响。",
)
_LOTUS: Final = (
    "这几天心里颇不宁静。",
    "今晚在院子里坐着乘凉，忽然想起日日走过的荷塘，在这满月的光里，总该另有一番样子吧。",
)
_TAVERN: Final = "鲁镇的酒店的格局，是和别处不同的：都是当街一个曲尺形的大柜台，柜里面预备着热水。"
_FATHER: Final = "我与父亲不相见已二年余了，我最不能忘记的是他的背影。"
_CHINESE_PAIRS: Final = (
    Pair(first=_HOMETOWN[0], second=_HOMETOWN[1], follows=True, source="鲁迅《故乡》（1921）"),
    Pair(first=_LOTUS[0], second=_LOTUS[1], follows=True, source="朱自清《荷塘月色》（1927）"),
    Pair(first=_LOTUS[0], second=_TAVERN, follows=False, source="《荷塘月色》 · 鲁迅《孔乙己》"),
    Pair(first=_FATHER, second=_HOMETOWN[1], follows=False, source="朱自清《背影》 · 《故乡》"),
)


def pairs_for(model: str) -> Sequence[Pair]:
    """The example pairs in a language that the model reads."""
    entry = find_model(model)
    return _CHINESE_PAIRS if entry is not None and entry.languages == ("zh",) else PAIRS


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
