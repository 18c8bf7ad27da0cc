"""Where the field goes: what came after what these pages show, and what of it can be seen here."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.navigation import is_page, page_path
from core.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """One direction: what it is, what is open, and a page where its root can be seen."""

    title: str
    text: str
    page: str
    see: str


def directions() -> tuple[Direction, ...]:
    """The directions, from what is nearest to these pages to what is farthest."""
    return (
        Direction(
            title=_("Long texts"),
            text=_(
                "Every token looks at every other: twice the text costs four times the scores, and "
                "the cache of keys and values grows with each token. Shared keys (grouped heads), "
                "windows, compressed caches and models with a state of fixed size, such as Mamba, "
                "push the limit out. Open: a model may accept a long text and still miss what "
                "stands in its middle."
            ),
            page="generation",
            see=_("Generation, KV cache: what a step costs with it and without"),
        ),
        Direction(
            title=_("Experts"),
            text=_(
                "In a mixture of experts, a router sends each token to a few of many feed-forward "
                "networks: many parameters, few of them at work. Open: how evenly they are used, "
                "and what each one has learnt."
            ),
            page="anatomy",
            see=_("Anatomy, feed-forward network: the part that is multiplied"),
        ),
        Direction(
            title=_("What is inside"),
            text=_(
                "Attention shows where a model looks, not why it answers. Ablation and patching "
                "ask what a part causes; sparse autoencoders look for directions that mean one "
                "thing; circuits follow them through the layers. Open: how much of a large model "
                "such a picture explains."
            ),
            page="attention",
            see=_("Attention, Does it matter: every head beside a control"),
        ),
        Direction(
            title=_("From text to assistant"),
            text=_(
                "After pre-training come instructions and preferences (RLHF, DPO), then rewards "
                "that can be checked, from which models learn to reason at length before they "
                "answer. Open: a reward is met in ways nobody meant, and a written reasoning need "
                "not be the one that led to the answer."
            ),
            page="generation",
            see=_("Generation, Chat: the exact string that an assistant reads"),
        ),
        Direction(
            title=_("Small models"),
            text=_(
                "Better data, distillation from larger models and weights of 4 bits bring to a "
                "laptop what once filled a hall. Adapters such as LoRA fit them to a task in "
                "minutes. Open: what is lost that no test asked for."
            ),
            page="train",
            see=_("Train: LoRA beside all weights, on your table"),
        ),
        Direction(
            title=_("Beyond text"),
            text=_(
                "Pictures, sound and actions become tokens too: patches of a picture pass through "
                "the same attention. Open: whether one model for all kinds understands each better."
            ),
            page="tokens",
            see=_("Tokens: everything a model reads passes through here"),
        ),
        Direction(
            title=_("Measuring"),
            text=_(
                "A test that was on the web may have been learnt by heart, and a difference within "
                "the confidence interval is noise. Open: tests that stay new, and that measure "
                "what people need."
            ),
            page="prompts",
            see=_("Prompts, Measure: accuracy with its interval"),
        ),
    )


def show_field() -> None:
    """The directions, each with its open question."""
    for direction in directions():
        st.header(direction.title, anchor=False)
        st.markdown(direction.text, width=680)
        if is_page(direction.page):
            st.page_link(
                page_path(direction.page), label=direction.see, icon=":material/arrow_forward:"
            )
