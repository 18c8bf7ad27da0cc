"""The panel "Probes" of a run: what it makes of a few texts, at the step that a slider shows.

Works while the run goes on, and after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from app.frame import as_plain, framed
from app.links import publish_link
from app.train.probes_answers import show_answers, show_confusion
from app.train.probes_attention import show_attention
from app.train.probes_slider import PACE, choose_step, playing
from app.train.runs_picture import picture_key
from app.train.state import TRAIN
from components.controls import choose_view
from components.views.selection import tell_selection
from core.language import _
from core.tuning.probes import Probe, ProbeInput, probe_steps, read_probe
from core.tuning.runs import RunRecord

TEXT: Final = "train._probe_text"
LOOK_AGAIN: Final = 2.0
"""Seconds after which a run that goes on is looked at for another probe."""
_ACTIVE: Final = frozenset({"queued", "running"})
_SHORT: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The probe that is shown, and the one of before the first step that it is compared with.

    ``counted`` is the last one up to it at which rows held out were counted. ``place`` is the input
    that is chosen, ``source`` what stands at the foot of a saved picture.
    """

    before: Probe
    now: Probe
    counted: Probe | None
    place: int
    source: str

    @property
    def given(self) -> ProbeInput:
        """The text that is looked into."""
        return self.now.inputs[self.place]

    @property
    def same(self) -> bool:
        """Whether there is nothing to compare with."""
        return self.now.step == self.before.step


def show_probes(record: RunRecord) -> None:
    """The slider and what it moves, anew while the run goes on or the slider plays."""
    wait = PACE if playing() else LOOK_AGAIN if record.state in _ACTIVE else None
    st.fragment(_show_live, run_every=wait)(record)


@framed
def _show_live(record: RunRecord) -> None:
    steps = probe_steps(record.folder)
    if not steps:
        st.info(_no_probes(record))
        return
    step = choose_step(record.id, steps)
    tell_selection(picture_key(record.id), [step])  # the line in the curves goes along
    publish_link(TRAIN)
    now = read_probe(record.folder, step)
    before = now if step == steps[0] else read_probe(record.folder, steps[0])
    st.markdown(f":small[{as_plain(scores_line(now))}]")
    place = _choose_text(now)
    source = f"{record.name or record.id} · {step_name(step)}"
    counted = _counted(record, steps, now)
    moment = Moment(before=before, now=now, counted=counted, place=place, source=source)
    _show_text(moment.given)
    if now.heads:
        left, right = st.columns([7, 5], gap="large")
        with left:
            show_attention(moment)
        with right:
            show_answers(moment)
            show_confusion(moment)
    else:
        show_answers(moment)
        show_confusion(moment)


def _counted(record: RunRecord, steps: tuple[int, ...], now: Probe) -> Probe | None:
    """The last probe up to ``now`` that holds a confusion; None where no labels are learnt."""
    if not now.label_names:
        return None
    if now.confusion is not None:
        return now
    earlier = (read_probe(record.folder, step) for step in reversed(steps) if step < now.step)
    return next((probe for probe in earlier if probe.confusion is not None), None)


def step_name(step: int) -> str:
    """What a step is called."""
    return _("step {step}").format(step=f"{step:,}") if step else _("before the first step")


def scores_line(probe: Probe) -> str:
    """What was measured at the step."""
    said = [step_name(probe.step)]
    wanted = {
        "validation_loss": _("validation loss {value:.3f}"),
        "accuracy": _("accuracy {value:.3f}"),
        "macro_f1": _("macro F1 {value:.3f}"),
        "perplexity": _("perplexity {value:,.1f}"),
    }
    said += [
        phrase.format(value=probe.scores[name])
        for name, phrase in wanted.items()
        if name in probe.scores
    ]
    return " · ".join(said)


def _choose_text(probe: Probe) -> int:
    """Which of the inputs is looked into."""
    names = {str(place): _shortened(given.text) for place, given in enumerate(probe.inputs)}
    if len(names) < 2:
        return 0
    if st.session_state.get(TEXT) not in names:
        st.session_state[TEXT] = "0"
    return int(choose_view(_("Text"), names, key=TEXT))


def _show_text(given: ProbeInput) -> None:
    text = as_plain(given.text.replace("\n", " ↵ "))
    if given.second:
        text += " **‖** " + as_plain(given.second.replace("\n", " ↵ "))
    told = _("held out, row {row}").format(row=f"{given.row:,}") if given.row else ""
    st.markdown(f"{text} :small[:gray[{as_plain(told)}]]" if told else text)


def _shortened(text: str) -> str:
    line = as_plain(" ".join(text.split())[:_SHORT])
    return f"{line}…" if len(text) > _SHORT else line


def _no_probes(record: RunRecord) -> str:
    if record.state in _ACTIVE:
        return _("The first probe comes before the first step.")
    return _("This run has no probes: they were switched off, or it never began.")
