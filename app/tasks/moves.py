"""What a click on the Tasks page does: another family, another task."""

from __future__ import annotations

import streamlit as st

from app.tasks.state import TASKS, example, known_examples
from core.language import current_language
from core.tasks import FamilyName, find_family, find_task

TASK, TEXT, SECOND = (TASKS.key(name) for name in ("task", "text", "second"))


def choose_family(name: FamilyName) -> None:
    """Show the family's first task."""
    known = st.session_state.get(TASK, "")
    if known in {task.id for task in find_family(name).tasks}:
        return
    st.session_state[TASK] = find_family(name).tasks[0].id
    follow_task()


def follow_task() -> None:
    """After the task changed: its own models, and its example where an example stood.

    What somebody typed stays, except a second text that the task does not read.
    """
    for name in ("builtin", "prompted", "tuned"):
        st.session_state[TASKS.key(name)] = ""
    st.session_state[TASKS.key("word")] = 0
    texts, seconds = known_examples()
    if st.session_state.get(TEXT, "") in texts:
        st.session_state[TEXT] = example().text
    reads_two = find_task(str(st.session_state[TASK])).second is not None
    if st.session_state.get(SECOND, "") in seconds or not reads_two:
        st.session_state[SECOND] = example().second


def take_example() -> None:
    """The task's example in place of what stands there."""
    own = find_task(str(st.session_state[TASK])).example(current_language())
    st.session_state[TEXT], st.session_state[SECOND] = own.text, own.second
