"""What the Prompts page asks, by what was typed; its sentences and files."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import streamlit as st

from app.prompts.look import Look, look_now
from app.prompts.matrix import Cell
from app.prompts.shown import Answered, answered_csv, mistakes_table, sentences
from app.prompts.state import PROMPTS
from app.prompts.tables import own_rows
from app.prompts.two import flips_sentence, flips_table
from core.errors import InputError
from core.prompts import PromptEvaluation
from core.prompts.comparison import compare_evaluations
from core.prompts.figures import figures, worst_mistakes
from core.prompts.typed import read_partials


def look(**changes):
    usual = {each.name: "" for each in fields(Look)}
    usual |= {
        "template": "Review: {{ text }}",
        "words": "negative\npositive",
        "averaging": "mean",
        "chat": False,
        "separator": "\\n\\n",
        "picking": "none",
        "shots": 4,
        "seed": 0,
        "chosen": (),
        "calibrate": False,
        "free": "N/A\n(empty)",
    }
    return Look(**(usual | changes))


def answered(shares, truths):
    raw = np.array([[1 - share, share] for share in shares])
    evaluation = PromptEvaluation(
        model="tiny",
        labels=("negative", "positive"),
        truths=truths,
        word_scores=np.log(raw),
        raw=raw,
        probabilities=raw,
        calibration=None,
        tokens=np.full(len(raw), 9),
        shared=0,
        seconds=0.5,
    )
    texts = tuple(f"=text {number}" for number in range(len(raw)))
    numbers = tuple(range(2, 2 + len(raw)))
    return Answered(evaluation=evaluation, texts=texts, numbers=numbers, title="tiny · rows")


FIRST = answered((0.9, 0.4, 0.2), ("positive", "positive", "negative"))
SECOND = answered((0.9, 0.7, 0.6), ("positive", "positive", "negative"))


def test_a_look_makes_the_prompt_its_settings_and_content_free_inputs():
    own = look(partials="== rules ==\nBe brief.\n\n== tone ==\nkind")
    assert own.prompt().partials == {"rules": "Be brief.", "tone": "kind"}
    assert own.settings(own_rows("")).separator == "\n\n"
    assert own.content_free() == ("N/A", "")
    assert own.verbalizer().labels == ("negative", "positive")
    with pytest.raises(InputError):
        look(template="").prompt()


def test_partials_begin_at_their_names():
    assert read_partials("lost\n== a ==\none\ntwo\n") == {"a": "one\ntwo"}


def test_demonstrations_come_from_the_examples_alone():
    table = own_rows("")
    examples = table.part("examples")
    assert len(examples) == 4
    shown = look(picking="random").demonstrations(table, embedder=None)
    assert {row["text"] for row in shown} == {table.rows[place]["text"] for place in examples}
    other = next(place for place in range(len(table)) if place not in examples)
    by_hand = look(picking="hand", chosen=(examples[0], other))
    assert by_hand.demonstrations(table, embedder=None) == (table.rows[examples[0]],)


def test_own_rows_have_both_labels_alike():
    for dataset in ("movie-snippets", "reviews-zh"):
        labels = [row["label"] for row in own_rows(dataset).rows]
        assert labels.count("positive") == labels.count("negative") == 10


def test_what_figures_rest_on_is_said():
    said = " ".join(sentences(FIRST, figures(FIRST.evaluation)))
    assert "3 rows with a label; 9 tokens and 0.167 seconds a row." in said
    assert "not surely better" in said


def test_flips_are_told_with_a_verdict():
    flips = compare_evaluations(FIRST.evaluation, SECOND.evaluation)
    assert flips_sentence(flips).startswith("Fixed 1, broken 1 of 3 rows: accuracy +0.000")
    assert flips_sentence(flips).endswith("This is noise: chance alone often brings as much.")
    assert "positive \\(0\\.700\\)" in flips_table(FIRST, SECOND, flips.fixed)


def test_a_csv_has_every_row_and_no_formula():
    lines = answered_csv(FIRST).splitlines()
    assert lines[-3].startswith("2,'=text 0,positive,positive,")
    assert len(lines) == 2 + 3


def test_mistakes_are_a_table_of_plain_text():
    one = FIRST.evaluation
    shown = mistakes_table(worst_mistakes(one, FIRST.texts, FIRST.numbers))
    assert "| 3 | \\=text 1 | positive \\(0\\.400\\) | negative \\(0\\.600\\) |" in shown


def test_a_cell_is_named_by_all_that_makes_it():
    cell = Cell(prompt="p", model="m", setting="s", evaluation=FIRST.evaluation)
    assert cell.name == "p · m · s"


def test_an_upload_that_was_left_for_a_dataset_is_read_by_nobody(monkeypatch):
    session = {}
    PROMPTS.read(session, {"dataset": "movie-snippets", "file": "mine-0123.csv"}, None)
    monkeypatch.setattr(st, "session_state", session)
    assert look_now({}).file == ""
    session[PROMPTS.key("dataset")] = ""
    assert look_now({}).file == "mine-0123.csv"
