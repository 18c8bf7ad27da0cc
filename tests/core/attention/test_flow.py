"""Attention rollout by its definition (Abnar and Zuidema 2020, ``attention_flow``)."""

from __future__ import annotations

import numpy as np
import pytest

from core.attention import attention_rollout, capture_attention, rollout_of
from core.errors import InputError
from core.models import load_model

TEXT = "The animal didn't cross the street because it was too tired."
FIRST = np.array([[1.0, 0.0], [1.0, 0.0]])
SECOND = np.array([[0.0, 1.0], [0.0, 1.0]])


def stacked(*layers):
    """Weights of one head per layer. (layer, head, query, key)"""
    return np.array(layers, dtype=np.float32)[:, None]


def reference(weights):
    """The definition, written out in float64."""
    identity = np.eye(weights.shape[-1])
    rolled = identity
    for layer in weights.astype(np.float64):
        mixed = layer.mean(0) + identity
        rolled = (mixed / mixed.sum(-1, keepdims=True)) @ rolled
    return rolled


def test_two_layers_that_do_not_commute_expose_a_reversed_product():
    """By hand: A'₁ = [[1, 0], [½, ½]], A'₂ = [[½, ½], [0, 1]], and J = A'₂ · A'₁."""
    rolled = attention_rollout(stacked(FIRST, SECOND))
    assert np.allclose(rolled, [[0.75, 0.25], [0.5, 0.5]])
    assert not np.allclose(rolled, attention_rollout(stacked(SECOND, FIRST)))


def test_layers_that_look_at_themselves_move_nothing():
    assert np.array_equal(attention_rollout(stacked(*[np.eye(5)] * 4)), np.eye(5))


def test_one_layer_is_half_residual_and_half_the_mean_over_heads():
    weights = np.random.default_rng(0).dirichlet(np.ones(4), size=(1, 3, 4)).astype(np.float32)
    expected = (weights[0].mean(0) + np.eye(4)) / 2
    assert np.allclose(attention_rollout(weights), expected, atol=1e-6)


def test_rows_that_do_not_sum_to_one_are_made_to():
    weights = stacked(FIRST * 3)
    assert np.allclose(attention_rollout(weights), [[1, 0], [0.75, 0.25]])


@pytest.mark.parametrize("family", ["bert", "gpt2", "llama"])
def test_rows_sum_to_one_and_causal_stays_causal(family, model_folder):
    capture = capture_attention(load_model(str(model_folder(family))), TEXT)
    rolled = attention_rollout(capture.weights)
    assert rolled.dtype == np.float32
    assert np.allclose(rolled.sum(-1), 1, atol=1e-5)
    assert np.allclose(rolled, reference(capture.weights), atol=1e-6)
    if capture.causal:
        assert np.all(np.triu(rolled, 1) == 0)


def test_the_given_weights_are_left_as_they_are():
    weights = stacked(FIRST, SECOND)
    before = weights.copy()
    attention_rollout(weights)
    assert np.array_equal(weights, before)


@pytest.mark.parametrize(
    "shape", [(3, 3), (2, 3, 3), (1, 2, 3, 4), (0, 2, 3, 3), (2, 0, 3, 3), (1, 1, 1, 0), ()]
)
def test_another_shape_is_refused_in_a_sentence(shape):
    with pytest.raises(InputError, match="as many queries as keys; these are"):
        attention_rollout(np.zeros(shape, np.float32))


@pytest.mark.parametrize("family", ["llama", "albert", "modernbert"])
def test_layer_by_layer_equals_all_at_once(family, model_folder):
    capture = capture_attention(load_model(str(model_folder(family))), TEXT)
    assert np.array_equal(rollout_of(capture), attention_rollout(capture.weights))
    assert np.array_equal(rollout_of(capture.main), rollout_of(capture))
    assert np.array_equal(rollout_of(capture, layer=0), attention_rollout(capture.weights[:1]))


def test_a_text_of_one_token_reaches_itself(model_folder):
    capture = capture_attention(load_model(str(model_folder("gpt2"))), "a")
    assert np.array_equal(rollout_of(capture), [[1]])


def test_an_encoder_and_a_decoder_have_a_rollout_and_what_joins_them_has_none(model_folder):
    capture = capture_attention(load_model(str(model_folder("bart"))), TEXT, "le chat")
    assert np.array_equal(rollout_of(capture), attention_rollout(capture.weights))
    decoder = rollout_of(capture, stack="decoder")
    assert np.array_equal(decoder, attention_rollout(capture.decoder_weights))
    for call in (
        lambda: rollout_of(capture, stack="cross"),
        lambda: rollout_of(capture.cross),
    ):
        with pytest.raises(InputError, match="not defined where the queries are not the keys"):
            call()


def test_what_was_not_captured_is_told_in_a_sentence(model_folder):
    model = load_model(str(model_folder("llama")))
    with pytest.raises(InputError, match=r"row of every token: this capture holds 2 of \d+"):
        rollout_of(capture_attention(model, TEXT, queries=[2, 5]))
    with pytest.raises(InputError, match="starts at layer 0"):
        rollout_of(capture_attention(model, TEXT, layers=[1]))
    whole = capture_attention(model, TEXT)
    with pytest.raises(InputError, match="no layer 7: choose from 0 to 1"):
        rollout_of(whole, layer=7)
    with pytest.raises(InputError, match="holds no decoder"):
        rollout_of(whole, stack="decoder")
