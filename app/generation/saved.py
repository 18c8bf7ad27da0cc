"""A tree of branches as a file: what was written, from what, and back again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Final

import streamlit as st

from app.branches import Branches, written_branches
from app.facts import provenance
from app.generation.look import Look
from app.generation.moves import WALK
from app.generation.settings import seed_now, settings_now
from app.generation.state import GENERATION
from app.generation.tree import branch_steps
from app.walk import move
from core.errors import HeadlightError, InputError
from core.export import Provenance
from core.language import _

UPLOAD: Final = "generation._file"
OPENED: Final = "generation._opened"
FORMAT: Final = "headlight-generation-1"
SIZE_LIMIT: Final = 2_000_000
_UNSAFE: Final = re.compile(r"[^\w.-]+")


def offer_file(look: Look) -> None:
    """Save the tree, and open a saved one."""
    if WALK.branches.rows[0].choices:
        st.download_button(
            _("Save these branches"),
            data=saved_tree(look, provenance(look.model)),
            file_name=f"branches-{_UNSAFE.sub('-', look.model.rsplit('/', 1)[-1])[:60]}.json",
            mime="application/json",
            key="generation_save",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
    st.file_uploader(
        _("Open saved branches"), type=["json"], key=UPLOAD, max_upload_size=SIZE_LIMIT // 1_000_000
    )
    if st.session_state.get(UPLOAD) is not None:
        st.button(
            _("Show these branches"), key="generation_open", on_click=open_file, width="stretch"
        )


def saved_tree(look: Look, source: Provenance) -> str:
    """The file: where it comes from, the settings, and every branch with its tokens as text."""
    branches = []
    for number, row in enumerate(WALK.branches.rows):
        steps = branch_steps(look, number)
        branches.append(
            {
                "name": row.name,
                "text": "".join(step.text for step in steps),
                "tokens": [step.label for step in steps],
                "ids": [step.token_id for step in steps],
                "probabilities": [step.probability for step in steps],
            }
        )
    content = {
        "format": FORMAT,
        "source": dict(source.items()),
        "model": look.model,
        "text": look.text,
        "special": look.special,
        "seed": seed_now(),
        "settings": asdict(settings_now()),
        "steps": written_branches(WALK.branches),
        "branches": branches,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_tree(data: bytes) -> dict[str, object]:
    """What the session holds of a saved file. Raises InputError for what is none."""
    try:
        found = json.loads(data)
        if found["format"] != FORMAT:
            raise ValueError(FORMAT)
        settings = found["settings"]
        written = {
            "model": found["model"],
            "text": found["text"],
            "special": "1" if found["special"] else "0",
            "seed": found["seed"],
            "temperature": settings["temperature"],
            "top_p": settings["top_p"],
            "top_k": settings["top_k"],
            "min_p": settings["min_p"],
            "penalty": settings["repetition_penalty"],
            "steps": found["steps"],
        }
        parsers = {param.name: param.parse for param in GENERATION.params}
        return {name: parsers[name](str(value)) for name, value in written.items()}
    except (ValueError, TypeError, KeyError, RecursionError, HeadlightError) as error:
        raise InputError(
            _("This file holds no saved branches of Headlight: save them again, or choose another.")
        ) from error


@move
def open_file() -> None:
    """Put what the uploaded file holds into the session."""
    uploaded = st.session_state.get(UPLOAD)
    if uploaded is None:
        return
    found = read_tree(uploaded.getvalue())
    for name, value in found.items():
        st.session_state[GENERATION.key(name)] = value
    steps = found["steps"]
    last = len(steps.rows[0].choices) - 1 if isinstance(steps, Branches) else -1
    WALK.show((0, last))
    st.session_state[OPENED] = True


def was_opened() -> bool:
    """Whether a file was opened just now, so that the whole page must show it."""
    return bool(st.session_state.pop(OPENED, False))
