"""Between the page and the library: what is set as a prompt to keep, and a kept one as settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from app.prompts.look import Look
from app.prompts.opening import words_text
from app.prompts.state import PROMPTS
from core.errors import HeadlightError, LinkError
from core.prompts.library import PromptContent

_OWN: Final = ("template", "model", "dataset", "words", "separator", "calibrate")
"""Parameters that a content has a place of its own for."""
_KEPT: Final = (
    *("averaging", "partials", "chat", "system", "picking", "shots", "seed", "chosen"),
    *("file", "label", "free"),
)
"""The other parameters that belong to a prompt; where the page stands does not."""


def content_now(look: Look) -> PromptContent:
    """The prompt of the page as it is. What cannot be used yet is kept as it was typed."""
    try:
        words = tuple((label, tuple(own)) for label, own in look.verbalizer().mapping.items())
        typed: Mapping[str, str] = {}
    except HeadlightError:
        words, typed = (), {"words": look.words}
    settings = {
        param.name: param.show(st.session_state[PROMPTS.key(param.name)])
        for param in PROMPTS.params
        if param.name in _KEPT
    }
    return PromptContent(
        template=look.template,
        model=look.model,
        dataset=look.dataset,
        words=words,
        demonstrations=_demonstrations(look),
        separator=look.separator.replace("\\n", "\n"),
        calibrate=look.calibrate,
        settings=tuple((settings | typed).items()),
    )


def _demonstrations(look: Look) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The rows that stand before the text, where they are the same for every row."""
    if look.picking in ("none", "nearest"):
        return ()
    try:
        found = look.demonstrations(look.table(), embedder=None)
    except HeadlightError:
        return ()
    if callable(found):
        return ()
    return tuple(tuple((str(name), str(value)) for name, value in row.items()) for row in found)


def values_of(content: PromptContent) -> dict[str, object]:
    """What the page's parameters become when the prompt is opened; bad values are left out."""
    values: dict[str, object] = {
        "template": content.template,
        "calibrate": content.calibrate,
        "separator": content.separator.replace("\n", "\\n"),
    }
    if content.words:
        values["words"] = words_text(dict(content.words))
    if content.model:
        values["model"] = content.model
    settings = dict(content.settings)
    for param in PROMPTS.params:
        if param.name in settings and (param.name in _KEPT or param.name == "words"):
            try:
                values[param.name] = param.parse(settings[param.name])
            except (LinkError, ValueError):
                continue
    if content.dataset or settings.get("file"):
        values["dataset"] = content.dataset
    return values
