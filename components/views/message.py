"""What a view is sent: a small JSON header and arrays, as one message of bytes.

    4 bytes   length of the header, little-endian
    header    UTF-8 JSON; under "arrays" the dtype, shape and offset of each array
    payload   all arrays, one after another, deflated once (zlib format); a uint16 array stands
              there as its low bytes and then its high bytes, which deflates to a fifth less

``message.js`` reads it in the browser. Neither side knows what the arrays mean.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

TYPE_NAMES: Final = ("uint8", "uint16", "uint32", "int8", "int16", "int32", "float32")
"""The dtypes that have a typed array in JavaScript by the same meaning."""

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What JSON can say."""

_ALIGNMENT: Final = 8  # a typed array begins at a multiple of its item size


def encode_message(header: Mapping[str, Json], *arrays: NDArray[np.generic]) -> bytes:
    """The message that holds ``header`` and ``arrays`` (C order, little-endian).

    Raises ValueError for a header that uses the name "arrays" or a dtype JavaScript lacks.
    """
    if "arrays" in header:
        raise ValueError('the header key "arrays" is taken')
    parts: list[bytes] = []
    described: list[dict[str, Json]] = []
    offset = 0
    for array in arrays:
        if array.dtype.name not in TYPE_NAMES:
            raise ValueError(f"dtype {array.dtype.name}: one of {', '.join(TYPE_NAMES)} is needed")
        packed = _pack(array)
        packed += bytes(-len(packed) % _ALIGNMENT)
        described.append(
            {"dtype": array.dtype.name, "shape": list(array.shape), "offset": offset},
        )
        parts.append(packed)
        offset += len(packed)
    head = json.dumps({**header, "arrays": described}, ensure_ascii=False, separators=(",", ":"))
    encoded = head.encode("utf-8", errors="replace")
    return struct.pack("<I", len(encoded)) + encoded + _deflate(b"".join(parts))


@lru_cache(maxsize=16)  # a page runs again at every click, mostly with the same weights
def _deflate(payload: bytes) -> bytes:
    return zlib.compress(payload, level=6)


def _pack(array: NDArray[np.generic]) -> bytes:
    if array.dtype.name == "uint16":
        values = array.astype(np.uint16).ravel()
        return (values & 0xFF).astype(np.uint8).tobytes() + (values >> 8).astype(np.uint8).tobytes()
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
