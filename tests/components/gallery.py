"""Every view with hand-made data, one section at a time.

    python -m streamlit run tests/components/gallery.py        and open /?show=grid

A picture book for people who change a view, and the page that the browser tests drive. The
patterns are the ones heads are known for; the texts are the awkward ones.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
from learning import SECTIONS as LEARNING_SECTIONS
from looking import look
from number_walls import SECTIONS as NUMBER_SECTIONS
from patterns import ATTACK, CHINESE, NAMES, ODD, SENTENCE, long_labels, pattern, wall
from stepping import SECTIONS as STEPPING_SECTIONS

from components.views.attention_grid import attention_grid
from components.views.attention_head import attention_head
from components.views.attention_lines import attention_lines
from components.views.copy_link import copy_link
from components.views.query_key import query_key
from components.views.theory_map import MapNode, theory_map
from components.views.token_strip import Chip, token_strip


def show_chips() -> None:
    """Chips of every kind."""
    gpt = ["B", "ert", " is", " a", " yellow", " m", "uppet", " character", "\n", "\t", "   "]
    joined = {1, 6}
    picked = token_strip(
        [
            Chip(
                text=text,
                piece=text.replace(" ", "Ġ"),
                id=300 + i,
                continues=i in joined,
                details=(("bytes", text.encode().hex(" ").upper()),),
            )
            for i, text in enumerate(gpt)
        ],
        key="english",
        label="GPT-2 tokens",
        selected=st.session_state.get("chip"),
        on_select=lambda index: st.session_state.update(chip=index),
    )
    st.write(f"clicked: {picked}, selected: {st.session_state.get('chip')}")
    mixed = [
        Chip(text="[CLS]", piece="[CLS]", id=101, kind="special"),
        Chip(text="東", piece="æĿ±", id=12859),
        Chip(text="", piece="±", id=109, kind="part", details=(("bytes", "B1"),)),
        Chip(text="京", piece="äº¬", id=12859),
        Chip(text="", piece="¬", id=105, kind="part"),
        Chip(text="👩‍🚀", piece="ðŁĳ©", id=5),
        *(Chip(text="", piece="ģ", id=6 + i, kind="part") for i in range(3)),
        Chip(text="[UNK]", piece="[UNK]", id=100, kind="unknown"),
        Chip(text="شكرا", piece="شكرا", id=7),
        Chip(text="שלום", piece="שלום", id=8),
        Chip(text=ATTACK, piece=ATTACK, id=9),
        Chip(text="masked", piece="[MASK]", id=103, mark="masked"),
        Chip(text="replaced", piece="tree", id=104, mark="replaced"),
        Chip(text="kept", piece="kept", id=105, mark="kept"),
        Chip(text="[SEP]", piece="[SEP]", id=102, kind="special"),
    ]
    token_strip(mixed, key="mixed", label="odd tokens")
    values = pattern("first", len(CHINESE))[5]
    token_strip(
        [
            Chip(text=text, piece=text, id=i, value=float(value))
            for i, (text, value) in enumerate(zip(CHINESE, values, strict=True))
        ],
        key="chinese",
        label="中文",
        value_label="attention from 物",
        compact=True,
    )


def show_many_chips() -> None:
    """512 chips."""
    token_strip(
        [Chip(text=text, piece=text, id=i) for i, text in enumerate(long_labels(512))],
        key="many",
        label="512 tokens",
        selectable=True,
    )


def show_grid() -> None:
    """Six labelled heads, and the wall of 72."""
    entries, weights = wall(6, 12, len(SENTENCE), causal=False)
    chosen = st.session_state.get("head", (3, 1))
    left, right = st.columns([5, 7])
    with left:
        picked = attention_grid(
            entries[:6],
            weights[:6],
            key="six",
            label="Six heads of MiniLM",
            selected=chosen,
            on_select=lambda place: st.session_state.update(head=place),
            sink_columns=(0,),
            sink_label="[CLS] 47 %",
        )
        st.write(f"clicked: {picked}, selected: {chosen}")
    with right:
        attention_grid(
            entries,
            weights,
            key="wall",
            label="All 72 heads",
            layout="wall",
            selected=chosen,
            on_select=lambda place: st.session_state.update(head=place),
            sink_columns=(0,),
            sink_label="[CLS] 47 %",
        )


def show_tall_wall() -> None:
    """30 layers run across; causal; 64 × 64 each."""
    entries, weights = wall(30, 9, 64, causal=True)
    attention_grid(
        entries,
        weights,
        key="tall",
        label="All 270 heads of SmolLM2",
        layout="wall",
        selected=st.session_state.get("head", (16, 0)),
        on_select=lambda place: st.session_state.update(head=place),
        causal=True,
        sink_columns=(0,),
        sink_label="first token 63 %",
    )
    st.write(f"selected: {st.session_state.get('head')}")


def show_head(labels: list[str], name: str, *, causal: bool = False) -> None:
    """One head."""
    weights = pattern(name, len(labels), causal=causal)
    special = [i for i, label in enumerate(labels) if label.startswith("[")]
    chosen = st.session_state.get("cell")
    left, right = st.columns([5, 7])
    left.write("Six labelled heads stand here.")
    with right:
        attention_head(
            weights,
            labels,
            labels,
            key="head",
            title="layer 3 head 1",
            causal=causal,
            sink_columns=(0,) if causal else (),
            sink_label="[CLS] 47 %" if causal else "",
            special_queries=special,
            special_keys=special,
            selected_query=chosen[0] if chosen else None,
            on_select=lambda cell: st.session_state.update(cell=cell),
        )
        st.write(f"selected: {chosen}")


def show_lines(
    labels: list[str],
    habits: tuple[str, ...],
    *,
    causal: bool = False,
    queries: int | None = None,
    gaps: tuple[int, ...] = (),
) -> None:
    """Heads as lines; the last ``queries`` only where it is given."""
    weights = np.stack(
        [pattern(name, len(labels), causal=causal, seed=i) for i, name in enumerate(habits)]
    )
    special = [i for i, label in enumerate(labels) if label.startswith("[")]
    chosen = st.session_state.get("token")
    first = 0 if queries is None else len(labels) - queries
    attention_lines(
        weights[:, first:],
        labels[first:],
        labels,
        key="lines",
        title="layer 3 head 1" if len(habits) == 1 else "layer 3",
        names=[f"layer 3 head {i + 1}" for i in range(len(habits))],
        causal=causal,
        sink_columns=(0,),
        sink_label="[CLS] 47 %",
        special_queries=[i - first for i in special if i >= first],
        special_keys=special,
        query_gaps=gaps,
        key_gaps=gaps,
        selected_query=chosen,
        on_select=lambda token: st.session_state.update(token=token),
    )
    st.write(f"selected: {chosen}")


def show_query_key(
    labels: list[str],
    query: int,
    dim: int = 64,
    *,
    causal: bool = False,
    softcap: float | None = None,
    biased: bool = False,
) -> None:
    """One query against every key."""
    chosen = st.session_state.get("key_token")
    query_key(
        look(len(labels), dim, query, causal=causal, softcap=softcap, biased=biased),
        labels[query],
        labels,
        key="query_key",
        title="layer 3 head 1",
        special_keys=[i for i, label in enumerate(labels) if label.startswith("[")],
        selected_key=chosen,
        on_select=lambda token: st.session_state.update(key_token=token),
    )
    st.write(f"selected: {chosen}")


def show_map() -> None:
    """From theory to practice."""
    picked = theory_map(
        [
            MapNode(id="transformer", title="Transformer", subtitle="Q, K, V, softmax", column=0),
            MapNode(id="tokens", title="Tokens", subtitle="any text to pieces and ids", column=1),
            MapNode(id="attention", title="Attention", subtitle="every head at a glance", column=1),
            MapNode(id="masked", title="Masked words", subtitle="BERT", column=2),
            MapNode(id="generation", title="Generation", subtitle="GPT", column=2),
            MapNode(id="prompts", title="Prompts", subtitle="build, measure", column=2),
            MapNode(id="train", title="Train", subtitle="full, LoRA, soft prompt", column=3),
            MapNode(id="tasks", title="Tasks", subtitle="not there yet", column=3, available=False),
        ],
        [
            ("transformer", "tokens"),
            ("transformer", "attention"),
            ("attention", "masked"),
            ("attention", "generation"),
            ("tokens", "masked"),
            ("attention", "prompts"),
            ("masked", "train"),
            ("generation", "train"),
            ("prompts", "train"),
            ("train", "tasks"),
        ],
        key="map",
        label="From theory to practice",
        columns=("Architecture", "Look", "Predict", "Train"),
    )
    st.write(f"clicked: {picked}")
    copy_link(key="link")


PAIR = ["[CLS]", "the", "cat", "sat", "on", "the", "mat", "[SEP]", "it", "was", "soft", "[SEP]"]

SECTIONS = {
    "chips": show_chips,
    "many": show_many_chips,
    "grid": show_grid,
    "tall": show_tall_wall,
    "head": lambda: show_head(SENTENCE, "previous"),
    "chinese": lambda: show_head(CHINESE, "local"),
    "odd": lambda: show_head(ODD, "next"),
    "causal": lambda: show_head(SENTENCE, "local", causal=True),
    "head300": lambda: show_head(long_labels(300), "local", causal=True),
    "head512": lambda: show_head(long_labels(512), "previous"),
    "lines": lambda: show_lines(SENTENCE[:-2], ("local",)),
    "lines8": lambda: show_lines(SENTENCE, (*NAMES, "next", "local")),
    "lineschinese": lambda: show_lines(CHINESE, ("local", "next")),
    "linesodd": lambda: show_lines(ODD, ("next",)),
    "linescausal": lambda: show_lines(SENTENCE, ("local",), causal=True),
    "linespair": lambda: show_lines(PAIR, ("local", "broad"), gaps=(8,)),
    "lineslast": lambda: show_lines(long_labels(60), ("local",), causal=True, queries=8),
    "lines300": lambda: show_lines(long_labels(300), ("local",), causal=True),
    "lines512": lambda: show_lines(long_labels(512), NAMES),
    "qk": lambda: show_query_key(SENTENCE[:-2], 9, 32),
    "qkchinese": lambda: show_query_key(CHINESE, 9),
    "qkodd": lambda: show_query_key(ODD, 2, biased=True),
    "qkcausal": lambda: show_query_key(SENTENCE, 9, causal=True, softcap=50.0),
    "qk512": lambda: show_query_key(long_labels(512), 400, 128, causal=True),
    "map": show_map,
    **LEARNING_SECTIONS,
    **NUMBER_SECTIONS,
    **STEPPING_SECTIONS,
}

st.set_page_config(layout="wide")
st.title("Views")
SECTIONS[st.query_params.get("show", "chips")]()
st.button("Run again", key="again")
