"""What happens on the stream: embeddings, Add & Norm, the feed-forward, and the vocabulary."""

from __future__ import annotations

from typing import Final

import numpy as np

from components.views.matrices import (
    Applied,
    Block,
    Matrix,
    Normed,
    Product,
    Relation,
    Scene,
    Softmax,
    Total,
)
from core.anatomy import (
    LayerAnatomy,
    MatrixPart,
    NeuronMatrices,
    NormAnatomy,
    SumAnatomy,
    VocabularyAnatomy,
)
from core.attention.recording import FloatArray
from core.language import _
from core.tokens import Tokens

NEURONS: Final = 24
GATED_NEURONS: Final = 16
"""How many neurons of a feed-forward are shown; fewer where each has three matrices, not two."""


def neurons_shown(anatomy: LayerAnatomy) -> int:
    """How many neurons of a layer are shown."""
    return NEURONS if anatomy.feed_forward.gate is None else GATED_NEURONS


class _Pile:
    """Matrices in a column, each perhaps made of those above."""

    def __init__(self, tokens: Tokens) -> None:
        self._rows = tokens.labels
        self.matrices: list[Matrix] = []
        self.relations: list[Relation] = []

    def add(self, symbol: str, values: FloatArray, note: str = "") -> int:
        self.matrices.append(Matrix(symbol=symbol, values=values, rows=self._rows, note=note))
        return len(self.matrices) - 1

    def norm(self, of: int, symbol: str, norm: NormAnatomy) -> int:
        made = self.add(symbol, norm.made, norm_name(norm))
        if norm.kind != "other":
            self.relations.append(
                Normed(
                    of=of,
                    out=made,
                    mean=norm.mean,
                    spread=norm.spread,
                    gain=norm.gain,
                    shift=norm.shift,
                )
            )
        return made

    def scene(self, title: str = "") -> Scene:
        numbers = tuple(range(len(self.matrices)))
        return Scene(
            matrices=tuple(self.matrices),
            relations=tuple(self.relations),
            blocks=(Block(kind="pile", matrices=numbers, title=title),),
        )


def norm_name(norm: NormAnatomy) -> str:
    """LayerNorm or RMSNorm."""
    return norm.kind if norm.kind != "other" else _("a norm of the model's own")


def embedding_scene(anatomy: LayerAnatomy) -> Scene:
    """Token, position and type vectors, their sum, its norm: what the first layer gets."""
    own = anatomy.embedding
    pile = _Pile(anatomy.tokens)
    names = {
        "token": ("E", _("token vectors")),
        "position": ("P", _("position vectors")),
        "type": ("T", _("type vectors")),
    }
    order = sorted(own.parts, key=lambda part: ("token", "position", "type").index(part.role))
    parts = [
        (
            pile.add(
                names[part.role][0],
                part.vectors,
                _("{name}: rows of a table of {count}").format(
                    name=names[part.role][1], count=f"{part.size:,}"
                ),
            ),
            own.scale if part.role == "token" else 1.0,
        )
        for part in order
    ]
    last = parts[0][0]
    if own.complete and (len(parts) > 1 or own.scale != 1):
        last = pile.add("X_0" if own.normed is not None or own.mapped else "X", own.total)
        pile.relations.append(Total(parts=tuple(parts), out=last))
    if own.normed is not None:
        pile.add("X" if not own.mapped else "X_1", own.normed, "LayerNorm")
    if own.mapped or not own.complete:
        pile.add("X", own.result, _("what the first layer gets"))
    return pile.scene()


def sum_scene(anatomy: LayerAnatomy, part: SumAnatomy, *, made: str) -> Scene:
    """Add & Norm around a part; ``made`` is the symbol of what the part makes."""
    pile = _Pile(anatomy.tokens)
    stream = pile.add("X", part.stream, _("what comes along"))
    if part.before is not None and part.arrangement != "parallel":
        pile.norm(stream, "X_{norm}", part.before)
    own = pile.add(made, part.made, _("what the part makes of it"))
    added = own if part.after is None else pile.norm(own, f"{made}_{{norm}}", part.after)
    total = pile.add(f"X + {made}", part.total)
    pile.relations.append(Total(parts=((stream, 1.0), (added, 1.0)), out=total))
    if part.norm is not None:
        pile.norm(total, "X'", part.norm)
    return pile.scene()


def feed_forward_scene(anatomy: LayerAnatomy, neurons: NeuronMatrices) -> Scene:
    """x W₁, the activation, and W₂, at some neurons; then the sum with the stream."""
    own, rows = anatomy.feed_forward, anatomy.tokens.labels
    chosen = list(neurons.neurons)
    some = _("{count} of {all} neurons, those most active here").format(
        count=len(chosen), all=f"{own.inner.shape[1]:,}"
    )
    name = own.activation
    matrices = [Matrix(symbol="X", values=own.inputs, rows=rows)]
    relations: list[Relation] = []
    blocks: list[Block] = []

    def add(
        symbol: str,
        values: FloatArray,
        note: str = "",
        *,
        named: bool = True,
        left_over: tuple[int, int] | None = None,
    ) -> int:
        numbers = chosen if values.shape[1] == len(chosen) else ()
        matrices.append(
            Matrix(
                symbol=symbol,
                values=values,
                rows=rows if named else (),
                numbers=numbers,
                note=note,
                left_over=left_over,
            )
        )
        return len(matrices) - 1

    def product(symbol: str, weights: MatrixPart, out: str, values: FloatArray) -> int:
        right = add(symbol, weights.values, some, named=False)
        made = add(out, values)
        relations.append(Product(left=0, right=right, out=made, bias=weights.bias))
        blocks.append(Block(kind="product", matrices=(0, right, made)))
        return made

    times = None
    if neurons.gate is not None and own.gate is not None:
        opened = product("W_g", neurons.gate, "G", own.gate[:, chosen])
        times = product("W_1", neurons.up, "U", own.up[:, chosen])
    else:
        opened = product("W_1", neurons.up, "U", own.up[:, chosen])
    symbol = f"{name}(U)" if times is None else f"{name}(G) ⊙ U"
    inner = add(symbol, own.inner[:, chosen])
    relations.append(Applied(of=opened, out=inner, name=name, times=times))
    down = add("W_2", neurons.down.values, some, named=False)
    part = own.inner[:, chosen].astype(np.float64) @ neurons.down.values.astype(np.float64)
    out = add("F_{part}", part.astype(np.float32), _("what these neurons add"))
    relations.append(Product(left=inner, right=down, out=out))
    blocks.append(Block(kind="product", matrices=(inner, down, out)))
    rest = add(
        "F_{rest}",
        own.made - part.astype(np.float32),
        _("all other neurons, and the bias"),
        left_over=(len(matrices) + 1, out),  # FFN(X), which comes next, without F_part
    )
    whole = add("FFN(X)", own.made, _("of all neurons together"))
    relations.append(Total(parts=((out, 1.0), (rest, 1.0)), out=whole))
    blocks.append(Block(kind="pile", matrices=(rest, whole)))
    return Scene(matrices=tuple(matrices), relations=tuple(relations), blocks=tuple(blocks))


def vocabulary_scene(anatomy: VocabularyAnatomy, position: int, matrix: MatrixPart) -> Scene:
    """H · W = logits of the likeliest words at a position, and their share of all words."""
    top, tokens = anatomy.top[position], anatomy.tokens
    words = [anatomy.texts[place] for place in top]
    note = _("{count} of {all} words: the likeliest after the chosen token").format(
        count=len(words), all=f"{anatomy.vocabulary:,}"
    )
    plain = anatomy.cap is None
    relations: list[Relation] = [
        Softmax(of=2, out=3, totals=anatomy.log_totals),
    ]
    if plain:
        relations.append(Product(left=0, right=1, out=2, bias=matrix.bias))
    return Scene(
        matrices=(
            Matrix(symbol="H", values=anatomy.vectors, rows=tokens.labels),
            Matrix(symbol="W_{vocab}", values=matrix.values, columns=words, note=note),
            Matrix(symbol="Z", values=anatomy.logits[:, top], rows=tokens.labels, columns=words),
            Matrix(
                symbol="P",
                values=anatomy.probabilities[:, top],
                rows=tokens.labels,
                columns=words,
                scale="share",
            ),
        ),
        relations=tuple(relations),
        blocks=(
            Block(kind="product", matrices=(0, 1, 2)),
            Block(kind="row", matrices=(3,), title=_("softmax over the whole vocabulary")),
        ),
    )


def last_vectors_scene(anatomy: LayerAnatomy) -> Scene:
    """The vectors that an encoder without a vocabulary gives."""
    pile = _Pile(anatomy.tokens)
    pile.add("H", anatomy.result)
    return pile.scene()
