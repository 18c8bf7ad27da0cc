"""The room Library: saved prompts with their versions, what changed, results, and files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.frame import as_plain
from app.prompts import library_moves as moves
from app.prompts.library_content import content_now
from app.prompts.library_shown import show_difference, show_results
from app.prompts.library_store import library
from app.prompts.look import Look
from app.prompts.state import PROMPTS
from app.train.store import mine
from app.walk import problem
from components.controls import choose_model
from core.errors import InputError
from core.language import _
from core.prompts.library import (
    FORMS,
    SavedPrompt,
    SavedVersion,
    prompt_script,
    write_prompts,
)

SAVED: Final = PROMPTS.key("saved")
VERSION: Final = PROMPTS.key("version")
_KEY: Final = "prompts.library"
_ENDINGS: Final = {"json": "json", "yaml": "yaml", "promptfoo": "yaml"}


def show_library(look: Look) -> None:
    """The list on the left, the chosen prompt on the right."""
    if said := problem():
        st.error(as_plain(said))
    own = library().list(owner=mine())
    left, right = st.columns([4, 8], gap="large")
    with left:
        _show_saving(look)
        chosen = _choose(own)
        _show_files(own)
    with right:
        if chosen is None:
            st.info(_("Nothing is saved yet: save the prompt of Build, or import a file."))
        else:
            _show_prompt(chosen, look)


def _show_saving(look: Look) -> None:
    with st.form(f"{_KEY}.saving", border=False, clear_on_submit=True):
        st.text_input(_("Save the prompt of Build as"), key=f"{_KEY}.name", placeholder=_("a name"))
        st.form_submit_button(
            _("Save"), icon=":material/save:", on_click=moves.save, args=(content_now(look),)
        )


def _choose(own: Sequence[SavedPrompt]) -> SavedPrompt | None:
    """The prompt that is opened: of one's own, or the one that a link names."""
    tags = sorted({tag for prompt in own for tag in prompt.tags})
    wanted = st.pills(_("Tags"), tags, key=f"{_KEY}.tag") if tags else None
    shown = [prompt for prompt in own if wanted is None or wanted in prompt.tags]
    named = str(st.session_state.get(SAVED) or "")
    titles = {prompt.id: _title(prompt) for prompt in shown}
    if named and named not in titles:
        try:
            other = library().get(named)
            titles = {named: _title(other), **titles}
        except InputError as error:
            st.warning(as_plain(str(error)))
            named = ""
    if not titles:
        return None
    if not named:
        st.session_state[SAVED] = next(iter(titles))
    return library().get(choose_model(_("Saved prompts"), titles, key=SAVED))


def _title(prompt: SavedPrompt) -> str:
    tags = "".join(f" #{tag}" for tag in prompt.tags)
    return f"{prompt.name} · {prompt.newest.number}{tags}"


def _show_prompt(prompt: SavedPrompt, look: Look) -> None:
    """One prompt: a version, what can be done with it, what changed, what it was worth."""
    version = _choose_version(prompt)
    locked = prompt.owner != mine()
    _show_moves(prompt, version, look, locked=locked)
    if locked:
        st.info(_("This prompt belongs to another browser: open it, and save it as your own."))
    st.code(version.content.template, language="jinja2", wrap_lines=True)
    facts = [version.content.model, version.content.dataset]
    facts += [f"{label} = {', '.join(words)}" for label, words in version.content.words]
    if version.content.demonstrations:
        count = len(version.content.demonstrations)
        facts.append(_("{count} demonstrations").format(count=count))
    if version.content.calibrate:
        facts.append(_("calibrated"))
    st.markdown(f":small[{as_plain(' · '.join(fact for fact in facts if fact))}]")
    if version.note:
        st.markdown(as_plain(version.note))
    if len(prompt.versions) > 1:
        show_difference(prompt, version)
    show_results(prompt, version, locked=locked)


def _choose_version(prompt: SavedPrompt) -> SavedVersion:
    numbers = [each.number for each in reversed(prompt.versions)]
    if st.session_state.get(VERSION) not in numbers:
        st.session_state[VERSION] = numbers[0]
    number = st.selectbox(
        _("Version"),
        numbers,
        key=VERSION,
        format_func=lambda each: _version_title(prompt, each),
        persist_state="session",
    )
    return prompt.version(number) or prompt.newest


def _version_title(prompt: SavedPrompt, number: int) -> str:
    version = prompt.version(number)
    if version is None:
        return str(number)
    moment = version.made.strftime("%Y-%m-%d %H:%M")
    best = max((result.accuracy for result in version.results), default=None)
    shown = "" if best is None else f" · {best:.3f}"
    return f"{number} · {moment} UTC{shown}"


def _show_moves(prompt: SavedPrompt, version: SavedVersion, look: Look, *, locked: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Open in Build"),
            key="prompts_library_open",
            type="primary",
            icon=":material/edit_note:",
            on_click=moves.open_version,
            args=(version.content,),
        )
        with st.popover(
            _("Save Build as the next version"), icon=":material/add:", disabled=locked
        ):
            _show_adding(prompt, look)
        with st.popover(_("Take away"), icon=":material/download:"):
            st.markdown(as_plain(_("Copy as Python")))
            st.code(prompt_script(version.content), language="python")
            _show_downloads((prompt,), "one")
        with st.popover(_("Change"), icon=":material/edit:", disabled=locked):
            _show_naming(prompt)
            st.button(
                _("Delete this prompt"),
                key=f"prompts_library_delete_{prompt.id}",
                icon=":material/delete:",
                on_click=moves.delete,
                args=(prompt.id,),
            )


def _show_adding(prompt: SavedPrompt, look: Look) -> None:
    with st.form(f"{_KEY}.adding.{prompt.id}", border=False, clear_on_submit=True):
        st.text_input(_("What changed"), key=f"{_KEY}.note")
        st.form_submit_button(
            _("Save"), on_click=moves.add_version, args=(prompt.id, content_now(look))
        )


def _show_naming(prompt: SavedPrompt) -> None:
    with st.form(f"{_KEY}.naming.{prompt.id}", border=False):
        st.text_input(_("Name"), value=prompt.name, key=f"{_KEY}.name.{prompt.id}")
        st.text_input(
            _("Tags, with commas between"),
            value=", ".join(prompt.tags),
            key=f"{_KEY}.tags.{prompt.id}",
        )
        st.form_submit_button(_("Save"), on_click=moves.describe, args=(prompt.id,))


def _show_files(own: Sequence[SavedPrompt]) -> None:
    with st.popover(_("Import and export"), icon=":material/folder_open:"):
        st.file_uploader(
            _("A file of prompts: JSON, YAML or promptfoo"),
            type=["json", "yaml", "yml"],
            key=moves.UPLOAD,
            max_upload_size=2,
            on_change=moves.import_file,
        )
        if own:
            _show_downloads(own, "all")


def _show_downloads(prompts: Sequence[SavedPrompt], name: str) -> None:
    titles = {"json": "JSON", "yaml": "YAML", "promptfoo": "promptfoo"}
    for form in FORMS:
        st.download_button(
            titles[form],
            data=write_prompts([prompt.to_new() for prompt in prompts], form),
            file_name=f"prompts-{form}.{_ENDINGS[form]}",
            mime="application/json" if form == "json" else "application/yaml",
            key=f"prompts_library_{name}_{form}",
            icon=":material/download:",
            on_click="ignore",
        )
