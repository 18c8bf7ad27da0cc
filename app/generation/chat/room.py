"""The room "Chat": messages to an instruct model, and beside them the very string it reads."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app import resources
from app.examples import EXAMPLES
from app.facts import of_model
from app.frame import as_plain, framed, show_error
from app.generation.chat import moves
from app.generation.chat.reads import show_read
from app.generation.chat.talk import Talk
from app.generation.chat.turns import show_turn
from app.generation.look import Look
from app.generation.moves import forget_steps
from app.generation.settings import say_ignored, settings_now, show_main_sliders, show_more_settings
from app.generation.state import GENERATION
from app.navigation import page_path
from app.waiting import waited
from app.walk import problem
from core.errors import HeadlightError, UnsupportedError
from core.generation import ChatMessage, ChatPrompt
from core.jobs import Progress, Stop
from core.language import _

TICK: Final = 0.3
"""Seconds between looks at an answer that is being written."""
HEIGHT: Final = 380
MOST_TOKENS: Final = 400
LEAST_TOKENS: Final = 10
CHATTING: Final = EXAMPLES["en"].causal_model
"""The built-in model with a chat template."""


@framed
def show_chat(look: Look) -> None:
    """The conversation with its controls, and what the model reads of it."""
    if not _is_there(look):
        return
    moves.settle(look)
    try:
        prompt = _prompt(look)
    except UnsupportedError as error:
        _say_unsupported(error)
        return
    except HeadlightError as error:  # said beside the chat, whose controls mend it
        prompt = None
        wrong = error
    left, right = st.columns([7, 5], gap="large")
    with left:
        _show_settings()
        _show_talk(look)
        _show_moves(look)
        _show_input(look)
    with right:
        if prompt is None:
            show_error(wrong)
            return
        if not moves.talk_now().turns:
            said = _("An example, until you ask something of your own.")
            st.markdown(f":small[{said}]")
        limit = of_model(look.model, "limit", lambda model: model.shape.max_tokens)
        show_read(look, prompt, limit)


def first_questions() -> tuple[str, ...]:
    """What may be asked first; the first of them is the example."""
    return (
        _("What is the capital of France?"),
        _("Write two sentences about a lighthouse."),
        _("Say “hello” in three languages."),
    )


def _is_there(look: Look) -> bool:
    """Whether the model is in memory; while it is loaded that is said."""
    if any(model.id == look.model for model in resources.pool().loaded()):
        return True

    def load(_progress: Progress, _stop: Stop) -> bool:
        with resources.pool().lease(resources.require_known(look.model)):
            return True

    text = _("Loading {model}").format(model=look.title)
    job = waited((look.model, "chat"), "generation_chat_load", text, load)
    return job is not None and bool(job.value)


def _prompt(look: Look) -> ChatPrompt:
    """What the model reads of the conversation, or of the example."""
    messages = moves.talk_now().last_read.messages
    return moves.as_prompt(look, messages or (ChatMessage(role="user", text=first_questions()[0]),))


def _say_unsupported(error: UnsupportedError) -> None:
    """What is wrong with the model, and the way to one that chats."""
    st.info(as_plain(str(error)))
    if st.button(
        _("Chat with {model}").format(model=CHATTING),
        type="primary",
        icon=":material/chat:",
        on_click=_take_chatting,
    ):
        st.rerun()  # the model is chosen above this room
    st.page_link(page_path("models"), label=_("Open Models"), icon=":material/download:")


def _take_chatting() -> None:
    st.session_state[GENERATION.key("model")] = CHATTING
    forget_steps()  # they were another model's


def _show_settings() -> None:
    """What stands before the conversation, and how an answer is drawn."""
    with st.container(horizontal=True):
        with st.popover(_("System prompt"), icon=":material/psychology:"):
            st.text_area(
                _("System prompt"),
                key=moves.SYSTEM,
                height=120,
                persist_state="session",
                help=_("Left empty, the template may put its own in front."),
            )
        with st.popover(_("Settings"), icon=":material/tune:"):
            st.number_input(
                _("Tokens of an answer, at most"),
                min_value=LEAST_TOKENS,
                max_value=MOST_TOKENS,
                value=moves.MOST_DEFAULT,
                step=10,
                key=moves.MOST,
                persist_state="session",
            )
            show_main_sliders()
            show_more_settings()
            say_ignored(settings_now())


def _show_talk(look: Look) -> None:
    """What both said so far, the answer that is being written among it."""
    talk = moves.talk_now()
    with st.container(height=HEIGHT, border=True, autoscroll=True):
        if talk.forgotten:
            said = _("Older messages that were forgotten: {count}.").format(count=talk.forgotten)
            st.markdown(f":small[{said}]")
        if not talk.turns:
            _show_first_questions(look)
        for turn in talk.turns:
            show_turn(turn)
        if moves.writing_now() is not None:
            _show_writing()


def _show_first_questions(look: Look) -> None:
    said = _("Ask something below, or begin with one of these:")
    st.markdown(said)
    for number, question in enumerate(first_questions()):
        st.button(
            as_plain(question),
            key=f"generation_chat_first_{number}",
            on_click=moves.send,
            args=(look, question),
        )


@st.fragment(run_every=TICK)
@framed
def _show_writing() -> None:
    """The answer as far as it is written; once it is done everything is drawn again."""
    writing = moves.writing_now()
    if writing is None or writing.done:
        st.rerun()
    writing.watch()
    show_turn(writing.turn, writes=True)


def _show_moves(look: Look) -> None:
    """Stop while an answer is written; after it another one, more of it, or a new conversation."""
    talk = moves.talk_now()
    with st.container(horizontal=True):
        if moves.writing_now() is not None:
            st.button(
                _("Stop"),
                key="generation_chat_stop",
                icon=":material/stop:",
                on_click=moves.stop,
            )
        elif talk.answer is not None:
            _show_after(look, talk)


def _show_after(look: Look, talk: Talk) -> None:
    st.button(
        _("Another answer"),
        key="generation_chat_again",
        icon=":material/refresh:",
        on_click=moves.answer_again,
        args=(look,),
        help=_("Drawn with the next seed; at temperature 0 it is the same again."),
    )
    if talk.answer is not None and talk.answer.why != "ended":
        st.button(
            _("Go on"),
            key="generation_chat_go_on",
            icon=":material/play_arrow:",
            on_click=moves.go_on,
            args=(look,),
        )
    st.button(
        _("New conversation"),
        key="generation_chat_anew",
        icon=":material/delete:",
        on_click=moves.begin_anew,
    )


def _show_input(look: Look) -> None:
    st.chat_input(
        _("Message to the model"),
        key=moves.MESSAGE,
        on_submit=moves.send_typed,
        args=(look,),
    )
    if wrong := problem():
        st.error(as_plain(wrong))
    said = _(
        "The conversation stays in this session; the link holds the settings and the system prompt."
    )
    st.markdown(f":small[{said}]")
