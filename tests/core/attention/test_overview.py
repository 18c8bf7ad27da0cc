"""The first look at a text: its own stack, a decoder's, and one across."""

from __future__ import annotations

import numpy as np
import pytest

from core.attention import (
    THUMBNAIL_SIDE,
    attention_overview,
    capture_attention,
    head_profile,
    pooled_heads,
)
from core.errors import InputError, UnsupportedError
from core.models import load_model

TEXT = "The animal didn't cross the street because it was too tired."
TARGET = "Le chat est assis sur le tapis."


@pytest.mark.parametrize("family", ["bert", "llama"])
def test_an_overview_keeps_the_profile_and_small_thumbnails(family, model_folder):
    model = load_model(str(model_folder(family)))
    overview = attention_overview(model, TEXT)
    assert overview.profile.equals(head_profile(overview.capture))
    exact = pooled_heads(overview.capture, side=THUMBNAIL_SIDE)
    assert overview.thumbnails.dtype == np.float32
    assert np.abs(overview.thumbnails - exact).max() < 0.004
    assert overview.steps.nbytes * 4 == exact.nbytes
    assert overview.query_tokens is overview.key_tokens is overview.capture.tokens
    assert overview.stack == "self"
    assert overview.causal == (family == "llama")
    assert overview.special_queries == overview.special_positions
    assert overview.nbytes > overview.capture.nbytes + overview.steps.nbytes


@pytest.mark.parametrize("family", ["bart", "marian", "t5"])
def test_all_three_stacks_of_an_encoder_decoder_have_an_overview(family, model_folder):
    model = load_model(str(model_folder(family)))
    for stack in ("self", "decoder", "cross"):
        overview = attention_overview(model, TEXT, TARGET, stack=stack)
        rows, columns = len(overview.query_tokens), len(overview.key_tokens)
        weights = overview.attention.weights
        assert weights.shape == (2, 4, rows, columns)
        assert overview.thumbnails.shape == weights.shape
        assert (overview.query_tokens is overview.key_tokens) == (stack != "cross")
        assert overview.causal == (stack == "decoder")
        assert len(overview.notable) == 6
        assert overview.place(1, 3) == (1, 3)
        assert overview.place(9, 9) == (overview.notable[0].layer, overview.notable[0].head)
        for layer in overview.layers:
            for head in overview.heads:
                pointer = overview.strongest(layer, head)
                own = overview.attention.head(layer, head)
                assert own[pointer.query, pointer.key] == pytest.approx(pointer.weight)
                assert not overview.key_tokens.special[pointer.key]
                assert not overview.query_tokens.special[pointer.query]


def test_the_heads_of_a_cross_stack_are_those_that_point_most_in_different_layers(model_folder):
    model = load_model(str(model_folder("bart")))
    overview = attention_overview(model, TEXT, TARGET, stack="cross")
    assert overview.known == {}
    assert overview.known_for(0, 0) is None
    assert {head.label for head in overview.notable} == {""}
    assert {head.layer for head in overview.notable[:2]} == {0, 1}
    best = overview.profile.sort_values("pointed").iloc[-1]
    assert (overview.notable[0].layer, overview.notable[0].head) == (best["layer"], best["head"])
    words = np.ix_(~np.array(overview.query_tokens.special), ~np.array(overview.key_tokens.special))
    own = overview.attention.head(int(best["layer"]), int(best["head"]))
    assert best["pointed"] == pytest.approx(own[words].max())
    assert "previous" not in overview.profile.columns


def test_a_target_may_be_tokens(model_folder):
    model = load_model(str(model_folder("t5")))
    target = model.encode_target(TARGET)
    ours, theirs = (capture_attention(model, TEXT, pair) for pair in (target, TARGET))
    assert np.array_equal(ours.cross_weights, theirs.cross_weights)
    assert ours.decoder_tokens == theirs.decoder_tokens
    bert = load_model(str(model_folder("bert")))
    with pytest.raises(UnsupportedError, match="give the second text as text"):
        capture_attention(bert, TEXT, bert.encode(TARGET))


@pytest.mark.parametrize("stack", ["decoder", "cross", "sideways"])
def test_a_stack_that_the_model_has_not_is_told(stack, model_folder):
    model = load_model(str(model_folder("bert")))
    with pytest.raises(InputError, match=f"no “{stack}” attention"):
        attention_overview(model, TEXT, stack=stack)


def test_a_start_token_alone_has_an_overview(model_folder):
    model = load_model(str(model_folder("bart")))
    for stack in ("decoder", "cross"):
        overview = attention_overview(model, TEXT, stack=stack)
        assert len(overview.query_tokens) == 1
        assert overview.strongest(0, 0) is None


@pytest.mark.models
def test_the_head_from_it_to_animal_is_among_the_first_six():
    """interface.md: layer 3 head 1 of the built-in encoder looks from "it" to "animal"."""
    overview = attention_overview(load_model("minilm-l6"), TEXT)
    assert (3, 1) in [(head.layer, head.head) for head in overview.notable]
    tokens = overview.capture.tokens.texts
    pointer = overview.strongest(3, 1)
    assert (tokens[pointer.query], tokens[pointer.key]) == ("it", "animal")


def test_heads_are_ranked_by_a_column_of_their_profile(model_folder):
    overview = attention_overview(load_model(str(model_folder("bert"))), TEXT)
    ranked = overview.ranked("previous")
    assert len(ranked) == overview.head_count
    assert [score for _place, score in ranked] == sorted(overview.profile["previous"], reverse=True)
    place, score = ranked[0]
    assert overview.scores(*place)["previous"] == pytest.approx(score)
    assert "label" not in overview.scores(*place)


def test_where_a_head_points_from_one_token_leaves_sinks_specials_and_itself_out(model_folder):
    overview = attention_overview(load_model(str(model_folder("bert"))), TEXT)
    weights = overview.attention.head(0, 1)
    pointer = overview.strongest_from(0, 1, 4)
    aside = {4, *overview.special_positions, *overview.sink_positions}
    words = [key for key in range(weights.shape[1]) if key not in aside]
    assert pointer.query == 4
    assert pointer.key == max(words, key=lambda key: weights[4, key])
    assert pointer.weight == weights[4, pointer.key]
