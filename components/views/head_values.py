"""A number for each head, as a wall of layers and heads: effects, contributions, scores.

It does not know where the numbers come from. What was not computed is NaN, and drawn as such.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

Scale = Literal["share", "size", "difference"]
Place = tuple[int, int]

_SCALES: Final = ("share", "size", "difference")
_MOST_DIGITS: Final = 6
_mount = register_view("head_values", "head_values_painting.js")


def head_values(
    values: NDArray[np.float32],
    *,
    key: str,
    label: str,
    scale: Scale = "share",
    unit: str = "",
    digits: int = 3,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    selected: Place | None = None,
    on_select: Callable[[Place], None] | None = None,
    marked: Sequence[tuple[int, int, str]] = (),
    source: str = "",
) -> Place | None:
    """Show ``values``, [layer, head]; the (layer, head) chosen just now, None in every other run.

    NaN is a head that was not computed: hatched. ``scale`` "share" colours from 0 to 1, "size"
    from 0 to the largest value, "difference" from blue (less) over nothing to orange (more),
    symmetric about 0; the legend prints the limits. ``label`` names the picture; ``unit`` stands
    after each number, which has ``digits`` decimals. ``layers`` and ``heads`` number the rows and
    columns where they do not count from 0; every (layer, head) here means these numbers.
    ``marked`` are heads with a dashed ring and a text that says why, such as the control head.
    ``source`` stands at the foot of a saved picture. Raises ValueError where these do not fit
    together, or where a share or size is negative.
    """
    message = values_message(
        values,
        key=key,
        label=label,
        scale=scale,
        unit=unit,
        digits=digits,
        layers=layers,
        heads=heads,
        marked=marked,
        source=source,
    )
    rows, columns = _numbers(values, layers, heads)

    def read(sent: object) -> Place | None:
        if not isinstance(sent, list) or len(sent) != 2:
            return None
        layer, head = sent
        return (layer, head) if layer in rows and head in columns else None

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, selected)
    return choice


def values_message(
    values: NDArray[np.float32],
    *,
    key: str,
    label: str,
    scale: Scale = "share",
    unit: str = "",
    digits: int = 3,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    marked: Sequence[tuple[int, int, str]] = (),
    source: str = "",
) -> bytes:
    """What the browser is sent for ``head_values`` with these arguments."""
    _check(values, scale, digits)
    rows, columns = _numbers(values, layers, heads)
    for layer, head, _text in marked:
        if layer not in rows or head not in columns:
            raise ValueError(f"marked head {(layer, head)} is not among those shown")
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "scale": scale,
        "limit": _limit(values, scale, digits),
        "unit": unit,
        "digits": digits,
        "layers": rows,
        "heads": columns,
        "marked": [list(entry) for entry in marked],
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    return encode_message(header, values.astype(np.float32))


def _numbers(
    values: NDArray[np.float32],
    layers: Sequence[int] | None,
    heads: Sequence[int] | None,
) -> tuple[list[int], list[int]]:
    """What the rows and the columns are called."""
    rows = list(range(values.shape[0]) if layers is None else layers)
    columns = list(range(values.shape[1]) if heads is None else heads)
    if (len(rows), len(columns)) != values.shape:
        raise ValueError(f"values of shape {values.shape}, layers {rows} and heads {columns}")
    if len(set(rows)) < len(rows) or len(set(columns)) < len(columns):
        raise ValueError(f"a number stands twice: layers {rows}, heads {columns}")
    return rows, columns


def _check(values: NDArray[np.float32], scale: str, digits: int) -> None:
    if values.ndim != 2 or not values.size:
        raise ValueError(f"values of shape {values.shape}: [layer, head] is needed")
    if scale not in _SCALES:
        raise ValueError(f"scale {scale!r}: one of {', '.join(_SCALES)} is needed")
    if not 0 <= digits <= _MOST_DIGITS:
        raise ValueError(f"{digits} digits: from 0 to {_MOST_DIGITS} can be written")
    if np.isinf(values).any():
        raise ValueError("values that are infinite; NaN says that a head was not computed")
    if scale != "difference" and (values < 0).any():
        raise ValueError(f'negative values need the scale "difference", not {scale!r}')
    if scale == "share" and (values > 1).any():
        raise ValueError('values above 1 need the scale "size", not "share"')


def _limit(values: NDArray[np.float32], scale: str, digits: int) -> float:
    """Where the colours end; never 0, so that a wall of zeros is drawn as zeros."""
    if scale == "share" or np.isnan(values).all():
        return 1.0
    return max(float(np.nanmax(np.abs(values))), 10.0**-digits)


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Point at a head to read its value; click to open it"),
        "place": _("layer {layer} · head {head}"),
        "layer": _("layer"),
        "head": _("head"),
        "missing": _("not computed"),
    }
