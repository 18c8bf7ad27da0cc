"""The panel "Results" as a page that holds nothing else."""

from __future__ import annotations

import csv
import io
import math

import pytest
from streamlit.testing.v1 import AppTest

from app.train.results import sentences
from app.train.results_mistakes import mistakes_csv, mistakes_table
from app.train.store import runs
from core.tuning.outcome import LabelFigures, Measure, Mistake, Outcome, write_outcome


def outcome(**changed):
    mistake = Mistake(
        row=7,
        text="=cmd|' /C calc'!A0 *bold*",
        expected="good",
        probability=0.1,
        predicted="bad",
        predicted_probability=0.9,
        loss=2.303,
    )
    values = {
        "kind": "classification",
        "step": 60,
        "rows": 500,
        "count": 500,
        "measures": (
            Measure(name="accuracy", value=0.8, low=0.763, high=0.833, method="wilson"),
            Measure(name="macro_f1", value=0.79, low=0.75, high=0.82, method="bootstrap"),
        ),
        "labels": (
            LabelFigures(name="good", precision=0.8, recall=0.9, f1=0.85, count=300, predicted=340),
            LabelFigures(
                name="bad", precision=0.7, recall=0.6, f1=math.nan, count=200, predicted=160
            ),
        ),
        "confusion": ((270, 30), (70, 130)),
        "majority": 0.6,
        "mistakes": (mistake,) * 12,
    }
    return Outcome(**(values | changed))


@pytest.fixture
def record(headlight_home):
    runs.cache_clear()
    with runs() as store:
        spec = '{"model": "minilm-l6"}'
        yield store.get(store.enqueue("fine-tune", spec, owner="me", name="one", device="cpu"))
    runs.cache_clear()


def room(run_id):
    from app.train.results import show_results
    from app.train.store import runs

    show_results(runs().get(run_id))


def shown(record):
    page = AppTest.from_function(room, default_timeout=60, kwargs={"run_id": record.id}).run()
    assert not page.exception
    return page


def said(page):
    parts = (*page.markdown, *page.info, *page.error)
    return "\n".join(part.value for part in parts).replace("\\", "")


def test_a_run_that_has_not_ended_says_when_results_come(record):
    assert "Results come when the run has ended" in said(shown(record))


def test_figures_have_their_intervals(record):
    write_outcome(record.folder, outcome())
    text = said(shown(record))
    assert "| accuracy | 0.800 | 0.763\u00a0–\u2060\u00a00.833 | Wilson |" in text
    assert "| macro F1 | 0.790 | 0.750\u00a0–\u2060\u00a00.820 | bootstrap |" in text
    assert "the difference may be noise" in text
    assert "| good | 0.800 | 0.900 | 0.850 | 300 |" in text
    assert "| bad | 0.700 | 0.600 | – | 200 |" in text


def test_what_is_no_better_than_the_commonest_label_is_said():
    assert "the model is better" in sentences(outcome())[2]
    assert "not surely better" in sentences(outcome(majority=0.78))[2]
    assert len(sentences(outcome(majority=math.nan))) == 2


def test_mistakes_stand_with_what_was_right_and_what_came_out(record):
    write_outcome(record.folder, outcome())
    text = said(shown(record))
    assert "Rows with the highest loss" in text
    assert "| 7 | =cmd|' /C calc'!A0 *bold* | good (0.100) | bad (0.900) | 2.30 |" in text


def test_a_formula_in_a_text_is_harmless_in_the_csv(record):
    text = mistakes_csv(record, outcome()).removeprefix("\ufeff")
    facts, _gap, rows = text.partition("\r\n\r\n")
    assert f"run,{record.id}" in facts
    assert "trained from,minilm-l6" in facts
    table = list(csv.DictReader(io.StringIO(rows)))
    assert len(table) == 12
    assert table[0]["text"].startswith("'=cmd")
    assert (table[0]["row"], table[0]["expected"], table[0]["predicted"]) == ("7", "good", "bad")


def test_a_word_is_marked_in_its_text():
    mistake = Mistake(
        row=0,
        text="sat",
        before="the cat " * 20,
        after="on it",
        expected="sat",
        probability=0.01,
        predicted="was",
        predicted_probability=0.5,
        loss=4.6,
    )
    table = mistakes_table(outcome(kind="causal"), (mistake,)).replace("\\", "")
    assert "…" in table
    assert "⟦sat⟧ on it" in table
    assert table.startswith("| word in its text |")  # of no row that could be named


def test_results_that_cannot_be_read_are_told(record):
    (record.folder / "outcome.json").write_text("{")
    assert "cannot be read" in said(shown(record))
