"""The map of a model: its parts from the text to the words, drawn one after another.

The view knows no model: what the parts are, the caller says. An encoder and a decoder stand beside
each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from components.views.message import Json
from components.views.saving import saving_texts
from components.views.view import register_view, show
from core.language import _

_mount = register_view("model_map", "model_map_painting.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPart:
    """One part: its ``title``, a ``note`` at its end, and how large its ``share`` of the model is.

    ``size`` "part" is a box, "layer" a line of a pile of layers, "inner" a part of the layer above
    it. ``column`` counts from 0.
    """

    id: str
    title: str
    note: str = ""
    share: float = 0.0
    size: Literal["part", "layer", "inner"] = "part"
    column: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"{self.id}: a share of {self.share} is not from 0 to 1")


def model_map(
    parts: Sequence[MapPart],
    *,
    key: str,
    label: str,
    selected: str | None = None,
    headings: Sequence[str] = (),
    links: Sequence[tuple[str, str]] = (),
    on_select: Callable[[str], None] | None = None,
    source: str = "",
) -> str | None:
    """Show ``parts``, each column from the top; the id chosen just now, None in every other run.

    ``links`` are drawn from a part of one column to a part of another. ``headings`` name the
    columns. Raises ValueError for an id that stands twice and a link to an unknown one.
    """
    ids = [part.id for part in parts]
    if len(set(ids)) != len(ids) or not ids:
        raise ValueError("a map has parts, and each id once")
    if unknown := {end for link in links for end in link} - set(ids):
        raise ValueError(f"links to unknown parts: {', '.join(sorted(unknown))}")
    content: dict[str, Json] = {
        "label": label,
        "headings": list(headings),
        "selected": selected if selected in ids else None,
        "parts": [
            [part.id, part.title, part.note, part.share, part.size, part.column] for part in parts
        ],
        "links": [list(link) for link in links],
        "source": source,
        "saving": saving_texts(),
        "texts": {"hint": _("Click a part, or choose it with the arrow keys")},
    }

    def read(sent: object) -> str | None:
        return sent if isinstance(sent, str) and sent in ids else None

    return show(_mount, content, key=key, read=read, on_select=on_select)
