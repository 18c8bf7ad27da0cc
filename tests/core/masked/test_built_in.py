"""The masked model that comes with Headlight, on real sentences."""

from __future__ import annotations

import numpy as np
import pytest

from core.lens import logit_lens
from core.masked import (
    fill_steps,
    next_sentence_probability,
    predict_masks,
    pseudo_log_likelihood,
)

pytestmark = pytest.mark.models


def test_a_sensible_word_is_among_the_first_five(built_in):
    (found,) = predict_masks(built_in, "She opened the [MASK] and walked into the room.", top_k=5)
    assert {"door", "house", "room", "window"} & set(found.texts)


def test_three_masks_are_filled_to_a_sentence_without_masks(built_in):
    text = "The [MASK] of the [MASK] is the [MASK]."
    for order in ("confidence", "left", "right"):
        *_rest, last = fill_steps(built_in, text, order=order)
        assert built_in.tokenizer.mask_token_id not in last.tokens.ids


def test_a_sentence_is_more_probable_than_its_words_in_disorder(built_in):
    usual = pseudo_log_likelihood(built_in, "The people of this country want peace.")
    mixed = pseudo_log_likelihood(built_in, "Country the want this of peace people.")
    assert usual.total > mixed.total


def test_the_last_layer_of_the_lens_is_what_is_predicted(built_in):
    text = "The capital of France is [MASK]."
    (found,) = predict_masks(built_in, text)
    lens = logit_lens(built_in, text, positions=[found.position])
    assert lens.top_ids.shape == (7, 1, 10)
    assert tuple(lens.top_ids[-1, 0]) == found.token_ids
    assert np.allclose(lens.top_probabilities[-1, 0], found.probabilities, atol=1e-5)


def test_a_sentence_of_the_same_subject_is_rather_the_next_one(built_in):
    first = "The committee met in the morning to discuss the new budget."
    follows = next_sentence_probability(built_in, first, "It voted on the proposal before noon.")
    other = next_sentence_probability(built_in, first, "Penguins are birds that cannot fly.")
    assert follows > other
