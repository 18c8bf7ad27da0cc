"""Queries, keys and values of all heads, from the products of a layer to what scores are made of.

One matrix may hold all three, in one of two orders; heads may share keys and values; norms and
rotary positions may stand between a product and the scores. Which it is, the numbers say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from torch import Tensor

from core.anatomy.observation import ModuleCall
from core.anatomy.wiring import UnknownWiringError, WiredAttention, same
from core.attention.recording import FloatArray
from core.language import _

Letter = Literal["q", "k", "v"]
LETTERS: Final[tuple[Letter, ...]] = ("q", "k", "v")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionPlace:
    """Where the matrix of a projection stands: a module of the layer, and columns of its matrix.

    Head ``h`` has the columns ``start + h · step`` and the ``dim − 1`` after it.
    """

    module: str
    start: int
    step: int
    dim: int

    def columns(self, head: int) -> slice:
        """The columns of one head."""
        first = self.start + head * self.step
        return slice(first, first + self.dim)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadVectors:
    """Queries, keys or values of all heads of a layer.

    ``projected`` = X W + b. ``normed`` is that after a norm of each head's vectors, or of those of
    all heads ``together``; None where the model has none. ``used`` is what attention works with:
    ``normed`` or ``projected``, turned by position where ``turned`` is set.
    """

    place: ProjectionPlace
    projected: FloatArray  # (head, token, dim)
    normed: FloatArray | None  # (head, token, dim)
    together: bool
    used: FloatArray  # (head, token, dim)
    turned: bool


def head_vectors(wired: WiredAttention) -> tuple[dict[Letter, HeadVectors], float]:
    """Queries, keys and values of a wired attention, and by how much queries were scaled ahead.

    OPT divides queries by √d before the product; they are given back whole, and the factor told.
    """
    record = wired.attended.record
    used = {"q": record.queries, "k": record.keys, "v": record.values}
    places = _places(wired, record.queries, record.keys, record.values)
    found: dict[Letter, HeadVectors] = {}
    ahead = 1.0
    for letter in LETTERS:
        call, place = places[letter]
        own = used[letter]
        if own is None:
            raise UnknownWiringError(_("its values were not kept"))
        projected = _of_heads(call.made, place, len(own))
        norm = _norm_of(wired.head_norms, letter)
        normed = None if norm is None else _cut(norm.made, len(own))
        before = projected if normed is None else normed
        if letter == "q":
            ahead = _constant(own, before)
            own = own if ahead == 1.0 else (own / np.float32(ahead)).astype(np.float32)
        turned = not _close(own, before)
        if turned and (letter == "v" or not _same_lengths(own, before)):
            raise UnknownWiringError(
                _("its queries, keys or values are changed in a way of its own")
            )
        found[letter] = HeadVectors(
            place=place,
            projected=projected,
            normed=normed,
            together=norm is not None and _width(norm) > own.shape[2],
            used=own,
            turned=turned,
        )
    return found, ahead


def _places(
    wired: WiredAttention, queries: FloatArray, keys: FloatArray, values: FloatArray | None
) -> dict[Letter, tuple[ModuleCall, ProjectionPlace]]:
    """The module and the columns of each of the three."""
    dim, heads, shared = queries.shape[2], len(queries), len(keys)
    calls = wired.projections
    if len(calls) == 3:
        named = {call.name.rpartition(".")[2][:1].lower(): call for call in calls}
        if set(named) != set(LETTERS):
            raise UnknownWiringError(_("its three matrices have unknown names"))
        return {
            letter: (
                named[letter],
                ProjectionPlace(module=named[letter].name, start=0, step=dim, dim=dim),
            )
            for letter in LETTERS
        }
    if len(calls) != 1 or values is None:
        raise UnknownWiringError(
            _("its queries, keys and values come of an unknown number of matrices")
        )
    (call,) = calls
    name = call.name
    one_after_another = {
        "q": ProjectionPlace(module=name, start=0, step=dim, dim=dim),
        "k": ProjectionPlace(module=name, start=heads * dim, step=dim, dim=dim),
        "v": ProjectionPlace(module=name, start=(heads + shared) * dim, step=dim, dim=dim),
    }
    head_by_head = {
        letter: ProjectionPlace(module=name, start=number * dim, step=3 * dim, dim=dim)
        for number, letter in enumerate(LETTERS)
    }
    for layout in (one_after_another, head_by_head):
        last = layout["v"].columns(shared - 1).stop
        if last <= call.made.shape[1] and _close(_of_heads(call.made, layout["v"], shared), values):
            return {letter: (call, layout[letter]) for letter in LETTERS}
    raise UnknownWiringError(_("its one matrix holds queries, keys and values in an unknown order"))


def _of_heads(made: Tensor, place: ProjectionPlace, heads: int) -> FloatArray:
    """A product cut into heads. (head, token, dim)"""
    return floats(torch.stack([made[:, place.columns(head)] for head in range(heads)]))


def _norm_of(norms: tuple[ModuleCall, ...], letter: Letter) -> ModuleCall | None:
    """The norm of the vectors that ``letter`` stands for."""
    named = (call for call in norms if call.name.rpartition(".")[2].lower().startswith(letter))
    return next(named, None)


def _cut(made: Tensor, heads: int) -> FloatArray:
    """What a norm made, in heads. (head, token, dim)"""
    whole = made.reshape(made.shape[0], heads, -1)  # (token, head, dim)
    return floats(whole.transpose(0, 1))


def _width(norm: ModuleCall) -> int:
    """How many numbers a norm takes together."""
    return max((weight.shape[-1] for weight in norm.module.parameters()), default=0)


def _constant(used: FloatArray, before: FloatArray) -> float:
    """The factor by which all queries were multiplied; 1 where it is none or not one."""
    size = float(np.vdot(before, before))
    factor = float(np.vdot(before, used)) / size if size else 1.0
    if abs(factor - 1) < 1e-4 or factor <= 0 or not _close(used, before * np.float32(factor)):
        return 1.0
    return factor


def _close(one: FloatArray, other: FloatArray) -> bool:
    return same(torch.from_numpy(one), torch.from_numpy(np.ascontiguousarray(other)))


def _same_lengths(one: FloatArray, other: FloatArray) -> bool:
    """Whether vectors are as long as others but for one factor: turned, not changed otherwise."""
    lengths = [np.linalg.norm(part, axis=-1) for part in (one, other)]
    ratios = lengths[0] / np.maximum(lengths[1], 1e-12)
    return bool(np.ptp(ratios) <= 1e-3 * float(ratios.max()))


def floats(part: Tensor) -> FloatArray:
    """A copy in main memory, in float32."""
    copy: FloatArray = part.detach().to("cpu", torch.float32, copy=True).contiguous().numpy()
    return copy
