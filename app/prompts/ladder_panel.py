"""The panel Ladder: every method on the same rows; the recorded ladder, or one of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.frame import as_plain, framed, show_error
from app.prompts.ladder_shown import method_names, show_rungs
from app.prompts.look import Look
from app.prompts.opening import run_all_if_asked
from app.prompts.runs_of import ACTIVE, TICK, runs_of_kind, show_buttons, start_run
from app.prompts.state import PROMPTS
from app.prompts.tables import rows_title
from app.train.runs_words import state_word, title
from app.train.store import is_another_s_upload, runs
from app.walk import problem
from components.controls import choose_model
from core.catalogue import find_model
from core.errors import HeadlightError
from core.language import _
from core.tuning.runs import ensure_worker

if TYPE_CHECKING:
    from core.prompts.ladder import LadderSpec

LADDER: Final = PROMPTS.key("ladder")
KIND: Final = "prompt-ladder"
RECORDED: Final = ""
_KEY: Final = "prompts.ladder"


def show_ladder(look: Look) -> None:
    """The recorded ladder at once, or one of one's own."""
    from core.prompts.ladder import recorded_ladder

    if said := problem():
        st.error(as_plain(said))
    records = runs_of_kind(KIND)
    known = {RECORDED: _("Recorded with Headlight")} | {r.id: title(r) for r in records}
    if st.session_state.get(LADDER) not in known:
        st.session_state[LADDER] = RECORDED
    left, right = st.columns([6, 6], vertical_alignment="bottom")
    with left:
        chosen = choose_model(_("Ladder"), known, key=LADDER)
    with right, st.popover(_("Climb with the rows of Build"), icon=":material/stairs:"):
        _show_start(look)
    recorded = recorded_ladder()
    if chosen:
        record = runs().get(chosen)
        live = st.fragment(_show_run, run_every=2 * TICK if record.state in ACTIVE else None)
        live(chosen, record.state)
    elif recorded is not None:
        said = _("Recorded on {day} ({machine}); {command} repeats it.").format(
            day=recorded.day, machine=recorded.machine, command="python -m core.prompts.ladder"
        )
        st.markdown(f":small[{as_plain(said)}]")
        show_rungs(recorded.rungs, recorded.spec)
    else:
        st.info(_("No ladder is recorded: climb one with the rows of Build."))


@framed
def _show_run(run_id: str, state: str) -> None:
    from core.prompts.ladder import LadderSpec, read_rungs

    run_all_if_asked()
    ensure_worker(runs())
    record = runs().get(run_id)
    if record.state != state:
        st.rerun()
    spec = LadderSpec.from_json(record.spec)
    rungs = read_rungs(record.folder)
    left, right = st.columns([7, 5], vertical_alignment="center")
    if record.state != "done":
        at = str(runs().notes(run_id).get("at", ""))
        said = _("{done} of {total} methods; now {method}; the ladder is {state}.").format(
            done=len(rungs),
            total=len(spec.methods),
            method=method_names().get(at, "–"),
            state=state_word(record.state),
        )
        left.progress(len(rungs) / len(spec.methods), text=as_plain(said))
    with right:
        show_buttons(record, "prompts_ladder")
    if record.message:
        st.warning(as_plain(record.message))
    if rungs:
        show_rungs(rungs, spec, locked=is_another_s_upload(record))


def _show_start(look: Look) -> None:
    """How many rows, and the click."""
    usual = {"labels": 100, "test": 500, "tries": 40}
    names = {
        "labels": _("Labelled examples"),
        "test": _("Test rows"),
        "tries": _("Tries of the search"),
    }
    limits = {"labels": (4, 500), "test": (20, 5000), "tries": (1, 1000)}
    found = {}
    for name, count in usual.items():
        st.session_state.setdefault(f"{_KEY}.{name}", count)
        found[name] = int(
            st.number_input(
                names[name], *limits[name], key=f"{_KEY}.{name}", persist_state="session"
            )
        )
    spec: LadderSpec | None = None
    made = look.table()
    try:
        spec = _spec(look, made.text, made.label, found)
    except HeadlightError as error:
        show_error(error)
    st.button(
        _("Climb"),
        key="prompts_ladder_start",
        type="primary",
        disabled=spec is None,
        on_click=start_run,
        args=(
            spec,
            " · ".join((_("Ladder"), rows_title(look, made), look.title)),
            look.model,
            LADDER,
        ),
    )
    said = _("Some minutes for a small masked model.")
    st.markdown(f":small[{as_plain(said)}]")


def _spec(look: Look, column: str, label: str, counts: dict[str, int]) -> LadderSpec:
    from core.errors import InputError
    from core.prompts.ladder import LadderSpec
    from core.prompts.patterns import as_pattern

    entry = find_model(look.model)
    if entry is not None and entry.kind != "masked":
        raise InputError(
            _("The ladder climbs with a masked model: choose one above, and [MASK] in Build.")
        )
    if "[MASK]" not in look.template:
        raise InputError(_("The ladder needs [MASK] in the template of Build."))
    as_pattern(look.template, column=column)
    words = tuple((name, own[0]) for name, own in look.verbalizer().mapping.items())
    variable = "{{ " + column + " }}"
    return LadderSpec(
        model=resources.require_known(look.model),
        template=look.template,
        words=words,
        dataset="" if look.file else look.dataset,
        file=look.file,
        label=label,
        trigger_template=f"{variable} [T] [T] [T] [MASK].",
        seed=look.seed,
        **counts,
    )
