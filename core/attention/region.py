"""What part of a head a reader wants to see: one block of a pair, no special tokens, some rows.

And many heads as one, by mean or by maximum. Weights that are left out stay left out: rows are made
to sum to 1 again only when asked, and how much is out of sight is always told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

import numpy as np

from core.attention.capture import AttentionCapture
from core.attention.recording import FloatArray
from core.attention.stack import AttentionStack
from core.errors import InputError
from core.language import _
from core.tokens import Tokens

Part = Literal["all", "aa", "ab", "ba", "bb"]
"""Which block of a pair: "ab" is from the first text (queries) to the second (keys)."""
PARTS: Final[tuple[Part, ...]] = ("all", "aa", "ab", "ba", "bb")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionRegion:
    """Some rows and columns of a head.

    ``queries`` and ``keys`` are the token positions of the rows and columns. ``hidden_share`` is
    the share of a row's weight that falls on keys left out, 0–1, the mean over the rows shown;
    where ``renormalised``, the weights are shares of the rest.
    """

    weights: FloatArray  # (query, key)
    queries: tuple[int, ...]
    keys: tuple[int, ...]
    renormalised: bool
    hidden_share: float


def attention_region(
    weights: FloatArray,
    tokens: Tokens,
    *,
    part: Part = "all",
    specials: bool = True,
    renormalise: bool = False,
    queries: Sequence[int] | None = None,
    rows: Sequence[int] | None = None,
    key_tokens: Tokens | None = None,
) -> AttentionRegion:
    """A part of ``weights`` (query, key), the weights of one head over ``tokens``.

    ``part`` is a block of a pair, cut where ``second_text_start`` says, as bertviz cuts it: each
    special token belongs to one of the texts, so the four blocks rebuild the whole. Without
    ``specials`` all special tokens leave both axes. ``queries`` keeps those rows of what is left,
    in order. With ``renormalise`` each row is divided by its sum, and stays 0 where that is 0.

    ``rows`` are the tokens of the rows of ``weights`` if they are not all (``queries_kept`` of a
    capture); ``key_tokens`` the tokens of the columns if they are others (cross attention).
    Raises InputError for a block of a single text, weights of another size, a row that is not
    there, and where nothing is left.
    """
    row_tokens = tuple(range(len(tokens))) if rows is None else tuple(rows)
    columns = tokens if key_tokens is None else key_tokens
    _check_size(weights, len(row_tokens), len(columns))
    in_part = _blocks(tokens, part, paired=key_tokens is None)
    shown = _chosen_rows(row_tokens, queries)
    kept = [
        place
        for place in shown
        if row_tokens[place] in in_part[0] and (specials or not tokens.special[row_tokens[place]])
    ]
    keys = [
        key
        for key in (in_part[1] if key_tokens is None else range(len(columns)))
        if specials or not columns.special[key]
    ]
    if not kept or not keys:
        raise InputError(
            _("Nothing is left to show: show the special tokens, or choose another part.")
        )
    whole = weights[kept]  # (query kept, every key)
    chosen = whole[:, keys].astype(np.float32)
    return AttentionRegion(
        weights=_with_rows_of_one(chosen) if renormalise else chosen,
        queries=tuple(row_tokens[place] for place in kept),
        keys=tuple(keys),
        renormalised=renormalise,
        hidden_share=_hidden_share(whole, chosen),
    )


def second_text_start(tokens: Tokens) -> int | None:
    """Where the second text of a pair begins, special tokens included; None for a single text.

    By token types where they part the two texts (in BERT [CLS] A [SEP] are 0 and B [SEP] are 1),
    else, as in RoBERTa, at the first token of the second text itself. What stands before belongs to
    the first text.
    """
    own = [place for place, segment in enumerate(tokens.segments) if segment is not None]
    typed = {(tokens.segments[place], tokens.types[place]) for place in own}
    if typed <= {(0, 0), (1, 1)} and 1 in tokens.types:
        return tokens.types.index(1)
    return tokens.segments.index(1) if 1 in tokens.segments else None


def combined_heads(
    attention: AttentionCapture | AttentionStack,
    places: Sequence[tuple[int, int]] | None = None,
    *,
    how: Literal["mean", "max"] = "mean",
) -> FloatArray:
    """Many heads as one: at each place the mean or the largest of their weights. (query, key)

    ``places`` are pairs of (layer, head), each counted once; None is every head kept. The rows of a
    mean sum to 1, those of a maximum to more. Holds one layer's weights at a time. Raises
    InputError for a head that was not kept, and where no head is chosen.
    """
    stack = attention.main if isinstance(attention, AttentionCapture) else attention
    every = product(stack.layers, stack.heads) if places is None else places
    chosen = list(dict.fromkeys((int(layer), int(head)) for layer, head in every))
    by_layer: dict[int, list[int]] = {}
    for layer, head in chosen:
        stack.head_vectors(layer, head)  # raises for one that was not kept
        by_layer.setdefault(layer, []).append(stack.heads.index(head))
    join = np.maximum if how == "max" else np.add
    together: FloatArray | None = None
    for layer, heads in by_layer.items():
        record = stack.records[stack.layers.index(layer)]
        weights = record.weights()[heads] if len(heads) > 1 else record.weights(heads[0])[None]
        one = join.reduce(weights, axis=0)  # (query, key)
        together = one if together is None else join(together, one)
    if together is None:
        raise InputError(_("No head was chosen: choose at least one."))
    return together if how == "max" else together / np.float32(len(chosen))


def _blocks(tokens: Tokens, part: Part, *, paired: bool) -> tuple[range, range]:
    """The tokens of the rows and of the columns of ``part``."""
    every = range(len(tokens))
    if part == "all":
        return every, every
    if part not in PARTS:
        raise InputError(
            _("There is no part “{part}”: choose one of {parts}.").format(
                part=part, parts=", ".join(PARTS)
            )
        )
    start = second_text_start(tokens) if paired else None
    if start is None:
        raise InputError(_("Parts need a pair of texts: add a second text, or show all of it."))
    texts = {"a": every[:start], "b": every[start:]}
    return texts[part[0]], texts[part[1]]


def _chosen_rows(row_tokens: tuple[int, ...], queries: Sequence[int] | None) -> list[int]:
    """The rows of the weights that show ``queries``, in the order of ``queries``."""
    if queries is None:
        return list(range(len(row_tokens)))
    for query in queries:
        if query not in row_tokens:
            raise InputError(
                _("There is no row for token {query}: the last is token {last}.").format(
                    query=query, last=max(row_tokens, default=0)
                )
            )
    return [row_tokens.index(query) for query in queries]


def _check_size(weights: FloatArray, rows: int, columns: int) -> None:
    if weights.shape != (rows, columns):
        raise InputError(
            _("The weights are {found} and the tokens {rows} × {columns}: take both from one text.")
            .format(found=" × ".join(map(str, weights.shape)), rows=rows, columns=columns)
        )  # fmt: skip


def _with_rows_of_one(weights: FloatArray) -> FloatArray:
    sums = weights.sum(axis=1, keepdims=True)
    shares: FloatArray = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return shares


def _hidden_share(whole: FloatArray, shown: FloatArray) -> float:
    total = whole.sum(axis=1, dtype=np.float64)
    part = shown.sum(axis=1, dtype=np.float64)
    share = 1 - np.divide(part, total, out=np.ones_like(total), where=total > 0)
    return float(np.clip(share, 0, 1).mean())
