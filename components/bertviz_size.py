"""How large a page of bertviz becomes, said before it is built.

bertviz writes every weight into the page and draws every weight as a line of SVG, however faint.
At 300 tokens its page for 72 heads has 300 MB and no browser draws it.
"""

from __future__ import annotations

from typing import Final, Literal

from core.errors import InputError
from core.language import _

Kind = Literal["head", "model", "neuron"]

BYTES_LIMIT: Final = 20_000_000
LINES_LIMIT: Final = 250_000
"""What a browser still draws in some seconds."""

_PER_WEIGHT: Final = 5  # "1234,": four decimals as a whole number
_PER_ELEMENT: Final = 8  # "-12345,": of a query or key
_SCRIPTS: Final = 350_000
_MEGABYTE: Final = 1_000_000


def bertviz_bytes(
    kind: Kind, *, layers: int, heads: int, tokens: int, keys: int | None = None, dim: int = 64
) -> int:
    """About how many bytes the page of ``kind`` takes; ``dim`` is a head's, for its vectors.

    ``keys`` are the tokens looked at, where they are not the ``tokens`` that look.
    """
    columns = tokens if keys is None else keys
    weights = _PER_WEIGHT * tokens * columns
    vectors = _PER_ELEMENT * dim * (tokens + columns) if kind == "neuron" else 0
    return _SCRIPTS + layers * heads * (weights + vectors)


def bertviz_lines(
    kind: Kind, *, layers: int, heads: int, tokens: int, keys: int | None = None, dim: int = 64
) -> int:
    """How many lines and boxes the browser draws at once.

    The model view draws every head, the head view those of one layer, the neuron view one head:
    a weight as six shapes and each number of a vector as a box.
    """
    columns = tokens if keys is None else keys
    if kind == "neuron":
        return 6 * tokens * columns + dim * (tokens + 2 * columns)
    return (layers if kind == "model" else 1) * heads * tokens * columns


def bertviz_height(
    kind: Kind, *, layers: int, heads: int, tokens: int, keys: int | None = None
) -> int:
    """The pixels that the page needs in height; the constants are those of bertviz's scripts."""
    longest = max(tokens, keys or 0)
    if kind == "head":
        return round(22.5 * longest) + 110
    if kind == "neuron":
        return 26 * longest + 250
    thumbnails = layers * (7 * 12 / heads * longest + 10) + 38
    detail = 18 * longest + 55
    return round(max(thumbnails, detail)) + 60


def check_size(kind: Kind, *, layers: int, heads: int, queries: int, keys: int, dim: int) -> None:
    """Raise InputError where the page would be larger than the limits, saying what would fit."""

    def fits(count: int) -> bool:
        lines = bertviz_lines(kind, layers=count, heads=heads, tokens=queries, keys=keys, dim=dim)
        size = bertviz_bytes(kind, layers=count, heads=heads, tokens=queries, keys=keys, dim=dim)
        return lines <= LINES_LIMIT and size <= BYTES_LIMIT

    if fits(layers):
        return
    size = bertviz_bytes(kind, layers=layers, heads=heads, tokens=queries, keys=keys, dim=dim)
    lines = bertviz_lines(kind, layers=layers, heads=heads, tokens=queries, keys=keys, dim=dim)
    fitting = next((count for count in range(layers - 1, 0, -1) if fits(count)), 0)
    less = (
        _("Choose at most {count} of its layers").format(count=fitting)
        if fitting
        else _("Use a shorter text")
    )
    raise InputError(
        _(
            "Too large for bertviz: {layers} × {heads} heads over {tokens} tokens make a page of "
            "{size} MB with {lines} lines, the limits are {most} MB and {most_lines} lines. "
            "{less}, or use the tab Pattern, which shows it whole."
        ).format(
            layers=layers,
            heads=heads,
            tokens=max(queries, keys),
            size=-(-size // _MEGABYTE),
            lines=f"{lines:,}",
            most=BYTES_LIMIT // _MEGABYTE,
            most_lines=f"{LINES_LIMIT:,}",
            less=less,
        )
    )
