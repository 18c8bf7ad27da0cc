"""Single strong weights of a head: from which token to which, and how strong.

Works on one head's weights; it knows no patterns and reads no text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.attention.recording import BoolArray, FloatArray
from core.tokens import Tokens

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """One weight of a head: it leads from the token ``query`` to the token ``key``."""

    query: int
    key: int
    weight: float


def strongest_pointers(
    weights: FloatArray, rows: Places, keys: Places, queries: tuple[int, ...], count: int
) -> tuple[Pointer, ...]:
    """The ``count`` largest weights, above 0, of the cells (``rows``, ``keys``), largest first.

    ``weights``: (row, key); ``queries`` names the token of each row.
    """
    found = weights[rows, keys]
    order = np.argsort(-found, kind="stable")[:count]
    return tuple(
        Pointer(query=queries[rows[place]], key=int(keys[place]), weight=float(found[place]))
        for place in order
        if found[place] > 0
    )


def between_words(
    queries: tuple[int, ...], query_tokens: Tokens, key_tokens: Tokens, *, same: bool
) -> BoolArray:
    """Where a weight leads from one word to another. (query, key)

    Special tokens count on neither side; where both sides are the ``same`` tokens, a token itself
    and the first token do not count either: heads with nothing to do rest on these.
    """
    plain_queries = ~np.asarray(query_tokens.special)[list(queries)]
    plain_keys = ~np.asarray(key_tokens.special)
    cells: BoolArray = plain_queries[:, None] & plain_keys[None, :]
    if same:
        cells[:, 0] = False
        cells &= np.asarray(queries)[:, None] != np.arange(len(key_tokens))[None, :]
    return cells
