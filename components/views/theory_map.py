"""The map from theory to practice: what a lecture names, and the page where it can be tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.views.message import Json
from components.views.view import register_view, show

_mount = register_view("theory_map", drawn=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode:
    """One stop: ``title`` and one line of ``subtitle``, in a ``column`` counted from 0."""

    id: str
    title: str
    column: int
    subtitle: str = ""
    available: bool = True


def theory_map(
    nodes: Sequence[MapNode],
    edges: Sequence[tuple[str, str]],
    *,
    key: str,
    label: str,
    columns: Sequence[str] = (),
    on_select: Callable[[str], None] | None = None,
) -> str | None:
    """Show the available ``nodes`` and the ``edges`` between them; the id clicked just now.

    ``columns`` are headings, one for each column, or none. Edges to what is not available are
    left out with it. Raises ValueError for an id used twice or an edge to an unknown id.
    """
    ids = {node.id for node in nodes}
    if len(ids) != len(nodes):
        raise ValueError("a node's id stands twice in the map")
    unknown = {end for edge in edges for end in edge} - ids
    if unknown:
        raise ValueError(f"edges to unknown nodes: {', '.join(sorted(unknown))}")
    if any(node.column < 0 for node in nodes):
        raise ValueError("columns count from 0")
    if columns and any(node.column >= len(columns) for node in nodes):
        raise ValueError(f"a node stands beyond the {len(columns)} columns that have a heading")
    shown = [node for node in nodes if node.available]
    there = {node.id for node in shown}
    content: dict[str, Json] = {
        "label": label,
        "columns": list(columns),
        "nodes": [[node.id, node.title, node.subtitle, node.column] for node in shown],
        "edges": [list(edge) for edge in edges if there.issuperset(edge)],
    }

    def read(sent: object) -> str | None:
        return sent if isinstance(sent, str) and sent in there else None

    return show(_mount, content, key=key, read=read, on_select=on_select)
