"""What the model reads of a chat: the string that its template makes, and the tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from app.generation.chat.marks import (
    MOST_SIGNS,
    last_parts,
    marked,
    on_colour,
    parts,
    roles,
    special_badge,
)
from app.generation.look import Look
from app.generation.state import stepping_link
from app.navigation import page_path
from components.chips import chips_of
from components.views.token_strip import Chip, token_strip
from core.generation import ChatPrompt, Role
from core.language import _

SHOWN: Final = "generation._chat_shown"
VIEWS: Final = ("marked", "tokens", "python")
MOST_CHIPS: Final = 400
"""Of more tokens the last are shown."""
HEIGHT: Final = 380


def show_read(look: Look, prompt: ChatPrompt, limit: int) -> None:
    """The prompt in one of three ways, its length, and the way to step through what follows."""
    views = {"marked": _("Text"), "tokens": _("Tokens"), "python": _("As Python")}
    view = st.segmented_control(
        _("What the model reads"),
        VIEWS,
        default="marked",
        format_func=views.__getitem__,
        key=SHOWN,
        persist_state="session",
        required=True,
    )
    with st.container(height=HEIGHT, border=True, autoscroll=True):
        if view == "tokens":
            _show_tokens(prompt)
        elif view == "python":  # st.code drops spaces and line ends around a text
            st.code(repr(prompt.text), language="python", wrap_lines=True)
        else:
            st.markdown(marked(last_parts(parts(prompt))))
    _say_length(prompt, limit, view == "marked")
    st.page_link(
        page_path("generation"),
        label=_("Go on step by step with this prompt"),
        icon=":material/arrow_forward:",
        query_params=stepping_link(look.model, prompt.text),
    )


def role_names() -> dict[Role, str]:
    """What the sides of a chat are called."""
    return {"system": _("system prompt"), "user": _("you"), "assistant": _("the model")}


def chat_chips(prompt: ChatPrompt) -> tuple[Chip, ...]:
    """A chip for each token; pointing at one of a message tells whose it is."""
    names = role_names()
    return tuple(
        chip
        if role is None
        else replace(chip, details=((_("said by"), names[role]), *chip.details))
        for chip, role in zip(chips_of(prompt.tokens), roles(prompt), strict=True)
    )


def _show_tokens(prompt: ChatPrompt) -> None:
    chips = chat_chips(prompt)
    if len(chips) > MOST_CHIPS:
        said = _("The last {most} of {count:,} tokens.").format(most=MOST_CHIPS, count=len(chips))
        st.markdown(f":small[{said}]")
    token_strip(
        chips[-MOST_CHIPS:],
        key="generation_chat_tokens",
        label=_("What the model reads, as tokens"),
        compact=True,
    )


def _say_length(prompt: ChatPrompt, limit: int, legend: bool) -> None:
    """How many tokens of how many; what was left out; what the colours are."""
    said = [
        _("{count:,} tokens; the model takes {limit:,}.").format(
            count=len(prompt.tokens), limit=limit
        )
    ]
    if prompt.dropped:
        said.append(
            _("The oldest messages no longer fit and are not read: {count}.").format(
                count=prompt.dropped
            )
        )
    if legend:
        said += _legend(prompt)
    st.markdown(f":small[{' '.join(said)}]")


def _legend(prompt: ChatPrompt) -> list[str]:
    """What each colour that occurs is, and where the string begins."""
    names, spans = role_names(), prompt.spans
    present = dict.fromkeys(span.role for span in spans if span.start is not None)
    said = [on_colour(role, names[role]) for role in present]
    if any(prompt.tokens.special):
        said.append(special_badge(_("special token")))
    said.append(_("The rest is the template's own text."))
    if any(span.start is None for span in spans):
        said.append(_("The template rewrote a message, which is therefore not marked."))
    if len(prompt.text) > MOST_SIGNS:
        said.append(_("The last {most:,} characters are shown.").format(most=MOST_SIGNS))
    return said
