"""One message of a chat as it was written, and under an answer how it came about."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.frame import as_plain
from app.generation.chat.talk import Turn
from core.language import _

AVATARS: Final = {"user": ":material/person:", "assistant": ":material/smart_toy:"}


def show_turn(turn: Turn, *, writes: bool = False) -> None:
    """One message; ``writes`` where more of it is about to come."""
    with st.chat_message(turn.role, avatar=AVATARS[turn.role]):
        if turn.text.strip():
            st.text(turn.text)
        elif not writes and not turn.error:
            said = _("Nothing that can be read.")
            st.markdown(f":gray[{said}]")
        if turn.role == "assistant":
            said = _("Writing …") if writes else answer_facts(turn)
            st.markdown(f":small[:gray[{said}]]")
        if turn.error:
            st.error(as_plain(turn.error))


def answer_facts(turn: Turn) -> str:
    """How many tokens an answer has, why it ends, and what drew it."""
    ends = {
        "ended": _("ended by the model"),
        "stopped": _("stopped"),
        "count": _("as long as the settings allow"),
        "room": _("the model takes no more"),
        "failed": _("failed"),
    }
    drawn = (
        _("temperature {temperature:g}, seed {seed}").format(
            temperature=turn.temperature, seed=turn.seed
        )
        if turn.temperature
        else _("temperature 0")
    )
    return _("{count} tokens, {ends}; {drawn}").format(
        count=turn.count, ends=ends[turn.why], drawn=drawn
    )
