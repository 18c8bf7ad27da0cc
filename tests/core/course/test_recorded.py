"""Lessons 10 and 12 say what the project recorded over 1,000 rows."""

from __future__ import annotations

import statistics

import pytest

from core.course import built_in_lessons
from core.models import load_model
from core.prompts.evaluation import evaluate_prompt
from core.prompts.ladder import recorded_ladder
from core.prompts.recorded import recorded
from core.prompts.search.searching import labelled_rows
from core.prompts.table import read_table
from core.prompts.verbalizer import Verbalizer
from core.prompts.writing import LABEL

CELLS = ("review-causal", "review-causal-8")
RUNGS = ("floor", "hand", "pet")


def test_the_lesson_says_what_was_recorded():
    lesson = next(each for each in built_in_lessons() if each.id == "more-examples")
    found = recorded()
    assert found is not None
    for answer, cell in zip(lesson.answers, CELLS, strict=True):
        evaluation = found.evaluations[cell].before
        assert evaluation.labelled == 1_000
        assert answer.value == pytest.approx(100 * evaluation.accuracy, abs=0.051)


def test_the_lesson_opens_the_prompt_that_was_recorded():
    lesson = next(each for each in built_in_lessons() if each.id == "more-examples")
    found = recorded()
    assert found is not None
    cell = found.cells[CELLS[0]]
    link = lesson.opens.link()
    assert (link["model"], link["template"], link["words"]) == (
        cell.model,
        cell.template,
        cell.words,
    )


def test_the_lesson_on_little_says_what_the_ladder_recorded():
    lesson = next(each for each in built_in_lessons() if each.id == "from-little")
    ladder = recorded_ladder()
    assert ladder is not None
    found = {rung.method: rung for rung in ladder.rungs}
    for answer, method in zip(lesson.answers, RUNGS, strict=True):
        assert found[method].count == 1_000
        assert answer.value == pytest.approx(100 * found[method].accuracy, abs=0.051)
    link = lesson.opens.link()
    assert (link["model"], link["template"]) == (ladder.spec.model, ladder.spec.template)


@pytest.mark.models
@pytest.mark.slow
def test_the_floor_and_the_prompt_of_the_ladder_come_out_again():
    ladder = recorded_ladder()
    assert ladder is not None
    spec = ladder.spec
    table = read_table(dataset=spec.dataset)
    test = labelled_rows(table, "test", spec.test, seed=spec.seed)
    examples = labelled_rows(table, "examples", spec.labels, seed=spec.seed)
    truths = [str(row[LABEL]) for row in test]
    commonest = statistics.mode(str(row[LABEL]) for row in examples)
    found = evaluate_prompt(
        load_model(spec.model), spec.template, test, verbalizer=Verbalizer(dict(spec.words))
    )
    rungs = {rung.method: rung.right for rung in ladder.rungs}
    assert truths.count(commonest) == rungs["floor"]
    assert int(found.correct.sum()) == pytest.approx(rungs["hand"], abs=2)  # near .5 of a row
