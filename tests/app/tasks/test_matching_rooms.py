"""What the rooms of matching and generation hand out: CSV, scores, scripts, example lines."""

from __future__ import annotations

import ast
import csv
import io

import numpy as np
import pytest

from app.tasks import groups, search
from app.tasks.generation import scores_line
from app.tasks.generation_many import together
from app.tasks.search_lines import example_lines
from components.figures.line_map import line_map
from components.figures.palette import LIGHT
from core.export import CSV_SKIP, Provenance
from core.tasks.clusters import cluster_lines
from core.tasks.generation import WrittenAnswer
from core.tasks.search import LineIndex
from core.tasks.search_script import search_script
from core.tasks.text_scores import score_text

SOURCE = Provenance(
    model="m",
    weights="w",
    dtype="float32",
    device="cpu",
    headlight="0",
    torch="0",
    transformers="0",
)


@pytest.fixture
def index(monkeypatch):
    for module in (search, groups):
        monkeypatch.setattr(module, "provenance", lambda _model: SOURCE)
    vectors = np.eye(5, dtype=np.float32)
    return LineIndex(model="m", lines=("a", "=b", "c", "d", "e"), vectors=vectors)


def _table(text):
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    return rows[CSV_SKIP:]


def test_all_lines_are_handed_out_the_nearest_first_and_none_runs_as_a_formula(index):
    head, first, *rest = _table(search.hits_csv("m", index, index.vectors[1]))
    assert head == ["line", "cosine", "text"]
    assert first == ["2", "1.0", "'=b"]
    assert len(rest) == 4


def test_groups_are_handed_out_with_their_places(index):
    found = cluster_lines(index.vectors, groups=2)
    head, *rows = _table(groups.groups_csv("m", index, found))
    assert head == ["line", "group", "x", "y", "text"]
    assert sorted(int(row[0]) for row in rows) == [1, 2, 3, 4, 5]
    assert {row[1] for row in rows} == {"1", "2"}


def test_texts_without_a_reference_do_not_count_together():
    answers = [
        WrittenAnswer(text="1", output="one", references=("one",)),
        WrittenAnswer(text="2", output="two"),
        WrittenAnswer(text="3", problem="wrong", references=("three",)),
    ]
    assert together(answers).count == 1
    assert together(answers[1:]) is None


def test_scores_of_one_text_stand_in_a_line():
    said = scores_line(score_text("one two", ["one two"]))
    assert said == "ROUGE-1 1.00 · ROUGE-L 1.00 · BLEU 100.0 · chrF 100.0 · the same as a reference"


def test_a_script_holds_texts_as_texts():
    script = search_script("minilm-l6", '"); import os #')
    names = {node.names[0].name for node in ast.walk(ast.parse(script)) if hasattr(node, "names")}
    assert "os" not in names


def test_the_example_has_lines_of_many_subjects():
    assert len(example_lines()) == len(set(example_lines())) == 96


def test_a_map_tells_its_lines_as_text():
    points = np.zeros((2, 2), dtype=np.float32)
    figure = line_map(
        points, np.array([0, 1]), ["<b>x</b>", "y"], names=["one", "two"], palette=LIGHT, marked=[0]
    )
    assert figure.data[0].text[0] == "&lt;b&gt;x&lt;/b&gt;"
    assert len(figure.data) == 3
    with pytest.raises(ValueError, match="2 points"):
        line_map(points, np.array([0]), ["x"], names=["one"], palette=LIGHT)
