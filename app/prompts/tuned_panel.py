"""The panel Tuned: the prompt stays and the model learns it (PET), beside methods without one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import streamlit as st

from app.frame import as_plain, show_error
from app.navigation import page_path
from app.prompts.look import Look
from app.prompts.runs_of import start_run
from app.prompts.tables import rows_title
from app.prompts.training import tuning_spec
from app.train.runs_words import state_word
from app.train.store import runs
from app.walk import problem
from components.tables import table
from core.errors import HeadlightError
from core.language import _
from core.tuning.outcome.intervals import wilson
from core.tuning.runs import RunRecord

if TYPE_CHECKING:
    from core.tuning.finetune import RunSpec

METHODS: Final = ("pet", "pet-lora", "pet-prompt", "lora", "full")
_KEY: Final = "prompts.tuned"
_SHOWN: Final = 12


def show_tuned(look: Look) -> None:
    """A new run on the left, those that are there on the right."""
    if said := problem():
        st.error(as_plain(said))
    left, right = st.columns([4, 8], gap="large")
    with left:
        _show_start(look)
    with right:
        _show_runs(look)


def method_names() -> dict[str, str]:
    """What the methods are called here."""
    return {
        "pet": _("Prompt, all weights (PET)"),
        "pet-lora": _("Prompt, LoRA"),
        "pet-prompt": _("Prompt, soft prompt"),
        "lora": _("No prompt, LoRA and a head"),
        "full": _("No prompt, all weights and a head"),
    }


def _show_start(look: Look) -> None:
    names = method_names()
    st.session_state.setdefault(f"{_KEY}.rows", 200)
    method = st.selectbox(
        _("Method"),
        METHODS,
        format_func=names.__getitem__,
        key=f"{_KEY}.method",
        persist_state="session",
    )
    rows = int(
        st.number_input(
            _("Labelled rows (0: all)"), 0, 100_000, key=f"{_KEY}.rows", persist_state="session"
        )
    )
    spec: RunSpec | None = None
    made = look.table()
    try:
        spec = tuning_spec(look, made, method, limit=rows)  # type: ignore[arg-type]
    except HeadlightError as error:
        show_error(error)
    if spec is not None and spec.by_pattern:
        words = ", ".join(f"{label} = {word}" for label, word in spec.verbalizer)
        st.markdown(f":small[{as_plain(spec.template)} · {as_plain(words)}]")
    st.button(
        _("Train"),
        key="prompts_tuned_start",
        type="primary",
        icon=":material/model_training:",
        disabled=spec is None,
        on_click=start_run,
        args=(spec, f"{names[method]} · {rows_title(look, made)} · {look.title}", look.model, ""),
    )
    said = _(
        "PET trains the model to fill in the word of the right label: nothing new is put on top, "
        "so few labelled rows go far. A fifth of the rows are held out and tell the accuracy."
    )
    st.markdown(f":small[{as_plain(said)}]")


def _show_runs(look: Look) -> None:
    source = look.file or look.dataset
    found = [record for record in runs().list() if _belongs(record, source)][:_SHOWN]
    if not found:
        st.info(_("No run on these rows yet: when there is one, its accuracy stands here."))
        return
    st.markdown(
        table(
            (
                _("run"),
                _("state"),
                _("trained parameters"),
                _("rows"),
                _("accuracy"),
                _("95 % interval"),
            ),
            [_row(record) for record in found],
        )
    )
    for record in found[:3]:
        st.page_link(
            page_path("train"),
            label=as_plain(_("Open “{name}”").format(name=record.name)),
            icon=":material/model_training:",
            query_params={"tab": "runs", "run": record.id},
        )


def _belongs(record: RunRecord, source: str) -> bool:
    if record.kind != "fine-tune":
        return False
    values = json.loads(record.spec)
    own = values.get("source") or {}
    return source in (own.get("dataset"), own.get("file")) and own.get("kind") == "classification"


def _row(record: RunRecord) -> tuple[str, ...]:
    notes = runs().notes(record.id)
    result = notes.get("result")
    shown = ("–", "–")
    if isinstance(result, dict):
        count = int(result["count"])
        low, high = wilson(round(float(result["accuracy"]) * count), count)
        shown = (f"{result['accuracy']:.3f}", f"{low:.3f} – {high:.3f}")
    numbers = [notes.get(name) for name in ("trainable", "rows")]
    return (
        record.name,
        state_word(record.state),
        *(f"{number:,}" if isinstance(number, int) else "–" for number in numbers),
        *shown,
    )
