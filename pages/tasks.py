"""Tasks: what language models are used for, each in three ways side by side."""

from __future__ import annotations

import streamlit as st

from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from app.tasks.cards import choose_task, show_cards
from app.tasks.look import read_look
from app.tasks.moves import take_example
from app.tasks.rooms import show_room
from app.tasks.state import TASKS
from components.controls import text_input
from core.language import _
from core.tasks import find_task

open_link(TASKS)
task = find_task(str(st.session_state[TASKS.key("task")]))
show_cards(task.id)
choose_task(task.id)
task = find_task(str(st.session_state[TASKS.key("task")]))
words, *rest = st.columns([7, 5], gap="medium") if task.second is not None else [st.container()]
with words:
    text_input(_("Text"), key=TASKS.key("text"))
if task.second is not None:
    with rest[0]:
        text_input(str(task.second), key=TASKS.key("second"))
look = read_look()
if (look.text, look.second) == ("", ""):
    st.button(_("Take the example"), on_click=take_example, key="tasks_example")
publish_link(TASKS)
show_room(look)
what_am_i_looking_at(
    _(
        "The same text answered three ways. Built-in: a model that was never told of this task, "
        "by how alike its vectors are. Prompted: a language model that is asked in words. Tuned: "
        "a model that learnt the task from examples, in minutes, here. Under each stand its data, "
        "its licence, how often it is right, and what it took. Try your own text, then “Many "
        "texts”."
    )
)
