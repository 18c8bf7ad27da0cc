"""What a click in the chat does: ask, stop, ask again, go on, begin anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from app.facts import of_model
from app.generation.chat.talk import Talk, Turn
from app.generation.chat.writing import Writing
from app.generation.look import Look
from app.generation.settings import seed_now, settings_now
from app.generation.state import GENERATION
from app.walk import move
from core.errors import HeadlightError
from core.generation import ChatMessage, ChatPrompt, chat_prompt
from core.models import LanguageModel

SYSTEM: Final = GENERATION.key("system")
MESSAGE: Final = "generation._chat_message"
MOST: Final = "generation._chat_most"
TALK: Final = "generation._chat"
WRITING: Final = "generation._chat_writing"

MOST_DEFAULT: Final = 120
"""Tokens of an answer, unless another number was chosen."""


def talk_now() -> Talk:
    """The conversation of this session, without an answer that is being written."""
    found = st.session_state.get(TALK)
    return found if isinstance(found, Talk) else Talk()


def writing_now() -> Writing | None:
    """The answer that is being written."""
    found = st.session_state.get(WRITING)
    return found if isinstance(found, Writing) else None


def system_now() -> str | None:
    """The system prompt; None where the template's own stands."""
    return str(st.session_state[SYSTEM] or "").strip() or None


def most_now() -> int:
    """How many tokens an answer may have."""
    return int(st.session_state.get(MOST) or MOST_DEFAULT)


def as_prompt(look: Look, messages: tuple[ChatMessage, ...]) -> ChatPrompt:
    """What the model reads of ``messages``, so that there is room for an answer.

    Raises what ``core.generation.chat_prompt`` raises.
    """
    system, most = system_now(), most_now()

    def read(model: LanguageModel) -> ChatPrompt:
        limit = model.shape.max_tokens
        return chat_prompt(model, messages, system=system, limit=max(limit - most, limit // 2))

    return of_model(look.model, ("chat", messages, system, most), read)


def settle(look: Look) -> None:
    """Keep an answer that ended, or whose model is no longer the one that is asked."""
    writing = writing_now()
    if writing is not None and (writing.done or writing.model != look.model):
        stop()


def stop() -> None:
    """End the answer that is being written, and keep what there is of it."""
    writing = writing_now()
    if writing is None:
        return
    writing.stop()
    st.session_state[TALK] = talk_now().then(writing.turn)
    st.session_state[WRITING] = None


@move
def send_typed(look: Look) -> None:
    """Ask what was typed; what cannot be asked stays where it was typed."""
    typed = str(st.session_state[MESSAGE] or "")
    try:
        _ask(look, typed)
    except HeadlightError:
        st.session_state[MESSAGE] = typed
        raise


@move
def send(look: Look, text: str) -> None:
    """Ask ``text``."""
    _ask(look, text)


@move
def answer_again(look: Look) -> None:
    """Another answer to the same message, drawn with the next seed."""
    stop()
    given = talk_now().answer
    if given is not None:
        _begin(look, talk_now().without_answer(), attempt=given.attempt + 1)


@move
def go_on(look: Look) -> None:
    """Let the model go on with the answer that was given last."""
    stop()
    talk, given = talk_now(), talk_now().answer
    if given is None:
        return
    if talk.last_read is not talk:
        _begin(look, talk.without_answer(), attempt=given.attempt)
        return
    prompt = as_prompt(look, talk.messages)
    # Templates drop a space at the end, which the model then writes itself.
    kept = given.text if prompt.text.endswith(given.text) else given.text.rstrip()
    begun = replace(given, text=kept, temperature=settings_now().temperature, error="")
    _write(look, talk.without_answer(), prompt, begun)


def begin_anew() -> None:
    """Forget the conversation."""
    stop()
    st.session_state[TALK] = Talk()


def _ask(look: Look, text: str) -> None:
    asked = ChatMessage(role="user", text=text)
    stop()
    _begin(look, talk_now().then(Turn(role="user", text=asked.text)), attempt=0)


def _begin(look: Look, talk: Talk, *, attempt: int) -> None:
    """Let the model answer ``talk``, which ends with a question."""
    prompt = as_prompt(look, talk.messages)
    begun = Turn(
        role="assistant",
        text="",
        seed=seed_now() + attempt,
        temperature=settings_now().temperature,
        attempt=attempt,
    )
    _write(look, talk, prompt, begun)


def _write(look: Look, talk: Talk, prompt: ChatPrompt, begun: Turn) -> None:
    writing = Writing(look.model, begun)
    writing.start(prompt, settings_now(), most_now())
    st.session_state[TALK], st.session_state[WRITING] = talk, writing
