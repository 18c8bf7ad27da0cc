"""What clicks in the Library do. What is wrong is said once by the run that follows."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.prompts.library_content import values_of
from app.prompts.library_store import library
from app.prompts.opening import bring
from app.prompts.state import PROMPTS
from app.train.store import mine
from app.walk import move
from core.errors import InputError
from core.language import _
from core.prompts.library import NewPrompt, NewVersion, PromptContent, read_prompts

UPLOAD: Final = "prompts.library.upload"
_KEY: Final = "prompts.library"


@move
def save(content: PromptContent) -> None:
    """Keep a new prompt under the name that was typed, and show it."""
    name = str(st.session_state.get(f"{_KEY}.name") or "")
    if not name.strip():
        name = " ".join(content.template.split())[:40] or _("Prompt {number}").format(number=1)
    new = NewPrompt(name=name, versions=(NewVersion(content=content),))
    _show(library().save(new, owner=mine()).id)


@move
def add_version(prompt_id: str, content: PromptContent) -> None:
    """Keep the next version, and show it."""
    note = str(st.session_state.get(f"{_KEY}.note") or "")
    version = library().add_version(prompt_id, content, owner=mine(), note=note)
    st.session_state[PROMPTS.key("version")] = version.number


@move
def describe(prompt_id: str) -> None:
    """Keep the name and the tags that were typed."""
    name = str(st.session_state[f"{_KEY}.name.{prompt_id}"])
    tags = str(st.session_state[f"{_KEY}.tags.{prompt_id}"]).replace("，", ",").split(",")
    library().describe(prompt_id, owner=mine(), name=name, tags=tags)


@move
def delete(prompt_id: str) -> None:
    """Remove the prompt with all its versions."""
    library().delete(prompt_id, owner=mine())
    _show("")


@move
def import_file() -> None:
    """Save the prompts of the file, all or none of them, and show the first."""
    uploaded = st.session_state.get(UPLOAD)
    if uploaded is None:
        return
    try:
        text = uploaded.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            _("This file cannot be read as prompts ({reason}); nothing was changed.").format(
                reason=_("it is no text in UTF-8")
            )
        ) from error
    saved = library().save_all(read_prompts(text), owner=mine())
    _show(saved[0].id)


def open_version(content: PromptContent) -> None:
    """Bring a saved prompt into Build."""
    bring(values_of(content))


def _show(prompt_id: str) -> None:
    st.session_state[PROMPTS.key("saved")] = prompt_id
    st.session_state[PROMPTS.key("version")] = 0
