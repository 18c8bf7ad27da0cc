"""Matrices of a formula and how one comes of the others: products, sums, norms, softmax.

Pointing at a cell marks the row and the column it comes from and writes the sum out in numbers. The
view knows no model: what the matrices are, the caller says. Numbers travel rounded to the decimals
that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

Cell = tuple[int, int, int]
"""A matrix, a row and a column of it, counted from 0."""

_MOST_CELLS: Final = 400_000
_MOST_DIGITS: Final = 5
_SPARED: Final = ((48_000, 3), (30_000, 4))
"""Above so many cells in a scene, as many decimals: a click is to take 100 KB at most."""
_LEAST_DIGITS: Final = 3
_UNPACKED_DIGITS: Final = 4
_COLOURED: Final = 0.99
_ZERO: Final = 32_768  # how 0 travels
_mount = register_view(
    "matrices",
    "step_text.js",
    "matrices_layout.js",
    "matrices_painting.js",
    "matrices_explaining.js",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matrix:
    """One matrix under its ``symbol``, in which ^ raises and _ lowers what follows: "W^Q", "d_k".

    ``rows`` and ``columns`` are the labels of tokens or words; none where dimensions are counted,
    from ``first`` or as ``numbers`` say. ``scale`` "share" colours from 0 to 1; ``hidden`` cells
    are hatched. ``note`` says what the matrix is. One that is ``left_over``, (whole, part), does
    not travel: the browser takes a part from a whole, both matrices of the scene.
    """

    symbol: str
    values: NDArray[np.floating]
    note: str = ""
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    numbers: Sequence[int] = ()
    scale: Literal["difference", "share"] = "difference"
    hidden: NDArray[np.bool_] | None = None
    left_over: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        shape = np.shape(self.values)
        if len(shape) != 2 or not 1 <= shape[0] * shape[1] <= _MOST_CELLS:
            raise ValueError(f"{self.symbol}: a matrix of 1 to {_MOST_CELLS} numbers, not {shape}")
        if self.rows and len(self.rows) != shape[0]:
            raise ValueError(f"{self.symbol}: {len(self.rows)} labels for {shape[0]} rows")
        for labels in (self.columns, self.numbers):
            if labels and len(labels) != shape[1]:
                raise ValueError(f"{self.symbol}: {len(labels)} labels for {shape[1]} columns")
        if self.hidden is not None and self.hidden.shape != shape:
            raise ValueError(f"{self.symbol}: hidden cells of shape {self.hidden.shape}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """``out`` = ``left`` · ``right`` + ``bias``, drawn as rows beside and columns above."""

    left: int
    right: int
    out: int
    bias: NDArray[np.floating] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """``out`` = the sum of ``parts``, each times its factor."""

    parts: tuple[tuple[int, float], ...]
    out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Normed:
    """``out`` = (``of`` − mean) / spread · gain + shift, by row; a mean of None is left out."""

    of: int
    out: int
    mean: NDArray[np.floating] | None
    spread: NDArray[np.floating]
    gain: NDArray[np.floating]
    shift: NDArray[np.floating] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """``out`` = ``of`` · factor, then cap · tanh(… / cap), then + ``bias``, as far as given."""

    of: int
    out: int
    factor: float
    cap: float | None = None
    bias: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Softmax:
    """``out`` = exp(``of``) over its sum by row; ``totals`` are log Σ exp where more is summed."""

    of: int
    out: int
    totals: NDArray[np.floating] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """``out`` = name(``of``), times ``times`` where that is given."""

    of: int
    out: int
    name: str
    times: int | None = None


Relation = Product | Total | Normed | Scaled | Softmax | Applied


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Matrices drawn together: a product, or a row or a pile of them, under a ``title``."""

    kind: Literal["product", "row", "pile"]
    matrices: tuple[int, ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All matrices of a step, how they come of each other, and how they are drawn."""

    matrices: tuple[Matrix, ...]
    relations: tuple[Relation, ...]
    blocks: tuple[Block, ...]
    selected: Cell | None = field(default=None)

    def __post_init__(self) -> None:
        count = len(self.matrices)
        named = [number for block in self.blocks for number in block.matrices]
        named += [number for relation in self.relations for number in _members(relation)]
        named += [number for matrix in self.matrices for number in matrix.left_over or ()]
        if not count or any(not 0 <= number < count for number in named):
            raise ValueError(f"a block or relation names a matrix that is not among {count}")


def matrices(
    scene: Scene,
    *,
    key: str,
    label: str,
    on_select: Callable[[Cell], None] | None = None,
    source: str = "",
) -> Cell | None:
    """Show ``scene``; the cell chosen just now, None in every other run.

    ``label`` names the picture for people who hear it; ``source`` stands at the foot of a saved
    picture. ``scene.selected`` is the cell with a ring.
    """
    message = matrices_message(scene, key=key, label=label, source=source)

    def read(sent: object) -> Cell | None:
        if not isinstance(sent, list) or len(sent) != 3 or not all(type(n) is int for n in sent):
            return None
        return (sent[0], sent[1], sent[2]) if holds_cell(scene, sent) else None

    chosen = scene.selected if holds_cell(scene, scene.selected) else None
    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, chosen)
    return choice


def holds_cell(scene: Scene, cell: Sequence[int] | None) -> bool:
    """Whether ``cell`` is one of the scene's."""
    if cell is None or len(cell) != 3 or not 0 <= cell[0] < len(scene.matrices):
        return False
    rows, columns = scene.matrices[cell[0]].values.shape
    return bool(0 <= cell[1] < rows and 0 <= cell[2] < columns)


def matrices_message(scene: Scene, *, key: str, label: str, source: str = "") -> bytes:
    """What the browser is sent for ``matrices`` with these arguments."""
    arrays: list[NDArray[np.generic]] = []
    described: list[dict[str, Json]] = []
    most = most_digits(scene)
    for matrix in scene.matrices:
        digits = _digits(matrix.values, most)
        described.append(
            {
                "symbol": matrix.symbol,
                "note": matrix.note,
                "rows": list(matrix.rows),
                "columns": list(matrix.columns),
                "numbers": list(matrix.numbers),
                "scale": matrix.scale,
                # The difference of two rounded numbers is not the rounded difference.
                "digits": digits if matrix.left_over is None else digits - 1,
                "limit": _limit(matrix),
                "hidden": None if matrix.hidden is None else len(scene.matrices) + len(arrays),
                "leftOver": None if matrix.left_over is None else list(matrix.left_over),
                "shape": list(matrix.values.shape),
            }
        )
        if matrix.hidden is not None:
            arrays.append(matrix.hidden.astype(np.uint8))
    numbers: list[NDArray[np.generic]] = [
        _packed(matrix.values if matrix.left_over is None else np.zeros((0, 0)), most)
        for matrix in scene.matrices
    ]
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "matrices": described,
        "relations": [_described(relation) for relation in scene.relations],
        "blocks": [
            {"kind": block.kind, "matrices": list(block.matrices), "title": block.title}
            for block in scene.blocks
        ],
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    return encode_message(header, *numbers, *arrays)


def most_digits(scene: Scene) -> int:
    """How many decimals the numbers of a scene may have."""
    cells = sum(matrix.values.size for matrix in scene.matrices)
    return next((digits for least, digits in _SPARED if cells > least), _MOST_DIGITS)


def _digits(values: NDArray[np.floating], most: int) -> int:
    """As many decimals as fit into 16 bits, at most ``most``; of large numbers four, unpacked."""
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    digits = most
    while digits >= _LEAST_DIGITS and largest * 10**digits >= _ZERO - 1:
        digits -= 1
    return digits if digits >= _LEAST_DIGITS else _UNPACKED_DIGITS


def _packed(values: NDArray[np.floating], most: int) -> NDArray[np.generic]:
    """The values in units of their last decimal, above ``_ZERO``, or as they are where that would
    leave too few decimals. What is not finite is 0."""
    finite = np.where(np.isfinite(values), values, 0.0).astype(np.float64)
    if float(np.abs(finite).max(initial=0.0)) * 10**_LEAST_DIGITS >= _ZERO - 1:
        whole: NDArray[np.generic] = finite.astype(np.float32)
        return whole
    steps = np.rint(finite * 10 ** _digits(values, most)) + _ZERO
    packed: NDArray[np.generic] = np.clip(steps, 0, 2 * _ZERO - 1).astype(np.uint16)
    return packed


def _limit(matrix: Matrix) -> float:
    """Where the colours end: one dimension far larger than all others must hide none of them."""
    if matrix.scale == "share":
        return 1.0
    seen = np.isfinite(matrix.values)
    if matrix.hidden is not None:
        seen &= ~matrix.hidden
    sizes = np.abs(matrix.values[seen])
    if not sizes.size:
        return 1.0
    return float(np.quantile(sizes, _COLOURED)) or float(sizes.max()) or 1.0


def _members(relation: Relation) -> list[int]:
    match relation:
        case Product():
            return [relation.left, relation.right, relation.out]
        case Total():
            return [relation.out, *(part for part, _factor in relation.parts)]
        case Scaled():
            return [relation.of, relation.out, *([] if relation.bias is None else [relation.bias])]
        case Applied():
            more = [] if relation.times is None else [relation.times]
            return [relation.of, relation.out, *more]
        case _:
            return [relation.of, relation.out]


def _described(relation: Relation) -> dict[str, Json]:
    kind = type(relation).__name__.lower()
    found: dict[str, Json] = {"kind": kind, "out": relation.out}
    match relation:
        case Product():
            found |= {"left": relation.left, "right": relation.right}
            found["bias"] = _list(relation.bias)
        case Total():
            found["parts"] = [list(part) for part in relation.parts]
        case Normed():
            found |= {"of": relation.of, "mean": _list(relation.mean)}
            found |= {"spread": _list(relation.spread), "gain": _list(relation.gain)}
            found["shift"] = _list(relation.shift)
        case Scaled():
            found |= {"of": relation.of, "factor": relation.factor}
            found |= {"cap": relation.cap, "bias": relation.bias}
        case Softmax():
            found |= {"of": relation.of, "totals": _list(relation.totals)}
        case Applied():
            found |= {"of": relation.of, "name": relation.name, "times": relation.times}
    return found


def _list(values: NDArray[np.floating] | None) -> Json:
    return None if values is None else [round(float(value), 5) for value in values]


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Point at a cell, or tap it, to see what it is made of"),
        "larger": _("Show {symbol} with its numbers"),
        "close": _("Close"),
        "earlier": _("Columns to the left"),
        "later": _("Columns to the right"),
        "row": _("row {number}"),
        "column": _("column {number}"),
        "rest": _("{count} more terms ({sum})"),
        "bias": _("bias {value}"),
        "difference": _("value; colours end where 99 of 100 are smaller"),
        "share": _("weight"),
        "hidden": _("not seen"),
        "whole": _("the whole vocabulary"),
        "row_sum": _("the sum over the row"),
    }
