"""All attention weights of a text as arrays for a program, in numpy's own file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.attention.capture import AttentionCapture
from core.attention.stack import AttentionStack
from core.device import human_size
from core.errors import InputError
from core.export.provenance import Provenance
from core.language import _
from core.tokens import Tokens

NPZ_LIMIT: Final = 80_000_000
"""The most bytes of weights in one file: 72 heads at 512 tokens take 75 MB."""


def attention_npz(
    capture: AttentionCapture, provenance: Provenance, *, layers: Sequence[int] | None = None
) -> bytes:
    """All weights of ``capture``, or of its ``layers``, as a file for ``numpy.load``.

    ``weights`` float32 [layer, head, query, key]; ``layers``, ``heads`` and ``queries`` (rows), the
    numbers of its axes; ``token_ids`` and ``tokens``; ``provenance`` as JSON. Of an encoder–decoder
    model also ``decoder_weights`` and ``cross_weights`` with their own ``…_layers`` and
    ``…_heads``, ``decoder_token_ids`` and ``decoder_tokens``. Nothing in it is pickled. Raises
    InputError for layers that were not kept, and above ``NPZ_LIMIT``.
    """
    chosen = capture.layers if layers is None else tuple(dict.fromkeys(layers))
    _check_layers(capture, chosen)
    _check_size(capture, chosen)
    arrays: dict[str, NDArray[np.generic]] = {
        **_stack_arrays("", capture.main, chosen),
        **_token_arrays("", capture.tokens),
        "queries": np.array(capture.queries_kept, dtype=np.int64),
        "provenance": np.array(provenance.to_json()),
    }
    for name, stack in (("decoder_", capture.decoder), ("cross_", capture.cross)):
        if stack is not None:
            arrays |= _stack_arrays(name, stack, [n for n in chosen if n in stack.layers])
    if capture.decoder_tokens is not None:
        arrays |= _token_arrays("decoder_", capture.decoder_tokens)
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def npz_bytes(capture: AttentionCapture, *, layers: Sequence[int] | None = None) -> int:
    """The bytes of the weights that ``attention_npz`` would write, before they are compressed."""
    chosen = capture.layers if layers is None else layers
    stacks = (capture.main, capture.decoder, capture.cross)
    return sum(
        4 * record.queries.shape[0] * record.queries.shape[1] * record.keys.shape[1]
        for stack in stacks
        if stack is not None
        for layer, record in zip(stack.layers, stack.records, strict=True)
        if layer in chosen
    )


def _stack_arrays(
    name: str, stack: AttentionStack, layers: Sequence[int]
) -> dict[str, NDArray[np.generic]]:
    weights = [stack.records[stack.layers.index(layer)].weights() for layer in layers]
    return {
        f"{name}weights": np.stack(weights) if weights else np.empty((0,), dtype=np.float32),
        f"{name}layers": np.array(layers, dtype=np.int64),
        f"{name}heads": np.array(stack.heads, dtype=np.int64),
    }


def _token_arrays(name: str, tokens: Tokens) -> dict[str, NDArray[np.generic]]:
    return {
        f"{name}token_ids": np.array(tokens.ids, dtype=np.int64),
        f"{name}tokens": np.array(tokens.texts, dtype=np.str_),
    }


def _check_layers(capture: AttentionCapture, layers: Sequence[int]) -> None:
    kept = capture.layers
    if not layers:
        raise InputError(_("No layer was chosen: choose at least one."))
    for layer in layers:
        if layer not in kept:
            raise InputError(
                _("There is no layer {number}: choose from {first} to {last}.").format(
                    number=layer, first=kept[0], last=kept[-1]
                )
            )


def _check_size(capture: AttentionCapture, layers: Sequence[int]) -> None:
    size = npz_bytes(capture, layers=layers)
    if size <= NPZ_LIMIT:
        return
    fitting = NPZ_LIMIT * len(layers) // size
    if not fitting:
        raise InputError(
            _(
                "Too large: the weights of one layer over {count} tokens take {size}, the limit "
                "is {limit}. Use a part of the text."
            ).format(
                count=len(capture.tokens),
                size=human_size(size // len(layers)),
                limit=human_size(NPZ_LIMIT),
            )
        )
    raise InputError(
        _(
            "Too large: the weights of {layers} layers over {count} tokens take {size}, the limit "
            "is {limit}. Choose at most {fitting} layers, such as {first} to {last}."
        ).format(
            layers=len(layers),
            count=len(capture.tokens),
            size=human_size(size),
            limit=human_size(NPZ_LIMIT),
            fitting=fitting,
            first=layers[0],
            last=layers[fitting - 1],
        )
    )
