"""Differences of attention between two texts, and between two models."""

from __future__ import annotations

import numpy as np
import pytest

from core.attention import (
    align_tokens,
    attention_overview,
    capture_attention,
    compare_attention,
    most_changed_heads,
)
from core.errors import InputError
from core.models import load_model

FIRST = "The animal didn't cross the street because it was too tired."
SECOND = "The animal didn't cross the wide street because it was tired."


@pytest.fixture
def bert(model_folder):
    return load_model(str(model_folder("bert")))


def test_two_identical_texts_differ_by_zeros(bert):
    one, two = (capture_attention(bert, FIRST) for _ in range(2))
    change = compare_attention(one.head(1, 2), one.tokens, two.head(1, 2), two.tokens)
    assert change.difference.shape == (len(one.tokens), len(one.tokens))
    assert not change.difference.any()
    assert change.unmatched_first == change.unmatched_second == ()
    assert not most_changed_heads(one, two).any()


def test_tokens_in_common_are_compared_cell_by_cell(bert):
    one, two = capture_attention(bert, FIRST), capture_attention(bert, SECOND)
    change = compare_attention(one.head(0, 1), one.tokens, two.head(0, 1), two.tokens)
    for row, (query, other) in enumerate(
        zip(change.first_positions, change.second_positions, strict=True)
    ):
        assert one.tokens.pieces[query] == two.tokens.pieces[other]
        key, same = change.first_positions[0], change.second_positions[0]
        expected = two.head(0, 1)[other, same] - one.head(0, 1)[query, key]
        assert change.difference[row, 0] == pytest.approx(expected, abs=1e-6)
    apart = {one.tokens.texts[place] for place in change.unmatched_first}
    assert apart | {two.tokens.texts[place] for place in change.unmatched_second}
    assert len(change.first_positions) + len(change.unmatched_first) == len(one.tokens)
    assert len(change.second_positions) + len(change.unmatched_second) == len(two.tokens)


def test_rows_are_not_renormalised(bert):
    one, two = capture_attention(bert, FIRST), capture_attention(bert, "The animal, tired.")
    change = compare_attention(one.head(0, 1), one.tokens, two.head(0, 1), two.tokens)
    assert np.abs(change.difference.sum(-1)).max() > 0.01


def test_tokens_of_two_tokenizers_are_aligned_by_what_they_say(bert, model_folder):
    gpt2 = load_model(str(model_folder("gpt2")))
    one, two = bert.encode("was too tired"), gpt2.encode("was too tired")
    assert not set(one.pieces[1:-1]) >= set(two.pieces)
    found = align_tokens(one, two)
    assert len(found.first_positions) > 0
    for own, other in zip(found.first_positions, found.second_positions, strict=True):
        assert one.characters[own] == two.characters[other]


def test_texts_with_nothing_in_common_are_told(model_folder):
    gpt2 = load_model(str(model_folder("gpt2")))
    one, two = gpt2.encode("a"), gpt2.encode("7")
    with pytest.raises(InputError, match="no token in common"):
        compare_attention(np.ones((1, 1), np.float32), one, np.ones((1, 1), np.float32), two)
    with pytest.raises(InputError, match="2 × 3 do not belong to 1 tokens"):
        compare_attention(np.ones((2, 3), np.float32), one, np.ones((1, 1), np.float32), one)


def test_the_head_that_was_changed_is_the_most_changed_of_its_layer(model_folder, make_model):
    folder = model_folder("gpt2")
    before, after = load_model(str(folder)), load_model(str(folder))
    weight = after.network.transformer.h[1].attn.c_attn.weight
    weight.data[:, 16:24] = -weight.data[:, 16:24]  # the queries of head 2
    changed = most_changed_heads(attention_overview(before, FIRST), capture_attention(after, FIRST))
    assert changed.shape == (2, 4)
    assert changed[1, 2] > 0
    changed[1, 2] = 0
    assert not changed.any()


def test_heads_of_unlike_models_are_not_compared_one_by_one(bert, model_folder):
    other = load_model(str(model_folder("modernbert")))
    with pytest.raises(InputError, match=r"2 layers of 4 heads, .* has 3 of 4"):
        most_changed_heads(capture_attention(bert, FIRST), capture_attention(other, FIRST))
    bart = load_model(str(model_folder("bart")))
    cross = attention_overview(bart, FIRST, SECOND, stack="cross")
    with pytest.raises(InputError, match="two rows of tokens"):
        most_changed_heads(cross, cross)
