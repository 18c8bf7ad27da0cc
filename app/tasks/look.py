"""What the Tasks page looks at: a task, the texts, and the model of each way."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import cast

import streamlit as st

from app import resources
from app.tasks.state import TASKS
from app.waiting import waited
from core.jobs import Progress, Stop
from core.language import _, current_language
from core.tasks import Answer, Task, Way, find_family, find_task, solve
from core.tuning.shipped_models import find_shipped, shipped_names

PARAMETERS: Mapping[Way, str] = {"built-in": "builtin", "prompted": "prompted", "tuned": "tuned"}
"""How the model of each way is called in the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A task by its id, the texts as they were typed, and what somebody chose to answer in each
    way. Small: fragments keep it."""

    task_id: str
    text: str
    second: str
    chosen: Mapping[Way, str]

    @property
    def task(self) -> Task:
        """The task."""
        return find_task(self.task_id)

    def model(self, way: Way) -> str:
        """What answers in ``way``: what was chosen, else the task's own; "" where there is none."""
        return self.chosen.get(way, "") or self.task.models.get(way, "")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """Answers and the seconds they took, with the model at hand."""

    answers: tuple[Answer, ...]
    seconds: float


def read_look() -> Look:
    """What the session says."""
    session = st.session_state
    # A second text of another task is kept, and is no part of one that reads a single text.
    reads_two = find_task(str(session[TASKS.key("task")])).second is not None
    return Look(
        task_id=str(session[TASKS.key("task")]),
        text=str(session[TASKS.key("text")] or ""),
        second=str(session[TASKS.key("second")] or "") if reads_two else "",
        chosen={way: str(session[TASKS.key(name)] or "") for way, name in PARAMETERS.items()},
    )


def answered(look: Look, way: Way) -> Answered | None:
    """What ``way`` says of the text; None while it is asked, and where that failed.

    A bar with Stop stands there meanwhile, or the sentence on what was wrong.
    """
    said = _("Asking {model}").format(model=title_of(look.model(way)))
    name = f"tasks_{PARAMETERS[way]}"
    job = waited(_key(look, way), name, said, asking(look, way, (look.text,)))
    return None if job is None else job.value


def known(look: Look, way: Way) -> Answered | None:
    """What ``way`` has said of the text already; nothing is asked for it."""
    job = resources.jobs().get(_key(look, way))
    return cast("Answered | None", job.value) if job is not None and job.done else None


def _key(look: Look, way: Way) -> Hashable:
    # What is said of an answer is kept with it, in the language in which it was asked for.
    language = current_language()
    return (look.model(way), "task", look.task_id, way, look.text, look.second, language)


def asking(
    look: Look, way: Way, texts: tuple[str, ...], seconds: tuple[str, ...] | None = None
) -> Callable[[Progress, Stop], Answered]:
    """The job that asks ``way`` about ``texts``, in a thread of its own."""
    model_id = look.model(way)
    others = (look.second,) * len(texts) if seconds is None else seconds

    def ask(progress: Progress, stop: Stop) -> Answered:
        with resources.pool().lease(resources.require_known(model_id)) as model:
            begun = time.perf_counter()
            found = solve(
                look.task,
                texts,
                others,
                way=way,
                model=model,
                progress=progress,
                stop=stop,
            )
            return Answered(answers=found, seconds=time.perf_counter() - begun)

    return ask


def title_of(model_id: str) -> str:
    """What people call a model."""
    if model_id in shipped_names():
        base = title_of(find_shipped(model_id).base)
        return _("{base}, tuned here").format(base=base)
    return resources.available_models().get(model_id, model_id)


def family_title(look: Look) -> str:
    """What the family of the task is called."""
    return find_family(look.task.family).title
