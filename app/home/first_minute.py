"""The first minute: the same attention and a different matter; a head that copies; your sentence.

What stands here was recorded by the project, so that it draws before a model is loaded; Run again
computes it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from app import resources
from app.examples import examples
from app.frame import as_plain, framed
from app.navigation import page_path
from app.state import HOME
from components.views.attention_head import attention_head
from components.views.bars import Bar, bars
from components.views.token_strip import Chip, token_strip
from core.first_minute import FirstMinute, Frame, ReadTwice, SameLook, compute, read_recorded
from core.language import DEFAULT_LANGUAGE, _, current_language

COMMAND: Final = "python -m core.first_minute"
COMPUTED: Final = "home.computed"
"""The session key that says that the numbers were computed here."""


@framed
def show_same_look() -> None:
    """Two heads with the same weight, and what each of them does."""
    found = _shown()
    look = found.looks.get(current_language()) or found.looks[DEFAULT_LANGUAGE]
    words = [frame.word for frame in look.frames]
    if st.session_state[HOME.key("word")] not in words:  # of a link, or of the other language
        st.session_state[HOME.key("word")] = words[0]
    frame = look.frames[words.index(st.session_state[HOME.key("word")])]
    token_strip(
        _chips(frame),
        key="home_sentence",
        label=" ".join(frame.texts),
        selected=frame.focus,
        value_label=_("attention from “{token}”").format(token=look.focus),
        legend=False,  # the pictures below have it
    )
    *columns, beside = st.columns([5, 5, 4], gap="medium")
    for number, column in enumerate(columns):
        with column:
            _draw_head(look, frame, number)
    with beside:
        st.segmented_control(
            _("The last word"),
            words,
            key=HOME.key("word"),
            persist_state="session",
            required=True,
        )
        st.markdown(_reading(look))
        _link_to_heads(look)
        _draw_recorded()


@framed
def show_twice() -> None:
    """Random tokens read twice, and what one head has to do with it."""
    read = _shown().twice
    st.header(_("A head that copies"), anchor=False)
    st.markdown(
        _(
            "{model} reads {length} random tokens, then the same again. Nothing can be known of "
            "the first reading; of the second everything, by looking back at what followed last "
            "time. Bars are the mean loss, −log p of the token that came."
        ).format(model="SmolLM2", length=read.length),
        width=680,
    )
    bars(_rows(read), key="home_twice", label=_("Mean loss of a reading"))
    st.markdown(
        _(
            "With this one head of nine off, {share:.0%} of what the second reading gains is lost. "
            "Drawn with seed {seed}; other draws give other numbers."
        ).format(seed=read.seed, share=_lost(read)),
        width=680,
    )


@framed
def show_own_sentence() -> None:
    """A box for a sentence of one's own, which opens Attention."""
    st.header(_("Your own sentence"), anchor=False)
    with st.form("home_own", border=False):
        text = st.text_input(_("Text"), key="home.own", max_chars=400, placeholder=examples().text)
        asked = st.form_submit_button(_("Look at its heads"), type="primary")
    if asked:
        st.switch_page(
            page_path("attention"),
            query_params={"model": examples().model, "text": text.strip() or examples().text},
        )


def _shown() -> FirstMinute:
    if st.session_state.get(COMPUTED):
        language = current_language()
        found = resources.results().get(
            ("first minute", language), lambda: compute(resources.pool().lease, language)
        )
        if isinstance(found, FirstMinute):
            return found
    return read_recorded()


def _draw_recorded() -> None:
    if st.session_state.get(COMPUTED):
        said = _("computed just now")
        st.markdown(f":small[{said}]")
        return
    st.button(
        _("Recorded; run again"),
        key="home_run",
        type="tertiary",
        icon=":material/replay:",
        help=_("Recorded by the project with {command}.").format(command=f"`{COMMAND}`"),
        on_click=lambda: st.session_state.update({COMPUTED: True}),
    )


def _link_to_heads(look: SameLook) -> None:
    layer, head = look.heads[0]
    st.page_link(
        page_path("attention"),
        label=_("All heads of this sentence"),
        icon=":material/arrow_forward:",
        query_params={
            "model": look.model,
            "text": examples().sentence.format(word=st.session_state[HOME.key("word")]),
            "view": "all",
            "layer": str(layer),
            "head": str(head),
        },
    )


def _chips(frame: Frame) -> list[Chip]:
    columns = zip(
        frame.texts,
        frame.pieces,
        frame.ids,
        frame.special,
        frame.continues,
        frame.weights[0][frame.focus],
        strict=True,
    )
    return [
        Chip(
            text=text,
            piece=piece,
            id=number,
            kind="special" if special else "word" if text else "part",
            continues=continues,
            value=weight,
        )
        for text, piece, number, special, continues, weight in columns
    ]


def _draw_head(look: SameLook, frame: Frame, number: int) -> None:
    layer, head = look.heads[number]
    title = _("Layer {layer} · head {head}").format(layer=layer, head=head)
    special = [place for place, one in enumerate(frame.special) if one]
    st.markdown(
        _(
            "**{title}**: {focus} → {key} **{weight}**; switched off, {focus} moves by **{moved}**"
        ).format(
            title=title,
            focus=as_plain(look.focus),
            key=as_plain(look.key),
            weight=f"{frame.weight(number):.3f}",
            moved=_moved(frame.moved[number]),
        )
    )
    attention_head(
        np.array(frame.weights[number], dtype=np.float32),
        frame.labels,
        frame.labels,
        key=f"home_head_{number}",
        title=title,
        causal=look.causal,
        sink_columns=frame.sinks,
        sink_label=frame.sink_label,
        special_queries=special,
        special_keys=special,
        selected_query=frame.focus,
    )


def _moved(value: float) -> str:
    return f"{value:.3f}" if value >= 0.0005 else "< 0.001"


def _reading(look: SameLook) -> str:
    said = _(
        "Two heads look from {focus} to {key}. Switch one off, and the vector of {focus} moves: by "
        "1 − the cosine to the vector before. A weight says where a head looks, not that it "
        "matters."
    )
    if look.causal:
        said += " " + _(
            "This model reads from the left: what {focus} looks at cannot change with a later word."
        )
    return said.format(focus=f"**{as_plain(look.focus)}**", key=f"**{as_plain(look.key)}**")


def _lost(read: ReadTwice) -> float:
    """The share of the gain of the second reading that is gone without the head."""
    return (read.without[read.head] - read.second) / (read.first - read.second)


def _rows(read: ReadTwice) -> list[Bar]:
    def row(label: str, loss: float, *, marked: bool = False) -> Bar:
        return Bar(label=label, value=loss, text=f"{loss:.2f}", marked=marked)

    place = {"layer": read.layer, "head": read.head}
    return [
        row(_("first reading"), read.first),
        row(_("second reading"), read.second),
        row(
            _("second, layer {layer} head {head} off").format(**place),
            read.without[read.head],
            marked=True,
        ),
        row(_("second, any other head of the layer off: at most"), read.others),
    ]
