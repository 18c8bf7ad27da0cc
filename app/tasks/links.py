"""From an answer to the pages that explain it: its attention, its prompt, its run."""

from __future__ import annotations

import streamlit as st

from app.generation.state import stepping_link
from app.navigation import PAGES, page_path
from app.tasks.look import Look
from core.catalogue import find_dataset
from core.language import _
from core.tasks import Answer, Task, Way
from core.tasks.classification import labels_of
from core.tuning.kept import SHIPPED, is_run_name


def answer_links(look: Look, way: Way, _answer: Answer) -> None:
    """The links of one answer."""
    model = look.model(way)
    st.page_link(
        page_path("attention"),
        label=_("Attention of this text"),
        icon=":material/grid_view:",
        query_params={"model": model, "text": look.text},
    )
    if way == "prompted":
        link_to_prompt(look)
    if way == "tuned":
        link_to_run(look.task, model)


def link_to_prompt(look: Look) -> None:
    """The prompt of the task: on the page Prompts where it chooses a label of a text, else as the
    text that Generation goes on with."""
    task = look.task
    if not task.template:
        return
    if task.family == "classification" and (PAGES / "prompts.py").is_file():
        labels = task.labels or labels_of(task, look.second)
        named = {"dataset": task.dataset} if task.dataset else {}
        st.page_link(
            page_path("prompts"),
            label=_("This prompt in Prompts"),
            icon=":material/edit_note:",
            query_params={
                "model": look.model("prompted"),
                "template": task.template,
                "words": "\n".join(f"{each.name}: {each.word.strip()}" for each in labels),
                "calibrate": "1",
                **named,
            },
        )
        return
    st.page_link(
        page_path("generation"),
        label=_("This prompt in Generation"),
        icon=":material/edit_note:",
        query_params=stepping_link(look.model("prompted"), _filled(look)),
    )


def _filled(look: Look) -> str:
    """The prompt as the model reads it; of a tagged text that of its first word."""
    from core.prompts import PromptTemplate

    values = {"text": look.text.strip(), "question": look.second.strip(), "sentence": look.text}
    if look.task.family == "tagging":
        values["text"] = (look.text.split() or [""])[0]
    return PromptTemplate(look.task.template).render(**values)


def link_to_run(task: Task, model: str) -> None:
    """The run that made ``model``; of one that came with Headlight, the way to repeat it."""
    if is_run_name(model) and not model.startswith(SHIPPED):
        st.page_link(
            page_path("train"),
            label=_("The run in Train"),
            icon=":material/show_chart:",
            query_params={"tab": "runs", "run": model.partition(":")[2].partition("@")[0]},
        )
        return
    link_to_training(task)


def link_to_training(task: Task) -> None:
    """The way to a run that trains a model for the task."""
    entry = find_dataset(task.dataset)
    named = {"dataset": task.dataset} if entry is not None else {}
    st.page_link(
        page_path("train"),
        label=_("Train one like it") if named else _("Train one"),
        icon=":material/model_training:",
        query_params={"tab": "new", "method": "lora", **named},
    )
