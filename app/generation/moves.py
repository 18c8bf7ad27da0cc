"""What the clicks of stepping do: they change the path, and what it leads to is computed later."""

from __future__ import annotations

import time
from typing import Final

import streamlit as st

from app.branches import Path
from app.example_texts import follow_model
from app.generation.look import Look
from app.generation.run import drawn, steps_of
from app.generation.settings import seed_now, settings_now
from app.generation.state import GENERATION
from app.walk import Walk, move

WALK: Final = Walk(GENERATION)
PLAYING: Final = "generation._playing"
"""When the last token of a running play was drawn, in monotonic seconds."""
WRITING: Final = "generation._writing"
"""From which path on the model writes to the end, while it does."""


def change_model() -> None:
    """Another model: no steps, and an example becomes the one that goes with it."""
    follow_model(GENERATION)
    forget_steps()


def forget_steps() -> None:
    """No steps: they belonged to another text or tokenizer."""
    stop()
    WALK.start_over()


@move
def step(look: Look) -> None:
    """Draw the next token as the settings say."""
    go_on(look)


def go_on(look: Look) -> bool:
    """Draw one token after the step that is shown; whether there was one."""
    path = WALK.path
    steps_of(look, path, seed_now())  # a bad link is told before anything is added
    choices = drawn(look, path, settings_now(), seed_now())
    WALK.go_on(choices, WALK.place)
    return bool(choices)


def write() -> None:
    """Let the model write to the end; the page waits for it."""
    stop()
    st.session_state[WRITING] = WALK.path


def writing_from() -> Path | None:
    """The path from which the model writes to the end, None where it does not."""
    found: Path | None = st.session_state.get(WRITING)
    return found


def stop_writing() -> None:
    """The writing has ended."""
    st.session_state.pop(WRITING, None)


def play() -> None:
    """Draw a token every second."""
    st.session_state[PLAYING] = time.monotonic()


def stop() -> None:
    """Draw no more by itself."""
    st.session_state.pop(PLAYING, None)
    stop_writing()


def is_playing() -> bool:
    """Whether tokens are drawn by the clock."""
    return PLAYING in st.session_state
