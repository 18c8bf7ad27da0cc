"""The settings of a new run: the usual ones for the model and the method, until they are changed.

Numbers have no limits here: what no run can have is refused by ``RunSpec``, which says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from core.errors import InputError
from core.language import _
from core.tuning.finetune import Method, RunSpec, default_spec
from core.tuning.labelled import DataSource

NAME: Final = "train.new.name"
_USUAL: Final = ("epochs", "batch", "rate", "max_tokens", "seed")
_OF_METHODS: Final[dict[Method, tuple[str, ...]]] = {
    "lora": ("rank", "alpha"),
    "prompt": ("virtual_tokens",),
    "prefix": ("virtual_tokens",),
    "pet-lora": ("rank", "alpha"),
    "pet-prompt": ("virtual_tokens",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A number of the spec: what it is called, what it does, and by how much a click changes it."""

    label: str
    about: str
    step: float = 1
    form: str = "%d"


def choose_settings(model: str, source: DataSource, method: Method) -> RunSpec:
    """The spec with what was set. Raises InputError, naming the setting, for what cannot be."""
    usual = default_spec(model, source, method)
    st.text_input(
        _("Name of the run"),
        key=NAME,
        placeholder=_("data, model, method"),
        persist_state="session",
    )
    settings = described_settings()
    names = (*_USUAL, *_OF_METHODS.get(method, ()))
    at = f"train.new.{model}.{method}"
    numbers = {
        name: choose_number(f"{at}.{name}", getattr(usual, name), settings[name]) for name in names
    }
    changed = replace(usual, **numbers)
    if changed.adapter == "prompt":
        changed = _with_start(changed)
    return _with_pattern(changed) if changed.by_pattern else changed


def described_settings() -> dict[str, Setting]:
    """The settings by their names in the spec."""
    return {
        "epochs": Setting(
            label=_("Epochs"), about=_("So many times all rows are read; more fit them closer.")
        ),
        "batch": Setting(
            label=_("Batch"),
            about=_("So many rows are read before the weights change; fewer take less memory."),
        ),
        "rate": Setting(
            label=_("Learning rate"),
            about=_("How far the weights move in a step; too high and the loss grows."),
            step=1e-5,
            form="%g",
        ),
        "max_tokens": Setting(
            label=_("Tokens at most"), about=_("What is longer is cut; fewer take less memory.")
        ),
        "seed": Setting(
            label=_("Seed"), about=_("Decides all that is random: the same seed, the same run.")
        ),
        "rank": Setting(
            label=_("Rank"), about=_("The inner size of the matrices B A: more can learn more.")
        ),
        "alpha": Setting(label=_("Alpha"), about=_("B A counts alpha / rank times.")),
        "virtual_tokens": Setting(
            label=_("Virtual tokens"), about=_("So many trained vectors stand before the text.")
        ),
    }


def read_words(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a label and its word, one a line as “label = word”.

    Raises InputError for a line that is none.
    """
    pairs = []
    for number, line in enumerate(text.splitlines(), start=1):
        label, sign, word = (part.strip() for part in line.rpartition("="))
        if line.strip() and not (label and sign and word):
            raise InputError(
                _("Line {number} of the words is “{line}”: write it as “label = word”.").format(
                    number=number, line=line.strip()[:60]
                )
            )
        if line.strip():
            pairs.append((label, word))
    return tuple(pairs)


def _with_start(spec: RunSpec) -> RunSpec:
    """The spec with the words that its virtual tokens begin as."""
    words = st.text_input(
        _("Virtual tokens begin as"),
        key="train.new.virtual_text",
        placeholder=_("random vectors"),
        help=_("Words, repeated or cut to the number of virtual tokens; left empty, at random."),
        persist_state="session",
    )
    return replace(spec, virtual_text=words or "")


def _with_pattern(spec: RunSpec) -> RunSpec:
    """The spec with the template and the words that were typed."""
    key = f"train.new.template.{spec.kind}"
    st.session_state.setdefault(key, spec.template)
    template = st.text_input(
        _("Template"),
        key=key,
        help=_("A sentence around {text}, and {second} of a pair, with {word} to be predicted."),
        persist_state="session",
    )
    words = st.text_area(
        _("Words of the labels"),
        key=f"train.new.words.{spec.source.dataset or spec.source.file}",
        placeholder=_("positive = great"),
        help=_("One a line; a label without a word of its own is its own word."),
        persist_state="session",
    )
    return replace(spec, template=template, verbalizer=read_words(words or ""))


def choose_number(key: str, usual: float, setting: Setting) -> float:
    """A number as it was set under ``key``, at first the usual one."""
    st.session_state.setdefault(key, usual)
    return st.number_input(
        setting.label,
        step=setting.step,
        format=setting.form,
        key=key,
        help=setting.about,
        persist_state="session",
    )
