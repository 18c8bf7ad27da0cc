"""What the session and an address hold for the Tasks page.

The text is the same for every task: what somebody typed goes along from card to card.
"""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.codec import PageState, Param, whole_number
from core.errors import LinkError
from core.language import LANGUAGES, _, current_language
from core.tasks import Example, all_tasks, find_task
from core.weights import FOLDER

FIRST: Final = {"en": "sentiment", "zh": "sentiment-zh"}
TASK_KEY: Final = "tasks.task"


def _task(text: str) -> str:
    """The id of a task."""
    names = [task.id for task in all_tasks()]
    if text not in names:
        raise LinkError(_("It takes one of: {choices}.").format(choices=", ".join(names)))
    return text


def first_task() -> str:
    """The task that is shown first: in Chinese where a model for that comes with Headlight."""
    own = FIRST.get(current_language(), FIRST["en"])
    return own if (FOLDER / "tuned" / own).is_dir() else FIRST["en"]


def example() -> Example:
    """The example of the task that the session shows, in its language."""
    chosen = first_task()
    if get_script_run_ctx(suppress_warning=True) is not None:
        chosen = str(st.session_state.get(TASK_KEY, chosen))
    return find_task(chosen).example(current_language())


def known_examples() -> tuple[frozenset[str], frozenset[str]]:
    """Every text, and every second text, that stands in the input without being typed."""
    found = [task.example(language) for task in all_tasks() for language in LANGUAGES]
    return frozenset(each.text for each in found), frozenset({"", *(e.second for e in found)})


TASKS: Final = PageState(
    page="tasks",
    params=(
        Param(name="task", default=first_task, parse=_task),
        Param(name="text", default=lambda: example().text),
        Param(name="second", default=lambda: example().second),
        # what answers in each way; "" is the task's own
        Param(name="builtin", default=str),
        Param(name="prompted", default=str),
        Param(name="tuned", default=str),
        Param(name="word", default=lambda: 0, parse=whole_number),  # of a tagged text
    ),
)
