"""What the model costs, folded away: parameters, bytes, cache, operations, time."""

from __future__ import annotations

import streamlit as st

from app.anatomy.look import Look
from app.frame import framed
from components.tables import table
from core.anatomy import Architecture, LayerAnatomy, ModelCost
from core.language import _


def show_cost(look: Look, architecture: Architecture, anatomy: LayerAnatomy) -> None:
    """The cost of reading this text, computed when somebody asks."""
    with st.expander(_("What it costs"), key="anatomy_cost", on_change="rerun") as more:
        if more.open:
            _show(look, architecture, anatomy)


@framed
def _show(look: Look, architecture: Architecture, anatomy: LayerAnatomy) -> None:
    with st.spinner(_("Measuring three passes")):
        cost = look.cost(anatomy.tokens)
    left, right = st.columns([7, 5], gap="large")
    with left:
        st.markdown(table((_("what"), _("how much"), _("how it is counted")), _rows(cost)))
    with right:
        st.markdown(table((_("part"), _("parameters")), _parts(architecture)))


def _rows(cost: ModelCost) -> list[tuple[str, ...]]:
    bytes_ = " · ".join(f"{name} {_size(count)}" for name, count in cost.weight_bytes.items())
    rows = [
        (_("parameters"), f"{cost.parameters:,}", _("every tensor of the network once")),
        (_("bytes"), bytes_, _("parameters × bytes of the number type")),
        (
            _("operations"),
            _amount(cost.operations),
            _(
                "2 × parameters of the matrices × {tokens} tokens, and attention and vocabulary"
            ).format(tokens=cost.tokens),
        ),
        (
            _("of them attention"),
            _amount(cost.attention_operations),
            _("4 × tokens² × heads × dₖ in every layer"),
        ),
    ]
    if cost.cache:
        rows.append(
            (
                _("KV cache"),
                _size(cost.cache),
                _("2 × layers × key heads × dₖ × tokens × bytes"),
            )
        )
    if cost.seconds is not None:
        rows.append(
            (
                _("time"),
                _("{each} ms a token").format(each=f"{1000 * cost.seconds / cost.tokens:.2f}"),
                _(
                    "{all} ms for the text, the median of three passes just now, on this server"
                ).format(all=f"{1000 * cost.seconds:.1f}"),
            )
        )
    return rows


def _parts(architecture: Architecture) -> list[tuple[str, ...]]:
    names = {
        "embedding": _("Embeddings"),
        "layer": _("Layers"),
        "final": _("Final norm and transform"),
        "vocabulary": _("Vocabulary"),
        "other": _("Pooler and other heads"),
    }
    counts = dict.fromkeys(names, 0)
    for part in architecture.parts:
        counts[part.kind] += part.parameters
    rows = [(names[kind], f"{count:,}") for kind, count in counts.items() if count]
    return [*rows, (_("all together"), f"{architecture.parameters:,}")]


def _size(count: float) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} KB"


def _amount(count: float) -> str:
    return f"{count / 1e9:.2f} G" if count >= 1e9 else f"{count / 1e6:.1f} M"
