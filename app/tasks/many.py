"""Many texts at once: pasted or from a file, answered in one way, as a table and as a CSV.

A file that cannot be read leaves what was typed as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import streamlit as st

from app import resources
from app.csv_download import offer_csv
from app.facts import provenance
from app.frame import as_plain, show_error
from app.tasks.look import PARAMETERS, Answered, Look, asking
from app.tasks.ways import way_is_there, way_titles
from app.waiting import note_stopped, waited
from components.tables import table
from core.errors import HeadlightError
from core.export import Provenance, table_csv
from core.language import _, current_language
from core.tasks import TEXT_LIMIT, WAYS, Answer, Way
from core.tasks.texts_file import BYTES_LIMIT, TYPES, TaskTexts, read_texts

PASTED: Final = "tasks.pasted"
COLUMN: Final = "tasks.column"
SECOND_COLUMN: Final = "tasks.second_column"
MOST_ROWS: Final = 50
SHOWN_SIGNS: Final = 120


def show_many(look: Look) -> None:
    """Texts in, one a line or a column of a CSV; a table and a CSV out."""
    ways = [way for way in WAYS if way_is_there(look, way)]
    if not ways:
        st.info(_("No model on this server answers this task."))
        return
    left, right = st.columns([7, 5], gap="large")
    with left:
        pasted = st.text_area(_("Texts, one a line"), key=PASTED, height=150)
    with right:
        uploaded = st.file_uploader(
            _("Or a file: .txt, .csv or .tsv, at most {limit:,} texts and {size} MB").format(
                limit=TEXT_LIMIT, size=BYTES_LIMIT // 1_000_000
            ),
            type=list(TYPES),
            key="tasks._file",
            max_upload_size=BYTES_LIMIT // 1_000_000,
        )
        column = st.text_input(_("Column of a CSV (empty: the obvious one)"), key=COLUMN)
        second = ""
        if look.task.second is not None:
            second = st.text_input(
                _("Column of “{name}” (empty: the same for all)").format(name=look.task.second),
                key=SECOND_COLUMN,
            )
        way = _choose_way(ways, look.task_id)
    try:
        if uploaded is not None:
            texts = read_texts(uploaded.getvalue(), uploaded.name, column=column, second=second)
        else:
            texts = read_texts(pasted.encode("utf-8", "replace"), "texts.txt") if pasted else None
    except HeadlightError as error:
        show_error(error)
        return
    if texts is None:
        said = _("Paste texts or upload a file: they are answered at once.")
        st.markdown(f":small[{said}]")
        return
    _show_answers(look, way, texts)


def _choose_way(ways: list[Way], task_id: str) -> Way:
    chosen = st.segmented_control(
        _("Way"),
        ways,
        format_func=lambda way: way_titles()[way],
        default=ways[-1],
        key=f"tasks.many_way_{task_id}",
        required=True,
    )
    return chosen or ways[-1]


def _show_answers(look: Look, way: Way, read: TaskTexts) -> None:
    marked = _mark((*read.texts, look.second, *read.seconds))
    key = (look.model(way), "tasks", look.task_id, way, marked, current_language())
    said = _("Answering {count:,} texts").format(count=len(read.texts))
    job = waited(
        *(key, "tasks_many_bar", said, asking(look, way, read.texts, read.seconds or None)),
        among=resources.table_jobs(),
    )
    if job is None or job.value is None:
        return
    note_stopped(job, "tasks_many_bar", lambda: resources.table_jobs().forget(key))
    st.markdown(f":small[{as_plain(_summary(job.value))}]")
    rows = [answer.cells() for answer in job.value.answers]
    st.markdown(table([str(name) for name in rows[0]], map(_shown, job.value.answers[:MOST_ROWS])))
    if len(rows) > MOST_ROWS:
        note = _("The first {most} of {count:,} rows; the CSV has all.").format(
            most=MOST_ROWS, count=len(rows)
        )
        st.markdown(f":small[{note}]")
    source = provenance(look.model(way))
    answers = job.value.answers
    offer_csv(
        _("Table as CSV"),
        lambda: answers_csv(answers, source),
        name=f"{look.task_id}-{PARAMETERS[way]}",
        model=look.model(way),
        key="tasks_csv",
    )


def answers_csv(answers: Sequence[Answer], source: Provenance) -> str:
    """The rows of ``answers`` under where they come from; no cell runs as a formula."""
    rows = [answer.cells() for answer in answers]
    head: list[object] = list(rows[0])
    return table_csv([head, *([row.get(str(name)) for name in head] for row in rows)], source)


def _shown(answer: Answer) -> list[str]:
    cells = []
    for value in answer.cells().values():
        text = f"{value:.3f}" if isinstance(value, float) else "" if value is None else str(value)
        cells.append(text if len(text) <= SHOWN_SIGNS else text[:SHOWN_SIGNS] + "…")
    return cells


def _summary(found: Answered) -> str:
    problems = sum(bool(answer.problem) for answer in found.answers)
    said = _("{count:,} texts in {seconds} seconds, {rate} a second.").format(
        count=len(found.answers),
        seconds=f"{found.seconds:.2f}",
        rate=f"{len(found.answers) / max(found.seconds, 1e-9):,.0f}",
    )
    if problems:
        said += " " + _("Texts with a problem, told in their row: {count:,}.").format(
            count=problems
        )
    return said


def _mark(texts: Sequence[str]) -> str:
    """What tells these texts from others, in little."""
    joined = "\0".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()
