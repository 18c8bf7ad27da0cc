"""The Anatomy page: the map of the model, and one of nine steps beside it."""

from __future__ import annotations

import streamlit as st

from app.anatomy.asides import asides
from app.anatomy.cost import show_cost
from app.anatomy.look import HEAD, LAYER, STACK, Chosen, Look, settle
from app.anatomy.moves import STEP, choose_cell, choose_part, forget_cell, go, map_part
from app.anatomy.scenes import position_of, scene_of
from app.anatomy.state import ANATOMY, ANATOMY_STEPS
from app.anatomy.words import explanation, formula, special_notes, step_titles
from app.facts import source_line
from app.frame import as_plain, framed
from app.links import publish_link
from app.notes import note_cut
from components.anatomy.map_parts import map_parts, short
from components.controls import choose_view
from components.views.matrices import matrices
from components.views.model_map import model_map
from core.anatomy import Architecture, LayerAnatomy
from core.language import _

SCALED_STEPS = ("softmax", "values")


@st.fragment
@framed
def show_rooms(look: Look) -> None:
    """The map and a step; a click in either runs only this again, not the page."""
    try:
        _show(look)
    finally:
        publish_link(ANATOMY)


@framed
def _show(look: Look) -> None:
    architecture = look.architecture()
    chosen = settle(look)
    anatomy = look.layer(chosen.stack, chosen.layer)
    note_cut(anatomy.tokens)
    left, right = st.columns([3, 9], gap="large")
    with left:
        _show_map(architecture, chosen)
    with right:
        _show_step(look, architecture, chosen, anatomy)
    show_cost(look, architecture, anatomy)


def _show_map(architecture: Architecture, chosen: Chosen) -> None:
    st.markdown(f"**{as_plain(architecture.network)}**  \n:small[{as_plain(_sizes(architecture))}]")
    parts, links = map_parts(architecture, chosen.stack, chosen.layer)
    headings = [_("Encoder"), _("Decoder")] if architecture.decoder_layers else []
    model_map(
        parts,
        key="anatomy_map",
        label=_("The parts of {model}").format(model=architecture.model),
        selected=map_part(chosen.stack, chosen.layer, st.session_state[STEP]),
        headings=headings,
        links=links,
        on_select=choose_part,
        source=source_line(architecture.model),
    )


def _sizes(architecture: Architecture) -> str:
    own = architecture
    layers = f"{own.layers} + {own.decoder_layers}" if own.decoder_layers else str(own.layers)
    said = _(
        "{parameters} parameters: {layers} layers, {heads} heads of {dim}, {hidden} dimensions, "
        "{vocabulary} words"
    ).format(
        parameters=short(own.parameters),
        layers=layers,
        heads=own.heads,
        dim=own.head_dim,
        hidden=own.hidden,
        vocabulary=f"{own.vocabulary:,}",
    )
    if own.kv_heads < own.heads:
        said += _(", {count} of them with keys and values").format(count=own.kv_heads)
    return said


def _show_step(
    look: Look, architecture: Architecture, chosen: Chosen, anatomy: LayerAnatomy
) -> None:
    step = st.session_state[STEP]
    _step_row(step)
    _pickers(look, architecture, anatomy, step)
    session = st.session_state
    of, around = session[ANATOMY.key("of")], session[ANATOMY.key("around")]
    part = anatomy.attention_sum if around == "attention" else anatomy.feed_forward_sum
    st.latex(formula(anatomy, step, letter=of, part=part))
    notes = [*special_notes(anatomy, step), *asides(anatomy, step)]
    said = [explanation(anatomy, step, part), *notes]
    st.markdown(" ".join(said), width=680)
    scene = scene_of(look, chosen, anatomy, step)
    matrices(
        scene,
        key=f"anatomy_{step}",
        label=step_titles()[step],
        on_select=choose_cell,
        source=source_line(look.model),
    )


def _step_row(step: str) -> None:
    number = ANATOMY_STEPS.index(step)
    back, title, on = st.columns([2, 8, 2], vertical_alignment="center")
    with back:
        st.button(
            _("Back"),
            key="anatomy_back",
            shortcut="Left",
            disabled=number == 0,
            width="stretch",
            on_click=go,
            args=(-1,),
        )
    with title:
        st.selectbox(
            _("Which step"),
            ANATOMY_STEPS,
            format_func=lambda one: f"{ANATOMY_STEPS.index(one) + 1} / 9 · {step_titles()[one]}",
            key=STEP,
            on_change=forget_cell,
            persist_state="session",
            label_visibility="collapsed",
        )
    with on:
        st.button(
            _("Next"),
            key="anatomy_next",
            shortcut="Right",
            disabled=number == len(ANATOMY_STEPS) - 1,
            width="stretch",
            on_click=go,
            args=(1,),
        )


def _pickers(look: Look, architecture: Architecture, anatomy: LayerAnatomy, step: str) -> None:
    """Layer and head, and what the step itself can be asked."""
    layer, head, rest = st.columns([2, 2, 8], vertical_alignment="bottom")
    if step not in ("embed", "logits"):
        with layer:
            _number(_("Layer"), anatomy.layers, LAYER)
    if step in ("qkv", "scores", *SCALED_STEPS, "output"):
        with head:
            _number(_("Head"), anatomy.heads, HEAD)
    with rest:
        if architecture.decoder_layers and step != "logits":
            names = {"self": _("Encoder"), "decoder": _("Decoder"), "cross": _("Cross")}
            choose_view(_("Attention of"), names, key=STACK)
        if step == "qkv":
            choose_view(_("Which"), {"q": "Q", "k": "K", "v": "V"}, key=ANATOMY.key("of"))
        if step == "norm":
            names = {"attention": _("around the attention"), "ffn": _("around the feed-forward")}
            choose_view(_("Which"), names, key=ANATOMY.key("around"))
        if step in SCALED_STEPS and anatomy.attention.scaling != 1:
            st.toggle(_("without √dₖ"), key=ANATOMY.key("unscaled"), persist_state="session")
        if step == "logits" and anatomy.vocabulary is not None:
            _choose_position(look, anatomy)


def _number(label: str, count: int, key: str) -> None:
    st.selectbox(label, range(count), key=key, on_change=forget_cell, persist_state="session")


def _choose_position(look: Look, anatomy: LayerAnatomy) -> None:
    """After which token the likeliest words are shown."""
    if anatomy.vocabulary is None:
        return
    labels = anatomy.vocabulary.tokens.labels
    key = ANATOMY.key("token")
    st.session_state[key] = position_of(look, anatomy.vocabulary)
    st.selectbox(
        _("The likeliest words at"),
        range(len(labels)),
        format_func=lambda place: f"{place} · {labels[place]}",
        key=key,
        on_change=forget_cell,
        persist_state="session",
    )
