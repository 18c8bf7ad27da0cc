"""Every step from q × k to the softmax, against the weights and the formula."""

from __future__ import annotations

import numpy as np
import pytest

from core.attention import capture_attention, query_key_detail, turns_vectors
from core.errors import InputError
from core.models import load_model

FAMILIES = (
    *("bert", "roberta", "distilbert", "albert", "modernbert"),
    *("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2"),
    *("bart", "marian", "t5"),
)
ROTARY = {"modernbert", "gpt_neox", "llama", "qwen3", "gemma2"}
TEXT = "The animal didn't cross the street because it was too tired."


@pytest.fixture(scope="module")
def captured(model_folder):
    """A capture by family, made at the first call."""
    made = {}

    def capture(family):
        if family not in made:
            pair = "Le chat est assis." if family in FAMILIES[-3:] else None
            made[family] = capture_attention(load_model(str(model_folder(family))), TEXT, pair)
        return made[family]

    return capture


def softmax(scores):
    powers = np.exp(scores.astype(np.float64) - scores.max())
    return powers / powers.sum()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_weights_are_the_heads_own_row(family, captured):
    capture = captured(family)
    for layer, head, query in [(0, 0, 0), (1, 3, 5), (1, 1, len(capture.tokens) - 1)]:
        detail = query_key_detail(capture, layer, head, query)
        row = capture.head(layer, head)[query]
        assert np.abs(detail.weights - row).max() <= 1e-6
        assert np.allclose(detail.scores, capture.main.head_scores(layer, head)[query], atol=1e-5)
        assert detail.weights.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_step_follows_from_the_one_before(family, captured):
    """Vaswani et al. 2017, eq. 1; Gemma 2's cap and T5's bias as their own code adds them."""
    detail = query_key_detail(captured(family), 1, 2, 6)
    assert np.array_equal(detail.products, detail.query_vector * detail.key_vectors)
    assert np.allclose(detail.dot, detail.key_vectors @ detail.query_vector, atol=1e-4)
    assert np.allclose(detail.scaled, detail.dot * detail.scaling, atol=1e-5)
    scores = detail.scaled
    if detail.softcap is not None:
        scores = detail.softcap * np.tanh(scores / detail.softcap)
    if detail.bias is not None:
        scores = scores + detail.bias
    assert np.allclose(np.where(detail.seen, scores, -np.inf), detail.scores, atol=1e-5)
    assert np.allclose(softmax(detail.scores), detail.weights, atol=1e-6)
    assert (detail.softcap is None) == (family != "gemma2")
    assert (detail.bias is None) == (family != "t5")


@pytest.mark.parametrize("family", ["bart", "marian", "t5"])
def test_a_decoder_and_what_joins_it_to_the_source_have_details_too(family, captured):
    capture = captured(family)
    for stack in (capture.decoder, capture.cross):
        detail = query_key_detail(stack, 1, 2, 3)
        assert np.abs(detail.weights - stack.head(1, 2)[3]).max() <= 1e-6
    assert not query_key_detail(capture.decoder, 1, 2, 3).seen[4:].any()
    assert query_key_detail(capture.cross, 1, 2, 3).seen.all()
    assert len(query_key_detail(capture.cross, 1, 2, 3).weights) == len(capture.tokens)


def test_later_keys_of_a_causal_model_are_not_seen(captured):
    detail = query_key_detail(captured("llama"), 0, 1, 4)
    assert detail.seen.tolist() == [key <= 4 for key in range(len(detail.seen))]
    assert np.isneginf(detail.scores[5:]).all()
    assert (detail.weights[5:] == 0).all()
    assert np.isfinite(detail.dot).all()


@pytest.mark.parametrize("family", ["gemma2", "modernbert"])
def test_keys_outside_a_sliding_window_are_not_seen(family, captured):
    capture = captured(family)
    unseen = [
        query_key_detail(capture, layer, 0, len(capture.tokens) - 1).seen[0]
        for layer in capture.layers
    ]
    assert False in unseen


def test_heads_that_share_keys_name_the_same_key_head(captured):
    """Ainslie et al. 2023 (grouped queries): four heads, two of keys."""
    details = [query_key_detail(captured("llama"), 1, head, 3) for head in range(4)]
    assert [detail.kv_head for detail in details] == [0, 0, 1, 1]
    assert np.array_equal(details[0].key_vectors, details[1].key_vectors)
    assert not np.array_equal(details[1].key_vectors, details[2].key_vectors)
    own = [query_key_detail(captured("bert"), 1, head, 3).kv_head for head in range(4)]
    assert own == [0, 1, 2, 3]


def test_of_some_rows_and_heads_the_detail_is_the_same(captured, model_folder):
    model = load_model(str(model_folder("t5")))
    some = capture_attention(model, TEXT, layers=[1], heads=[3, 1])
    ours, whole = (query_key_detail(part, 1, 3, 6) for part in (some, captured("t5")))
    assert np.allclose(ours.weights, whole.weights, atol=1e-6)
    assert np.allclose(ours.bias, whole.bias)
    assert ours.kv_head is None
    model = load_model(str(model_folder("llama")))
    some = capture_attention(model, TEXT, queries=[2, 5])
    ours, whole = (query_key_detail(part, 1, 3, 5) for part in (some, captured("llama")))
    assert np.allclose(ours.weights, whole.weights, atol=1e-6)
    assert np.array_equal(ours.seen, whole.seen)
    with pytest.raises(InputError, match="no query at token 4: it holds 2, 5"):
        query_key_detail(some, 1, 3, 4)


def test_a_layer_head_or_token_that_is_not_there_is_told_in_a_sentence(captured):
    capture = captured("bert")
    last = len(capture.tokens) - 1
    with pytest.raises(InputError, match="does not hold layer 9"):
        query_key_detail(capture, 9, 0, 0)
    with pytest.raises(InputError, match="does not hold head 12"):
        query_key_detail(capture, 0, 12, 0)
    for query in (-1, last + 1):
        with pytest.raises(InputError, match=f"no query at token {query}: it holds 0–{last}"):
            query_key_detail(capture, 0, 0, query)


def test_a_text_of_one_token_has_one_weight_of_one(model_folder):
    capture = capture_attention(load_model(str(model_folder("llama"))), "a")
    detail = query_key_detail(capture, 1, 0, 0)
    assert detail.weights.tolist() == [1]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_network_tells_whether_positions_turn_the_vectors(family, captured, model_folder):
    model = load_model(str(model_folder(family)))
    turned = turns_vectors(model, 0)
    assert turned == (family in ROTARY)
    assert query_key_detail(captured(family), 0, 0, 0, rotary=turned).rotary is turned
    assert not turns_vectors(model, 0, stack="cross")


def test_layers_that_leave_rotary_embedding_out_are_known(model_folder):
    """SmolLM3 and Llama 4 list them in ``no_rope_layers``: 1 where a layer is turned."""
    model = load_model(str(model_folder("llama")))
    model.network.config.no_rope_layers = [1, 0]
    assert [turns_vectors(model, layer) for layer in (0, 1)] == [True, False]


@pytest.mark.models
@pytest.mark.parametrize("name", ["minilm-l6", "smollm2-135m-instruct"])
def test_the_built_in_models_large_vectors_give_the_heads_own_row_too(name):
    capture = capture_attention(load_model(name), TEXT * 8, layers=[0, 5])
    query = len(capture.tokens) - 1
    for layer in (0, 5):
        for head in capture.heads:
            detail = query_key_detail(capture, layer, head, query)
            assert np.abs(detail.weights - capture.head(layer, head)[query]).max() <= 1e-6
            assert np.allclose(detail.scaled[detail.seen], detail.scores[detail.seen], atol=1e-4)
