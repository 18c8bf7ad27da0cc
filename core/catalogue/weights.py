"""Safetensors files read by their headers only: are they whole, and how large is the model.

A header stands at the start of the file: eight bytes with its length, then JSON that names each
tensor's type, shape and place (README of safetensors, “Format”). No tensor is read, and
nothing is believed that the size of the file does not bear out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import BrokenModelError
from core.language import _

SINGLE: Final = "model.safetensors"
INDEX: Final = "model.safetensors.index.json"
LENGTH_BYTES: Final = 8
HEADER_LIMIT: Final = 25_000_000
INDEX_LIMIT: Final = 50_000_000
_DTYPES: Final = {
    64: "F64 I64 U64 C64",
    32: "F32 I32 U32",
    16: "F16 BF16 I16 U16",
    8: "I8 U8 BOOL F8_E4M3 F8_E5M2 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ",
    6: "F6_E2M3 F6_E3M2",
    4: "F4",
}
BITS: Final = {dtype: bits for bits, names in _DTYPES.items() for dtype in names.split()}
_NO_PARAMETERS: Final = frozenset({"I64", "U64", "BOOL"})  # positions and masks kept as buffers


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsSize:
    """Numbers of a model that has not been loaded; ``by_dtype`` maps a type to its elements.

    ``parameters`` leaves out 64-bit integers and booleans, which are buffers; ``nbytes`` has all.
    """

    parameters: int
    nbytes: int
    by_dtype: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tensor:
    dtype: str
    count: int
    start: int
    end: int


def weights_size(folder: Path) -> WeightsSize:
    """Parameters and bytes of the model in ``folder``; raises ``BrokenModelError``."""
    by_dtype: dict[str, int] = {}
    nbytes = 0
    for path in weights_files(folder):
        for tensor in _tensors(path):
            by_dtype[tensor.dtype] = by_dtype.get(tensor.dtype, 0) + tensor.count
            nbytes += tensor.end - tensor.start
    parameters = sum(count for dtype, count in by_dtype.items() if dtype not in _NO_PARAMETERS)
    return WeightsSize(parameters=parameters, nbytes=nbytes, by_dtype=by_dtype)


def weights_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that make the model; none where it has no such weights.

    Raises ``BrokenModelError`` where the index of a model in several files cannot be followed.
    """
    if (folder / SINGLE).is_file():
        return (folder / SINGLE,)
    index = folder / INDEX
    if not index.is_file():
        return ()
    try:
        if index.stat().st_size > INDEX_LIMIT:
            raise ValueError("too long")
        names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
        fine = all(name == Path(name).name and name.endswith(".safetensors") for name in names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _broken(index, _("its list of files cannot be read")) from error
    if not names or not fine:
        raise _broken(index, _("its list of files names something else than files beside it"))
    for name in names:
        if not (folder / name).is_file():
            raise _broken(folder / name, _("it is named in the index and is not there"))
    return tuple(folder / name for name in names)


def check_weights(path: Path) -> None:
    """Raise ``BrokenModelError`` unless the header of ``path`` fits the file, byte for byte."""
    size = path.stat().st_size
    end = _header_length(path, size) + LENGTH_BYTES
    place = end
    for tensor in sorted(_tensors(path), key=lambda each: (each.start, each.end)):
        if end + tensor.start != place:
            raise _broken(path, _("its tensors overlap or leave gaps"))
        place = end + tensor.end
    if place != size:
        raise _broken(path, _("it is cut short or too long"))


def _tensors(path: Path) -> Iterator[_Tensor]:
    try:
        length = _header_length(path, path.stat().st_size)
        with path.open("rb") as file:
            file.seek(LENGTH_BYTES)
            header = json.loads(file.read(length).decode("utf-8"))
        for name, about in header.items():
            if name != "__metadata__":
                yield _tensor(about["dtype"], about["shape"], *about["data_offsets"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _broken(path, _("its header cannot be read")) from error


def _tensor(dtype: str, shape: list[int], start: int, end: int) -> _Tensor:
    count = math.prod(shape)
    sound = all(type(each) is int and each >= 0 for each in (*shape, start, end))
    if not sound or len(shape) > 16 or (end - start) * 8 != count * BITS[dtype]:
        raise ValueError(f"{dtype} {shape} {start} {end}")
    return _Tensor(dtype=dtype, count=count, start=start, end=end)


def _header_length(path: Path, size: int) -> int:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
    if size < LENGTH_BYTES + 2 or length > size - LENGTH_BYTES:
        raise _broken(path, _("it is cut short or is no safetensors file"))
    if length > HEADER_LIMIT:
        raise _broken(path, _("its header is larger than any model needs"))
    return length


def _broken(path: Path, reason: str) -> BrokenModelError:
    message = _("{file} cannot be used: {reason}; fetch or copy the model again.")
    return BrokenModelError(message.format(file=path.name, reason=reason))
