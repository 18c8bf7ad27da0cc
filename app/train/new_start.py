"""What a run will take, and the click that starts it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import streamlit as st

from app import resources
from app.frame import as_plain
from app.train.new_answers import answered, refused
from app.train.state import TRAIN
from app.train.store import mine, runs
from app.walk import move
from core.device import human_size
from core.language import _
from core.tuning.finetune import RunSpec
from core.tuning.finetune.estimate import Estimate, estimate
from core.tuning.labelled import DataSource, Prepared, TokenLengths, prepare, token_lengths
from core.tuning.runs import ensure_worker
from core.tuning.runs.kinds import Spec
from core.tuning.runs.store import NAME_LIMIT

_MINUTE: Final = 60
_HOUR: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a run will take, and how long its texts are."""

    estimate: Estimate
    lengths: TokenLengths


def show_estimate(spec: RunSpec) -> bool:
    """About how long the run takes and what is trained, or why it would fail before its first step.

    False where it would fail.
    """
    key = (spec.model, "estimate", spec.to_json())
    found = answered(
        key,
        "train_estimate",
        _("Taking two steps to tell how long the run takes"),
        lambda _progress: _expect(spec),
    )
    if found is None:
        return not refused(key)
    st.markdown(as_plain(estimate_sentence(found.estimate)))
    said = _("Half of the texts have at most {median:,} tokens, the longest {longest:,}.").format(
        median=found.lengths.median, longest=found.lengths.longest
    )
    if found.lengths.problem is not None:
        said += f" {found.lengths.problem.sentence}"
    st.markdown(f":small[{as_plain(said)}]")
    return True


def estimate_sentence(found: Estimate) -> str:
    """Time, steps, what is trained, and memory in a sentence."""
    return _(
        "{time}, {steps:,} steps: {trainable:,} of {parameters:,} weights are trained, with about "
        "{memory} of memory."
    ).format(
        time=duration(found.seconds),
        steps=found.steps,
        trainable=found.trainable,
        parameters=found.parameters,
        memory=human_size(found.memory),
    )


def duration(seconds: float) -> str:
    """A time that is roughly known, in minutes or hours."""
    if seconds < _MINUTE:
        return _("Less than a minute")
    if seconds < 2 * _HOUR:
        return _("About {count:,} minutes").format(count=max(2, round(seconds / _MINUTE)))
    return _("About {count:,} hours").format(count=round(seconds / _HOUR))


def plain_name(*made: str) -> str:
    """The parts that a run is made of as its name, without what no name may hold."""
    printable = "".join(sign for sign in " · ".join(made) if sign.isprintable())
    return re.sub(r"[/\\]", "-", printable)[:NAME_LIMIT].strip()


def start_button(spec: Spec | None, name: str) -> None:
    """Start, as soon as the data and the settings can be used."""
    st.button(
        _("Start"),
        key="train_start",
        type="primary",
        icon=":material/play_arrow:",
        disabled=spec is None,
        on_click=start,
        args=(spec, name),
    )


@move
def start(spec: Spec, name: str) -> None:
    """Queue the run of ``spec``, see that somebody works on it, and show it."""
    if isinstance(spec, RunSpec):
        resources.require_known(spec.model)  # a link names any model
    run_id = runs().submit(spec, owner=mine(), name=name)
    ensure_worker(runs())
    st.session_state[TRAIN.key("run")] = run_id
    st.session_state[TRAIN.key("tab")] = "runs"


def _expect(spec: RunSpec) -> Expected:
    prepared = _examples(spec.source)
    tokenizer = resources.tokenizer(spec.model)
    lengths = token_lengths(prepared.train, tokenizer, limit=spec.max_tokens)
    found = estimate(spec, prepared.train, prepared.validation)
    return Expected(estimate=found, lengths=lengths)


@lru_cache(maxsize=1)
def _examples(source: DataSource) -> Prepared:
    """The examples that were read last: another setting does not read them again."""
    return prepare(source)
