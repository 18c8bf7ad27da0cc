"""Many texts written at once, scored against a file of references: a table and a CSV.

A file that cannot be read, or references of another length, leave what was given as it is.
"""

from __future__ import annotations

import hashlib

import streamlit as st

from app import resources
from app.csv_download import offer_csv
from app.facts import provenance
from app.frame import as_plain, show_error
from app.tasks.look import PARAMETERS, Answered, Look, asking
from app.tasks.many import answers_csv
from app.tasks.ways import way_titles
from app.waiting import note_stopped, waited
from components.tables import table
from core.errors import HeadlightError
from core.language import _, current_language
from core.prompts.answer_scores import COMPARED_LIMIT
from core.tasks import WAYS, Way
from core.tasks.generation import ROW_LIMIT, WrittenAnswer
from core.tasks.lines import split_lines
from core.tasks.text_scores import TextScores, check_references, score_texts
from core.tasks.texts_file import BYTES_LIMIT, TYPES, read_texts

PASTED = "tasks.written"
REFERENCES = "tasks.written_references"
COLUMN = "tasks.written_column"
MOST_ROWS = 50
SIGNS = 120


def show_written(look: Look) -> None:
    """Texts and references in, one a line or a column of a CSV; a table and a CSV out."""
    left, right = st.columns(2, gap="large")
    with left:
        pasted = st.text_area(_("Texts, one a line"), key=PASTED, height=110)
        uploaded = st.file_uploader(
            _("Or a file: .txt, .csv or .tsv, at most {limit:,} texts and {size} MB").format(
                limit=ROW_LIMIT, size=BYTES_LIMIT // 1_000_000
            ),
            type=list(TYPES),
            key="tasks._written_file",
            max_upload_size=BYTES_LIMIT // 1_000_000,
        )
    with right:
        typed = st.text_area(
            _("References, one for each text (optional)"), key=REFERENCES, height=110
        )
        files = st.file_uploader(
            _("Or files of references, a line for each text; several files are several references"),
            type=["txt"],
            accept_multiple_files=True,
            key="tasks._reference_files",
            max_upload_size=BYTES_LIMIT // 1_000_000,
        )
        column = ""
        if uploaded is not None and not uploaded.name.casefold().endswith(".txt"):
            column = st.text_input(_("Column of references in the CSV (optional)"), key=COLUMN)
    try:
        if uploaded is not None:
            read = read_texts(uploaded.getvalue(), uploaded.name, second=column)
        elif (pasted or "").strip():
            read = read_texts(str(pasted).encode("utf-8", "replace"), "texts.txt")
        else:
            said = _("Paste texts or upload a file: eight are written at the same time.")
            st.markdown(f":small[{said}]")
            return
        streams = [read.seconds] if read.seconds else []
        streams += [read_texts(file.getvalue(), file.name).texts for file in files]
        if (typed or "").strip():
            streams.append(split_lines(str(typed)))
        for stream in streams:
            check_references(len(read.texts), len(stream))
    except HeadlightError as error:
        show_error(error)
        return
    # A reference of several lines is one: lines are what parts references from each other.
    seconds = tuple(
        "\n".join(" ".join(stream[place].split()) for stream in streams)
        for place in range(len(read.texts))
    )
    _show_answers(look, _choose_way(look), read.texts, seconds)


def _choose_way(look: Look) -> Way:
    ways = [way for way in WAYS if look.model(way)]
    chosen = st.segmented_control(
        _("Way"),
        ways,
        format_func=lambda way: way_titles()[way],
        default=ways[0],
        key="tasks.written_way",
        required=True,
    )
    return chosen if chosen in ways else ways[0]


def _show_answers(look: Look, way: Way, texts: tuple[str, ...], seconds: tuple[str, ...]) -> None:
    mark = hashlib.sha256("\0".join((*texts, *seconds)).encode("utf-8", "replace")).hexdigest()
    key = (look.model(way), "written", look.task_id, way, mark, current_language())
    said = _("Writing {count:,} texts").format(count=len(texts))
    job = waited(
        *(key, "tasks_written_bar", said, asking(look, way, texts, seconds)),
        among=resources.table_jobs(),
    )
    if job is None or job.value is None:
        return
    note_stopped(job, "tasks_written_bar", lambda: resources.table_jobs().forget(key))
    _show_table(look, way, job.value)


def _show_table(look: Look, way: Way, found: Answered) -> None:
    from app.tasks.generation import scores_table  # which shows this

    answers = [answer for answer in found.answers if isinstance(answer, WrittenAnswer)]
    scores = together(answers)
    said = _("{count:,} texts in {seconds} seconds.").format(
        count=len(answers), seconds=f"{found.seconds:.1f}"
    )
    st.markdown(f":small[{as_plain(said)}]")
    if scores is not None:
        st.markdown(scores_table(scores))
        said = _("Of {count:,} texts together: ROUGE and exact are means, BLEU and chrF corpora.")
        st.markdown(f":small[{said.format(count=scores.count)}]")
    rows = [(_short(answer.text), _short(answer.output or answer.problem)) for answer in answers]
    st.markdown(table((_("text"), _("written")), rows[:MOST_ROWS]))
    source = provenance(look.model(way))
    offer_csv(
        _("Table as CSV"),
        lambda: answers_csv(answers, source),
        name=f"{look.task_id}-{PARAMETERS[way]}",
        model=look.model(way),
        key="tasks_written_csv",
    )


def together(answers: list[WrittenAnswer]) -> TextScores | None:
    """The scores of all that were written, as of one corpus; None without references."""
    sound = [
        answer
        for answer in answers
        if not answer.problem and all(len(each) <= COMPARED_LIMIT for each in answer.references)
    ]
    return score_texts([answer.output for answer in sound], [answer.references for answer in sound])


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= SIGNS else f"{one[:SIGNS]}…"
