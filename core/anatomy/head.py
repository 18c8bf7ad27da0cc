"""One head of a layer, step by step: from X to what it adds to the stream, with its matrices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.anatomy.layer import AttentionAnatomy, LayerAnatomy
from core.anatomy.memory import bytes_of
from core.anatomy.weights import MatrixPart, columns_of, rows_of
from core.attention.recording import BoolArray, FloatArray, LayerRecord
from core.errors import InputError
from core.language import _

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadAnatomy:
    """One head of the attention of ``layer``; Vaswani et al. 2017, eq. 1 and section 3.2.2.

    In this order: ``queries`` = X W^Q + b, likewise keys and values; after a norm of each head's
    vectors where the model has one (``normed_…``) and after rotary positions (``used_…``);
    ``products`` = QKᵀ of those; ``scaled`` = products · scaling; ``capped`` where there is a cap;
    + ``bias`` where there is one; ``scores``, −inf where a query does not see a key; ``weights`` =
    softmax(scores); ``unscaled_weights`` = what they would be with a scaling of 1; ``output`` =
    weights V; ``added`` = output W^O_head, this head's part of Concat(head₁ … head_h) W^O.
    """

    layer: int
    head: int
    kv_head: int
    query_matrix: MatrixPart
    key_matrix: MatrixPart
    value_matrix: MatrixPart
    queries: FloatArray  # (query, dim)
    keys: FloatArray  # (key, dim)
    values: FloatArray  # (key, dim)
    normed_queries: FloatArray | None
    normed_keys: FloatArray | None
    used_queries: FloatArray  # (query, dim)
    used_keys: FloatArray  # (key, dim)
    turned: bool
    products: FloatArray  # (query, key)
    scaling: float
    scaled: FloatArray  # (query, key)
    softcap: float | None
    capped: FloatArray | None  # (query, key)
    bias: FloatArray | None  # (query, key)
    seen: BoolArray  # (query, key)
    scores: FloatArray  # (query, key)
    weights: FloatArray  # (query, key)
    unscaled_weights: FloatArray  # (query, key)
    output: FloatArray  # (query, dim)
    output_matrix: MatrixPart
    added: FloatArray  # (query, hidden)

    @property
    def nbytes(self) -> int:
        """The memory of all arrays, each once."""
        return bytes_of(self)


def head_anatomy(model: LanguageModel, anatomy: LayerAnatomy, head: int) -> HeadAnatomy:
    """One head of ``anatomy``, which is of ``model``; InputError for a head that is not there."""
    if not 0 <= head < anatomy.heads:
        raise InputError(
            _("There is no {what} {number}: choose from 0 to {last}.").format(
                what=_("head"), number=head, last=anatomy.heads - 1
            )
        )
    own = anatomy.attention
    record = own.record
    shared = record.kv_heads[head]
    queries, keys, values = own.queries, own.keys, own.values
    products = _products(queries.used[head], keys.used[shared])
    scaled = (products * np.float32(own.scaling)).astype(np.float32)
    capped = None
    if record.softcap is not None:
        capped = (np.tanh(scaled / record.softcap) * record.softcap).astype(np.float32)
    block = anatomy.stack, anatomy.layer
    dim = queries.place.dim
    output_matrix = rows_of(model, *block, own.output_module, range(head * dim, (head + 1) * dim))
    output = own.outputs[head]
    return HeadAnatomy(
        layer=anatomy.layer,
        head=head,
        kv_head=shared,
        query_matrix=columns_of(model, *block, queries.place.module, queries.place.columns(head)),
        key_matrix=columns_of(model, *block, keys.place.module, keys.place.columns(shared)),
        value_matrix=columns_of(model, *block, values.place.module, values.place.columns(shared)),
        queries=queries.projected[head],
        keys=keys.projected[shared],
        values=values.projected[shared],
        normed_queries=None if queries.normed is None else queries.normed[head],
        normed_keys=None if keys.normed is None else keys.normed[shared],
        used_queries=queries.used[head],
        used_keys=keys.used[shared],
        turned=queries.turned,
        products=products,
        scaling=own.scaling,
        scaled=scaled,
        softcap=record.softcap,
        capped=capped,
        bias=None if record.bias is None else record.bias[head if len(record.bias) > 1 else 0],
        seen=_seen(record, head, products.shape),
        scores=record.scores(head),
        weights=record.weights(head),
        unscaled_weights=_unscaled(own, head),
        output=output,
        output_matrix=output_matrix,
        added=_products(output, output_matrix.values.T),
    )


def _products(left: FloatArray, right: FloatArray) -> FloatArray:
    """left · rightᵀ, summed in float64: the digits shown are then those of the sum."""
    made: FloatArray = (left.astype(np.float64) @ right.astype(np.float64).T).astype(np.float32)
    return made


def _unscaled(own: AttentionAnatomy, head: int) -> FloatArray:
    """The weights that a scaling of 1 would give, everything else alike."""
    record = replace(own.record, queries=own.queries.used, scaling=1.0)
    return record.weights(head)


def _seen(record: LayerRecord, head: int, shape: tuple[int, ...]) -> BoolArray:
    if record.visible is None:
        return np.ones(shape, dtype=np.bool_)
    seen: BoolArray = record.visible[head if len(record.visible) > 1 else 0]
    return seen
