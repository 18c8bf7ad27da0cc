"""Demonstrations: which rows, in what order; tables and their parts; the spread."""

from __future__ import annotations

from collections import Counter

import pytest

from core.errors import InputError
from core.models import load_model
from core.prompts import (
    PromptSettings,
    PromptTemplate,
    Verbalizer,
    pick_demonstrations,
    read_table,
    store_pasted,
    write_prompt,
)
from core.prompts.spread import one_word_each, orders

MANY = tuple({"text": f"text {n}", "label": "ab"[n % 3 == 0]} for n in range(60))


def test_the_same_seed_picks_the_same_rows_and_another_others():
    first = pick_demonstrations(MANY, 8, seed=1)
    assert first == pick_demonstrations(MANY, 8, seed=1) != pick_demonstrations(MANY, 8, seed=2)
    assert len({row["text"] for row in first}) == 8


def test_balanced_demonstrations_have_as_many_of_each_label():
    found = pick_demonstrations(MANY, 8, how="balanced")
    assert Counter(row["label"] for row in found) == {"a": 4, "b": 4}


def test_the_nearest_row_stands_last_and_the_row_itself_is_left_out(model_folder):
    model = load_model(str(model_folder("bert")))
    rows = [{"text": text} for text in ("one two three", "the street is wide", "Paris")]
    found = pick_demonstrations(
        rows, 2, how="nearest", query={"text": "one two three"}, model=model
    )
    assert len(found) == 2
    assert {"text": "one two three"} not in found
    near = pick_demonstrations(
        rows, 1, how="nearest", query={"text": "one two threes"}, model=model
    )
    assert near[-1] == {"text": "one two three"}


@pytest.mark.parametrize(
    ("how", "count", "said"),
    [("random", 61, "61 demonstrations"), ("best", 1, "“best”"), ("nearest", 1, "near to")],
)
def test_what_cannot_be_picked_is_said(how, count, said):
    with pytest.raises(InputError, match=said):
        pick_demonstrations(MANY, count, how=how)


def test_demonstrations_stand_before_the_row_with_their_words():
    written = write_prompt(
        PromptTemplate("Say: {{ text }}. It was [MASK]."),
        {"text": "Hi"},
        word_of=Verbalizer({"a": "good", "b": "bad"}).first,
        demonstrations=MANY[:2],
        settings=PromptSettings(separator=" // "),
    )
    assert written.text == (
        "Say: text 0. It was bad. // Say: text 1. It was good. // Say: Hi. It was"
    )
    assert [piece.source for piece in written.before] == [
        *("demonstration", "demonstration", "template", "variable", "template"),
    ]


def test_no_space_is_put_after_a_wide_sign():
    written = write_prompt(PromptTemplate("情感：[MASK]"), {})
    assert written.row.joint == ""


def test_orders_are_different_and_begin_with_the_own_one():
    found = orders(MANY[:3], 6)
    assert found[0] == MANY[:3]
    assert len(set(map(str, found))) == 6
    assert len(orders(MANY[:2], 6)) == 2


def test_one_word_of_each_label_makes_every_choice():
    found = one_word_each(Verbalizer({"a": ["x", "y"], "b": ["z", "w"]}))
    assert [each.words for each in found] == [("x", "z"), ("x", "w"), ("y", "z"), ("y", "w")]


@pytest.fixture
def pasted(headlight_home):
    lines = ["text,label", *(f"{row['text']},{row['label']}" for row in MANY), "text 0,b"]
    return store_pasted("\n".join(lines))


def test_the_parts_of_a_table_are_apart_and_keep_the_labels_in_proportion(pasted):
    table = read_table(file=pasted)
    assert (len(table), table.label, table.labels, table.repeated) == (60, "label", ("a", "b"), 1)
    parts = [set(table.part(part)) for part in ("examples", "development", "test")]
    assert [len(part) for part in parts] == [12, 24, 24]
    assert len(set.union(*parts)) == 60
    sample = table.sample("development", 12, seed=3)
    assert sample == table.sample("development", 12, seed=3)
    assert Counter(table.rows[place]["label"] for place in sample) == {"a": 8, "b": 4}


def test_what_is_no_table_is_said_in_one_sentence(headlight_home, pasted):
    with pytest.raises(InputError, match="no column “verdict”"):
        read_table(file=pasted, label="verdict")
    with pytest.raises(InputError, match="Nothing was pasted"):
        store_pasted("  ")
    with pytest.raises(InputError, match="no rows"):
        read_table(file=store_pasted("text,label\n"))
