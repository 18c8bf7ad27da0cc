"""How one query token comes to its weights in one head: from q × k to the softmax.

Every number follows from what a capture keeps, so no model is run, for any family that the tap
serves: grouped keys, T5's bias, Gemma 2's cap on the scores. It does not know what the dimensions
mean, and draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core.attention.capture import AttentionCapture
from core.attention.places import Stack
from core.attention.recording import BoolArray, FloatArray, LayerRecord
from core.attention.stack import AttentionStack
from core.errors import InputError
from core.language import _

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_NAMED: Final = 12
"""How many tokens a sentence names at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryKeyDetail:
    """Every step from the query vector of one token to its attention weights in one head.

    In this order: ``products`` = query vector × key vector, elementwise; ``dot`` = their sum;
    ``scaled`` = dot · scaling (Vaswani et al. 2017, eq. 1); ``softcap`` · tanh(scaled / softcap)
    where there is a cap (Gemma 2); + ``bias`` where there is one (T5's position bias and masks of
    numbers); ``scores`` are that, −inf where the key is not seen; ``weights`` = softmax(scores).

    The vectors are what the scores are made of: after rotary embedding, and after a norm of queries
    and keys where a model has one. ``rotary`` says whether they were rotated, None if nobody told.
    ``query`` is a token; ``kv_head`` is the head of the keys that this head shares with others
    (itself where none are shared), None where too few heads were kept to tell.
    """

    layer: int
    head: int
    query: int
    kv_head: int | None
    rotary: bool | None
    query_vector: FloatArray  # (dim,)
    key_vectors: FloatArray  # (key, dim)
    products: FloatArray  # (key, dim)
    dot: FloatArray  # (key,)
    scaling: float
    scaled: FloatArray  # (key,)
    softcap: float | None
    bias: FloatArray | None  # (key,)
    scores: FloatArray  # (key,)
    weights: FloatArray  # (key,)
    seen: BoolArray  # (key,)


def query_key_detail(
    attention: AttentionCapture | AttentionStack,
    layer: int,
    head: int,
    query: int,
    *,
    rotary: bool | None = None,
) -> QueryKeyDetail:
    """How the token ``query`` comes to its weights in one head.

    Of an encoder–decoder model the encoder's; pass ``capture.decoder`` or ``capture.cross`` for the
    others, where ``query`` counts the decoder's tokens. ``rotary`` is passed on, see
    ``turns_vectors``. Raises InputError for a layer, a head or a query that was not kept.
    """
    stack = attention.main if isinstance(attention, AttentionCapture) else attention
    query_vectors, keys = stack.head_vectors(layer, head)
    record = stack.records[stack.layers.index(layer)]
    place = stack.heads.index(head)
    row = _row(attention, query, len(query_vectors))
    vector = query_vectors[row]
    products = vector * keys  # (key, dim)
    # In float64: a sum of large products would else end in digits that are no part of it.
    dot = products.sum(axis=-1, dtype=np.float64)
    return QueryKeyDetail(
        layer=layer,
        head=head,
        query=query,
        kv_head=_key_head(record, place),
        rotary=rotary,
        query_vector=vector,
        key_vectors=keys,
        products=products,
        dot=dot.astype(np.float32),
        scaling=record.scaling,
        scaled=(dot * record.scaling).astype(np.float32),
        softcap=record.softcap,
        bias=None if record.bias is None else record.bias[_of_head(record.bias, place), row],
        # Rows of the whole head, so that they are the numbers that its matrix shows: a product of
        # one row alone rounds otherwise, by 4e-6 in the weights where scores are large.
        scores=stack.head_scores(layer, head)[row].copy(),
        weights=stack.head(layer, head)[row].copy(),
        seen=_seen(record, place, row),
    )


def turns_vectors(model: LanguageModel, layer: int, *, stack: Stack = "self") -> bool:
    """Whether the queries and keys of a layer are turned by position (rotary embedding).

    Su et al. 2021, "RoFormer". Read off the network, which holds a module that makes the angles;
    configurations name it in too many ways. Layers that SmolLM3 and Llama 4 leave out are told by
    ``no_rope_layers``, and attention to another text (``cross``) is never turned.
    """
    if stack == "cross":
        return False
    used = getattr(model.network.config, "no_rope_layers", None)  # 1 where a layer is turned
    if isinstance(used, list) and layer < len(used) and not used[layer]:
        return False
    return any("Rotary" in type(module).__name__ for module in model.network.modules())


def _row(attention: AttentionCapture | AttentionStack, query: int, rows: int) -> int:
    """Where the query rows kept hold the token ``query``; a bare stack numbers its rows."""
    kept = attention.queries_kept if isinstance(attention, AttentionCapture) else range(rows)
    if query not in kept:
        whole = tuple(kept) == tuple(range(rows))
        names = f"0–{rows - 1}" if whole else ", ".join(map(str, kept[:_NAMED]))
        names += ", …" if not whole and rows > _NAMED else ""
        raise InputError(
            _("The capture holds no query at token {query}: it holds {kept}.").format(
                query=query, kept=names
            )
        )
    return kept.index(query)


def _seen(record: LayerRecord, place: int, row: int) -> BoolArray:
    if record.visible is None:
        return np.ones(record.keys.shape[1], dtype=bool)
    seen: BoolArray = record.visible[_of_head(record.visible, place), row]
    return seen


def _of_head(part: FloatArray | BoolArray, place: int) -> int:
    """Which entry of a mask or a bias of (1 or head, query, key) is that of a head."""
    return place if len(part) > 1 else 0


def _key_head(record: LayerRecord, place: int) -> int | None:
    """The number of the key head that serves a head.

    A record numbers the key heads that it keeps; that is the model's number if none is left out
    before.
    """
    whole = set(range(record.heads[place] + 1)) <= set(record.heads)
    return record.kv_heads[place] if whole else None
