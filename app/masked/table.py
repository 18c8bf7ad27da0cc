"""The room "Many sentences": a table of the masks of pasted or uploaded sentences, and its CSV.

The text of the page is not read here. A file that cannot be read leaves what was typed as it is.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from app import resources
from app.csv_download import offer_csv
from app.facts import provenance
from app.frame import as_plain, framed, show_error
from app.masked.look import Look
from app.masked.state import MASKED
from app.waiting import note_stopped, waited
from components.tables import table
from core.errors import HeadlightError
from core.export import Provenance, table_csv
from core.jobs import Progress, Stop
from core.language import _, current_language
from core.masked import SENTENCE_LIMIT, ManyPredictions, SentencePrediction, predict_many
from core.sentences_file import BYTES_LIMIT, TYPES, read_sentences, split_sentences

TABLE: Final = MASKED.key("table")
UPLOAD: Final = "masked._file"
TOP: Final = 5
MOST_ROWS: Final = 50
SHOWN_SIGNS: Final = 160
"""Longer sentences are cut in the table, not in the CSV."""
EXAMPLE: Final = (
    "She opened the [MASK] and walked into the room.",
    "The president of the United [MASK] spoke to Congress.",
    "I read a good [MASK] about the history of [MASK].",
    "The [MASK] barked at the [MASK].",
    "He went to the [MASK] to buy some food.",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What was predicted, and the seconds that took with the model at hand."""

    found: ManyPredictions
    seconds: float


@framed
def show_table(look: Look) -> None:
    """Sentences in, a row for each mask out; without any an example."""
    left, right = st.columns([7, 5], gap="large")
    with left:
        st.text_area(
            _("Sentences with [MASK], one a line"),
            key=TABLE,
            height=150,
            placeholder="\n".join(EXAMPLE),
            persist_state="session",
        )
    with right:
        uploaded = st.file_uploader(
            _("Or a file: .txt, .csv or .tsv, at most {limit:,} sentences and {size} MB").format(
                limit=SENTENCE_LIMIT, size=BYTES_LIMIT // 1_000_000
            ),
            type=list(TYPES),
            key=UPLOAD,
            max_upload_size=BYTES_LIMIT // 1_000_000,
        )
    sentences = _typed() if uploaded is None else _from_file(uploaded.getvalue(), uploaded.name)
    if sentences:
        _show_answer(look, sentences)


def _typed() -> tuple[str, ...]:
    """The sentences of the text area, or the example."""
    sentences = split_sentences(str(st.session_state[TABLE] or ""))
    if sentences:
        return sentences
    st.info(
        _("An example of {count} sentences: paste your own above, one a line.").format(
            count=len(EXAMPLE)
        )
    )
    return EXAMPLE


def _from_file(data: bytes, name: str) -> tuple[str, ...]:
    """The sentences of a file; none where it cannot be read, and the reason is shown."""
    try:
        read = read_sentences(data, name)
    except HeadlightError as error:
        show_error(error)
        return ()
    said = _("{count:,} sentences of {name}").format(count=len(read.sentences), name=as_plain(name))
    if read.column:
        said += ", " + _("column {column}").format(column=as_plain(read.column))
    if read.encoding != "UTF-8":
        said += ", " + _("read as {encoding}").format(encoding=read.encoding)
    said += ". " + _("Remove the file to go back to the sentences above.")
    st.markdown(f":small[{said}]")
    return read.sentences


def _show_answer(look: Look, sentences: tuple[str, ...]) -> None:
    key = (look.model, "many sentences", _mark(sentences), current_language())
    text = _("Predicting the masks of {count:,} sentences").format(count=len(sentences))
    job = waited(
        *(key, "masked_table", text, _predicting(look.model, sentences)),
        among=resources.table_jobs(),
    )
    if job is None or job.value is None:
        return
    note_stopped(job, "masked_table", lambda: resources.table_jobs().forget(key))
    said, button = st.columns([8, 4], vertical_alignment="center")
    said.markdown(summary(job.value))
    with button:
        found = job.value.found
        offer_csv(
            _("All rows, as CSV"),
            lambda: many_csv(found, provenance(look.model)),
            name="masks",
            model=look.model,
            key="masked_table_csv",
        )
    st.markdown(shown_table(job.value.found))
    rows = sum(max(1, len(one.predictions)) for one in job.value.found.sentences)
    if rows > MOST_ROWS:
        note = _("The first {most} of {count:,} rows; the CSV has all.").format(
            most=MOST_ROWS, count=rows
        )
        st.markdown(f":small[{note}]")


def _mark(sentences: Sequence[str]) -> str:
    """What tells these sentences from others, in little."""
    joined = "\0".join(sentences).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()


def _predicting(model_id: str, sentences: tuple[str, ...]) -> Callable[[Progress, Stop], Answer]:
    """The job: it predicts every mask, in a thread of its own."""

    def predict(progress: Progress, stop: Stop) -> Answer:
        with resources.pool().lease(resources.require_known(model_id)) as model:
            begun = time.perf_counter()
            found = predict_many(model, sentences, top_k=TOP, progress=progress, stop=stop)
            return Answer(found=found, seconds=time.perf_counter() - begun)

    return predict


def summary(answer: Answer) -> str:
    """How many sentences and masks, how many with a problem, and how long it took."""
    sentences = answer.found.sentences
    masks = sum(len(one.predictions) for one in sentences)
    problems = sum(one.problem is not None for one in sentences)
    said = _("{masks:,} masks of {count:,} sentences in {seconds} seconds.").format(
        masks=masks, count=len(sentences), seconds=f"{answer.seconds:.2f}"
    )
    if problems:
        said += " " + _("Sentences with a problem, told in their row: {count:,}.").format(
            count=problems
        )
    if not answer.found.complete:
        left = sum(not one.predictions and one.problem is None for one in sentences)
        said += " " + _("Not read before the stop: {count:,}.").format(count=left)
    return said


def shown_table(found: ManyPredictions) -> str:
    """The first rows: sentence, mask, and its likeliest words with their probabilities."""
    head = (_("no."), _("sentence"), _("mask"), _("likeliest words"))
    lines: list[tuple[str, ...]] = []
    for place, sentence in enumerate(found.sentences, start=1):
        if len(lines) >= MOST_ROWS:
            break
        lines += _lines(place, sentence)
    return table(head, lines[:MOST_ROWS])


def _lines(place: int, sentence: SentencePrediction) -> Iterator[tuple[str, ...]]:
    text = sentence.text
    if len(text) > SHOWN_SIGNS:
        text = text[:SHOWN_SIGNS] + "…"
    if not sentence.predictions:
        yield str(place), text, "–", sentence.problem or _("not read")
    for mask, one in enumerate(sentence.predictions, start=1):
        words = ", ".join(
            f"{word.strip() or word} {share:.3f}"
            for word, share in zip(one.texts, one.probabilities, strict=True)
        )
        yield str(place), text if mask == 1 else "", str(mask), words


def many_csv(found: ManyPredictions, source: Provenance) -> str:
    """The table of ``ManyPredictions`` under where it comes from; no cell runs as a formula.

    In pandas: ``read_csv(file, skiprows=CSV_SKIP)``.
    """
    frame = found.table
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    return table_csv([list(frame.columns), *rows], source)


def _cell(value: object) -> object:
    """Whole numbers without a point, and nothing for what is not a number."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, float) and value >= 1 and value.is_integer() else value
