"""The steps of one head as matrices: Q, K and V, their products, the softmax, the output."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from components.views.matrices import (
    Block,
    Matrix,
    Product,
    Relation,
    Scaled,
    Scene,
    Softmax,
    Total,
)
from core.anatomy import HeadAnatomy, LayerAnatomy
from core.attention.recording import FloatArray
from core.language import _

Letter = Literal["q", "k", "v"]
LETTERS: Final[tuple[Letter, ...]] = ("q", "k", "v")
_SYMBOLS: Final = {"q": "Q", "k": "K", "v": "V"}


def projection_scene(anatomy: LayerAnatomy, head: HeadAnatomy, letter: Letter) -> Scene:
    """X · W + b = Q, K or V of one head; then the norm of the head and the turn by position."""
    own = anatomy.attention
    symbol = _SYMBOLS[letter]
    inputs = own.inputs if letter == "q" else own.key_inputs
    tokens = anatomy.tokens if letter == "q" else anatomy.key_tokens
    matrix = {"q": head.query_matrix, "k": head.key_matrix, "v": head.value_matrix}[letter]
    made = {"q": head.queries, "k": head.keys, "v": head.values}[letter]
    from_encoder = anatomy.stack == "cross" and letter != "q"
    matrices = [
        Matrix(
            symbol="X",
            values=inputs,
            rows=tokens.labels,
            note=_("of the encoder") if from_encoder else "",
        ),
        Matrix(symbol=f"W^{symbol}", values=matrix.values),
        Matrix(symbol=symbol, values=made, rows=tokens.labels),
    ]
    relations: list[Relation] = [Product(left=0, right=1, out=2, bias=matrix.bias)]
    blocks = [Block(kind="product", matrices=(0, 1, 2))]
    normed = {"q": head.normed_queries, "k": head.normed_keys, "v": None}[letter]
    if normed is not None:
        matrices.append(
            Matrix(
                symbol=f"{symbol}_{{norm}}",
                values=normed,
                rows=tokens.labels,
                note=_("after a norm of each row"),
            )
        )
    if head.turned and letter != "v":
        used = head.used_queries if letter == "q" else head.used_keys
        matrices.append(
            Matrix(
                symbol=f"{symbol}_{{rot}}",
                values=used,
                rows=tokens.labels,
                note=_("turned by position (rotary)"),
            )
        )
    if len(matrices) > 3:
        after = tuple(range(2, len(matrices)))
        blocks.append(Block(kind="row", matrices=after[1:], title=_("What the scores are made of")))
    return Scene(matrices=tuple(matrices), relations=tuple(relations), blocks=tuple(blocks))


def scores_scene(anatomy: LayerAnatomy, head: HeadAnatomy) -> Scene:
    """Q Kᵀ, and that times the scaling; then a cap and a bias where the model has them."""
    rows, columns = anatomy.tokens.labels, anatomy.key_tokens.labels
    mark = "_{rot}" if head.turned else ("_{norm}" if head.normed_queries is not None else "")
    matrices = [
        Matrix(symbol=f"Q{mark}", values=head.used_queries, rows=rows),
        Matrix(symbol=f"K{mark}^T", values=head.used_keys.T, columns=columns),
        Matrix(symbol="QK^T", values=head.products, rows=rows, columns=columns),
        Matrix(symbol="S", values=head.scaled, rows=rows, columns=columns, note=_scaling(head)),
    ]
    relations: list[Relation] = [Product(left=0, right=1, out=2)]
    if head.bias is None and head.capped is None:
        relations.append(Scaled(of=2, out=3, factor=head.scaling))
    else:
        bias = None
        if head.bias is not None:
            bias = len(matrices)
            matrices.append(
                Matrix(
                    symbol="B",
                    values=head.bias,
                    rows=rows,
                    columns=columns,
                    note=_("a bias by distance"),
                )
            )
        before_mask = head.scaled if head.capped is None else head.capped
        values = before_mask if head.bias is None else before_mask + head.bias
        matrices[3] = Matrix(
            symbol="S", values=values, rows=rows, columns=columns, note=_scaling(head)
        )
        relations.append(Scaled(of=2, out=3, factor=head.scaling, cap=head.softcap, bias=bias))
    shown = (3, *range(4, len(matrices)))
    return Scene(
        matrices=tuple(matrices),
        relations=tuple(relations),
        blocks=(
            Block(kind="product", matrices=(0, 1, 2)),
            Block(kind="row", matrices=shown, title=_("Divided by √dₖ")),
        ),
    )


def softmax_scene(anatomy: LayerAnatomy, head: HeadAnatomy, *, unscaled: bool) -> Scene:
    """The scores with what is masked, and their softmax, row by row, as it is and without √d_k."""
    rows, columns = anatomy.tokens.labels, anatomy.key_tokens.labels
    hidden = None if head.seen.all() else ~head.seen
    scores = unscaled_scores(head) if unscaled else head.scores
    weights = head.unscaled_weights if unscaled else head.weights
    other = head.weights if unscaled else head.unscaled_weights
    with_root, without = _("with √dₖ"), _("without √dₖ")
    matrices = (
        Matrix(
            symbol="S",
            values=np.where(head.seen, scores, 0),
            rows=rows,
            columns=columns,
            hidden=hidden,
            note=without if unscaled else "",
        ),
        Matrix(
            symbol="A",
            values=weights,
            rows=rows,
            columns=columns,
            hidden=hidden,
            scale="share",
            note=without if unscaled else "",
        ),
        Matrix(
            symbol="A'",
            values=other,
            rows=rows,
            columns=columns,
            hidden=hidden,
            scale="share",
            note=with_root if unscaled else without,
        ),
    )
    title = _("For comparison: the same softmax with √dₖ") if unscaled else ""
    title = title or _("For comparison: the same softmax without √dₖ")
    blocks = [Block(kind="row", matrices=(0, 1))]
    if head.scaling != 1:
        blocks.append(Block(kind="row", matrices=(2,), title=title))
    return Scene(
        matrices=matrices if head.scaling != 1 else matrices[:2],
        relations=(Softmax(of=0, out=1),),
        blocks=tuple(blocks),
    )


def values_scene(anatomy: LayerAnatomy, head: HeadAnatomy, *, unscaled: bool) -> Scene:
    """The weights times V: each row a mean of the rows of V, weighted by a row of A."""
    rows, columns = anatomy.tokens.labels, anatomy.key_tokens.labels
    weights = head.unscaled_weights if unscaled else head.weights
    output = weights @ head.values if unscaled else head.output
    note = _("without √dₖ: not what the model computes") if unscaled else ""
    return Scene(
        matrices=(
            Matrix(
                symbol="A",
                values=weights,
                rows=rows,
                columns=columns,
                scale="share",
                hidden=None if head.seen.all() else ~head.seen,
                note=note,
            ),
            Matrix(symbol="V", values=head.values, rows=columns),
            Matrix(symbol=f"head_{{{head.head}}}", values=output, rows=rows, note=note),
        ),
        relations=(Product(left=0, right=1, out=2),),
        blocks=(Block(kind="product", matrices=(0, 1, 2)),),
    )


def output_scene(anatomy: LayerAnatomy, head: HeadAnatomy) -> Scene:
    """What one head adds through its rows of W^O, and the sum over all heads."""
    rows = anatomy.tokens.labels
    own = anatomy.attention
    others = own.mixed - head.added
    return Scene(
        matrices=(
            Matrix(symbol=f"head_{{{head.head}}}", values=head.output, rows=rows),
            Matrix(
                symbol=f"W^O_{{{head.head}}}",
                values=head.output_matrix.values,
                note=_("this head's rows of {shape}").format(
                    shape=" × ".join(str(side) for side in head.output_matrix.whole)
                ),
            ),
            Matrix(symbol=f"O_{{{head.head}}}", values=head.added, rows=rows),
            Matrix(
                symbol="O_{rest}",
                values=others,
                rows=rows,
                left_over=(4, 2),
                note=_("of the other {count} heads, and the bias").format(count=anatomy.heads - 1),
            ),
            Matrix(symbol="O", values=own.mixed, rows=rows, note=_("of all heads together")),
        ),
        relations=(
            Product(left=0, right=1, out=2),
            Total(parts=((2, 1.0), (3, 1.0)), out=4),
        ),
        blocks=(
            Block(kind="product", matrices=(0, 1, 2)),
            Block(kind="pile", matrices=(3, 4), title=_("With what the other heads add")),
        ),
    )


def unscaled_scores(head: HeadAnatomy) -> FloatArray:
    """The scores that a scaling of 1 would give, 0 where a query does not see a key."""
    scores = head.products
    if head.softcap is not None:
        scores = (np.tanh(scores / head.softcap) * head.softcap).astype(np.float32)
    return scores if head.bias is None else (scores + head.bias).astype(np.float32)


def _scaling(head: HeadAnatomy) -> str:
    return "" if head.scaling == 1 else f"× {head.scaling:.4f}"
