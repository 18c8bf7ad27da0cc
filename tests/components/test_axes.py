"""Between a part of a head and the views that draw it."""

from __future__ import annotations

import numpy as np
import pytest

from components.axes import axes_of
from components.grids import HeadWords, grid_tints, sorted_heads
from components.tables import largest_rows, table
from core.attention import attention_overview, attention_region
from core.models import load_model

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def pair():
    return attention_overview(load_model("minilm-l6"), "The cat sat.", "It slept.")


@pytest.fixture(scope="module")
def sentence():
    text = "The animal didn't cross the street because it was too tired."
    return attention_overview(load_model("minilm-l6"), text)


def test_the_axes_of_a_part_count_rows_and_columns_of_the_picture(pair):
    weights = pair.attention.head(0, 0)
    region = attention_region(weights, pair.query_tokens, part="ba")
    axes = axes_of(pair, region)
    assert axes.queries == ("it", "slept", ".", "[SEP]")
    assert axes.keys == ("[CLS]", "the", "cat", "sat", ".", "[SEP]")
    assert axes.special_queries == (3,)
    assert axes.special_keys == (0, 5)
    assert axes.query_gaps == axes.key_gaps == ()
    assert axes.row_of(region.queries[1]) == 1
    assert axes.row_of(0) is None


def test_a_gap_stands_before_the_second_text(pair):
    axes = axes_of(pair, attention_region(pair.attention.head(0, 0), pair.query_tokens))
    assert axes.query_gaps == axes.key_gaps == (6,)
    without = attention_region(pair.attention.head(0, 0), pair.query_tokens, specials=False)
    assert axes_of(pair, without).key_gaps == (4,)


def test_the_last_rows_of_a_causal_head_are_still_causal():
    overview = attention_overview(load_model("smollm2-135m-instruct"), "The capital of France is")
    weights, tokens = overview.attention.head(0, 0), overview.query_tokens
    last = attention_region(weights, tokens, queries=range(3, len(tokens)))
    assert axes_of(overview, last).causal
    middle = attention_region(weights, tokens, queries=[1, 2])
    assert not axes_of(overview, middle).causal


def test_a_head_on_a_sink_says_its_look_from_word_to_word_where_that_is_stronger(sentence):
    words = {label: label for label in ("previous", "first", "broad", "next")}
    writer = HeadWords(sentence, words)
    assert writer.line(3, 1) == "it → animal 0.677"
    assert writer.line(0, 2) == "previous 1.00"
    assert writer.line(4, 5) == "first 0.90"


def test_sorted_heads_carry_their_scores_as_tints_from_0_to_1(sentence):
    heads = sorted_heads(sentence, "distance")
    tints = grid_tints(heads)
    assert heads[0].score > 1  # in tokens
    assert tints[0] == 1
    assert tints == sorted(tints, reverse=True)


def test_a_table_takes_no_markdown_from_its_cells():
    assert "\\|" in table(["a"], [["x | y"]])
    assert "\\*" in table(["a"], [["*b*"]])


def test_the_rows_in_which_any_column_is_largest_stand_in_their_order():
    first, second = np.array([0.1, 0.9, 0.2, 0.0]), np.array([0.0, 0.0, 0.1, 0.8])
    assert largest_rows(first, second, most=2) == (1, 3)
