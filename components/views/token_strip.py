"""A text as a row of token chips, as the model reads it.

Pieces of one word touch, a space is a gap. The view knows no tokenizer: what each chip says, the
caller decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from components.views.message import Json
from components.views.view import register_view, show
from core.language import _

Kind = Literal["word", "special", "unknown", "part"]
Mark = Literal["masked", "replaced", "kept", "variable", "demonstration", "chat", "answer"]
"""What was done to a token, or which part of a prompt it comes from."""

_KINDS: Final = ("word", "special", "unknown", "part")
_MARKS: Final = ("masked", "replaced", "kept", "variable", "demonstration", "chat", "answer")
_mount = register_view("token_strip", drawn=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One token: what people read, and what stands behind it.

    Without a ``text`` the raw ``piece`` is shown, or "part of a character" where ``kind`` is
    "part". ``value`` in 0..1 colours the chip. ``details`` are further entries of the hover, such
    as ("bytes", "E6 9D B1"). A ``tag`` stands behind the text, in the ``colour`` of that number
    among those for series.
    """

    text: str
    piece: str
    id: int
    kind: Kind = "word"
    continues: bool = False
    value: float | None = None
    mark: Mark | None = None
    details: tuple[tuple[str, str], ...] = ()
    tag: str = ""
    colour: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise ValueError(f"kind {self.kind!r}: one of {', '.join(_KINDS)} is needed")
        if self.mark is not None and self.mark not in _MARKS:
            raise ValueError(f"mark {self.mark!r}: None or one of {', '.join(_MARKS)} is needed")
        if self.value is not None and not 0 <= self.value <= 1:
            raise ValueError(f"value {self.value}: a number from 0 to 1 is needed")


def token_strip(
    chips: Sequence[Chip],
    *,
    key: str,
    label: str,
    selected: int | None = None,
    on_select: Callable[[int], None] | None = None,
    selectable: bool = False,
    compact: bool = False,
    value_label: str = "",
    legend: bool = True,
    hint: str = "",
    words: bool = False,
) -> int | None:
    """Show ``chips``; the index of the chip clicked just now, None in every other run.

    ``label`` names the row for people who hear it. Chips can be chosen when ``selectable`` is set
    or ``on_select`` is given; it is called with the index before the rerun. ``value_label`` says
    what the colours are; their scale and the marks in use are explained below, unless ``legend``
    is off. A ``compact`` strip has 28-pixel chips. ``hint`` is what the line below says while no
    chip is pointed at, such as what a click does. Of ``words``, which are no tokens, neither piece
    nor id is said. Raises ValueError where ``selected`` is not an
    index of ``chips``.
    """
    if selected is not None and not 0 <= selected < len(chips):
        raise ValueError(f"selected chip {selected} of {len(chips)}")

    choosable = selectable or on_select is not None
    content = _columns(chips) | {
        "label": label,
        "selected": selected,
        "selectable": choosable,
        "compact": compact,
        "legend": legend,
        "valueLabel": value_label if any(chip.value is not None for chip in chips) else "",
        "words": words,
        "texts": _texts(choosable) | ({"hint": hint} if hint else {}),
    }

    def read(sent: object) -> int | None:
        return sent if isinstance(sent, int) and 0 <= sent < len(chips) else None

    return show(_mount, content, key=key, read=read, on_select=on_select)


def _columns(chips: Sequence[Chip]) -> dict[str, Json]:
    """The chips column by column: half the size of a list of objects."""
    columns: dict[str, Json] = {
        "text": [chip.text for chip in chips],
        "piece": [chip.piece for chip in chips],
        "id": [chip.id for chip in chips],
        "kind": [chip.kind for chip in chips],
        "continues": [int(chip.continues) for chip in chips],
        "value": [chip.value for chip in chips],
        "mark": [chip.mark for chip in chips],
        "details": [list(chip.details) for chip in chips],
    }
    return columns | _tags(chips)


def _tags(chips: Sequence[Chip]) -> dict[str, Json]:
    """Tags and their colours, where there are any."""
    if not any(chip.tag or chip.colour is not None for chip in chips):
        return {}
    return {"tag": [chip.tag for chip in chips], "colour": [chip.colour for chip in chips]}


def _texts(selectable: bool) -> dict[str, Json]:
    return {
        "hint": _("Point at a token, or tap it, to see its piece and id")
        if not selectable
        else _("Point at a token to see its piece and id; click to choose it"),
        "piece": _("piece"),
        "id": _("id"),
        "part": _("part of a character"),
        "kind": {
            "special": _("special token"),
            "unknown": _("unknown to this tokenizer"),
            "part": _("part of a character"),
        },
        "mark": {
            "masked": _("masked out"),
            "replaced": _("replaced by a random token"),
            "kept": _("chosen, left as it is"),
            "variable": _("from the row"),
            "demonstration": _("from a demonstration"),
            "chat": _("from the chat template or the tokenizer"),
            "answer": _("place of the answer"),
        },
    }
