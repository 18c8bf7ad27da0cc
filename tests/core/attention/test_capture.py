"""What a capture keeps, what it refuses, and that nobody sees another's recording."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from transformers.integrations import sdpa_attention

from core.attention import capture_attention, tap
from core.errors import InputError, TextError, UnsupportedError
from core.models import load_model

TEXT = "The animal didn't cross the street because it was too tired."


@pytest.fixture(scope="module")
def llama(model_folder):
    return load_model(str(model_folder("llama")))


@pytest.fixture(scope="module")
def bert(model_folder):
    return load_model(str(model_folder("bert")))


@pytest.mark.parametrize("family", ["llama", "t5", "modernbert", "albert"])
def test_chosen_layers_heads_and_queries_equal_the_same_part_of_everything(family, model_folder):
    model = load_model(str(model_folder(family)))
    whole = capture_attention(model, TEXT, vectors=True)
    rows = None if family == "t5" else [2, 5]
    part = capture_attention(model, TEXT, layers=[1], heads=[3, 1], queries=rows, vectors=True)
    chosen = slice(None) if rows is None else rows
    assert part.layers == (1,)
    assert part.heads == (3, 1)
    assert np.allclose(part.weights[0], whole.weights[1][[3, 1]][:, chosen], atol=1e-7)
    assert np.allclose(part.head(1, 3), part.weights[0, 0], atol=1e-7)
    assert np.allclose(part.keys[0], whole.keys[1][[3, 1]])
    assert np.allclose(part.values[0], whole.values[1][[3, 1]])
    assert part.nbytes < whole.nbytes
    if rows:
        assert part.queries_kept == (2, 5)


@pytest.mark.parametrize("family", ["bert", "llama", "t5"])
def test_weights_are_the_softmax_of_the_scores(family, model_folder):
    capture = capture_attention(load_model(str(model_folder(family))), TEXT, scores=True)
    weights = torch.softmax(torch.from_numpy(capture.scores), -1).numpy()
    assert np.allclose(weights, capture.weights, atol=1e-6)
    if capture.causal:
        assert np.isneginf(capture.scores[..., 0, 1]).all()


def test_scores_are_the_products_of_queries_and_keys(llama):
    capture = capture_attention(llama, TEXT)
    products = capture.queries @ capture.keys.swapaxes(-1, -2) / np.sqrt(8)
    seen = np.tril(np.ones(products.shape[-2:], dtype=bool))
    assert np.allclose(products[..., seen], capture.scores[..., seen], atol=1e-5)
    query, key = capture.main.head_vectors(1, 2)
    assert np.array_equal(query, capture.queries[1, 2])
    assert np.array_equal(key, capture.keys[1, 2])


def test_the_four_blocks_of_a_pair_rebuild_the_whole(bert):
    """bertviz: AA, AB, BA, BB."""
    capture = capture_attention(bert, "the street", "it was wide")
    cut = capture.tokens.types.index(1)
    weights = capture.weights
    top = np.concatenate([weights[..., :cut, :cut], weights[..., :cut, cut:]], -1)
    below = np.concatenate([weights[..., cut:, :cut], weights[..., cut:, cut:]], -1)
    assert np.array_equal(np.concatenate([top, below], -2), weights)
    assert (capture.weights[..., 1, cut:] > 0).any()


def test_a_text_is_cut_at_the_limit_and_at_what_the_model_takes(bert):
    capture = capture_attention(bert, "the street " * 200, limit=12)
    assert capture.weights.shape == (2, 4, 12, 12)
    assert capture.tokens.cut.limit == 12
    assert len(capture_attention(bert, "the street " * 200).tokens) == 64


def test_tokens_of_generated_ids_are_captured_as_they_are(llama):
    tokens = llama.reader.read_ids(llama.encode(TEXT).ids)
    assert np.array_equal(
        capture_attention(llama, tokens).weights, capture_attention(llama, TEXT).weights
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"layers": [2]}, "no layer 2: choose from 0 to 1"),
        ({"heads": [-1]}, "no head -1: choose from 0 to 3"),
        ({"queries": [99]}, "no token 99"),
        ({"layers": []}, "No layer was chosen"),
    ],
)
def test_numbers_that_are_not_there_are_named(options, says, bert):
    with pytest.raises(InputError, match=says):
        capture_attention(bert, TEXT, **options)
    capture = capture_attention(bert, TEXT, layers=[1])
    with pytest.raises(InputError, match="does not hold layer 0: it holds 1"):
        capture.head(0, 0)
    with pytest.raises(TextError):
        capture_attention(bert, "")


def test_a_model_with_attention_of_its_own_loads_but_is_not_captured(model_folder):
    model = load_model(str(model_folder("bloom")))
    assert model.kind == "causal"
    assert (model.shape.layers, model.shape.heads) == (2, 4)
    with pytest.raises(UnsupportedError, match="in a way of its own"):
        capture_attention(model, TEXT)


def test_without_a_recorder_transformers_own_sdpa_is_called(bert, monkeypatch):
    calls = []

    def noted(*arguments, **options):
        calls.append(options)
        return sdpa_attention.sdpa_attention_forward(*arguments, **options)

    monkeypatch.setattr(tap, "sdpa_attention_forward", noted)
    monkeypatch.setattr(tap.AttentionCall, "attended", lambda _call: pytest.fail("not plain"))
    with torch.inference_mode():
        bert.network(**bert.inputs(bert.encode(TEXT)))
    assert len(calls) == 2
    assert "recorder" not in calls[0]


def test_a_pass_ends_after_the_last_layer_asked_for(llama, monkeypatch):
    ran = []
    handle = llama.network.model.layers[1].register_forward_pre_hook(lambda *_: ran.append(1))
    capture_attention(llama, TEXT, layers=[0])
    assert not ran
    capture_attention(llama, TEXT)
    assert ran
    handle.remove()


@pytest.mark.parametrize(("encoder", "decoder"), [((3, 4), (2, 2)), ((1, 2), (2, 4))])
def test_encoder_and_decoder_may_differ_in_layers_and_heads(encoder, decoder, tmp_path, make_model):
    sizes = dict(zip(("encoder_layers", "encoder_attention_heads"), encoder, strict=True))
    sizes |= dict(zip(("decoder_layers", "decoder_attention_heads"), decoder, strict=True))
    model = load_model(str(make_model("bart", tmp_path / "bart", **sizes)))
    capture = capture_attention(model, "the street", "the animal")
    shapes = [capture.weights.shape, capture.decoder_weights.shape, capture.cross_weights.shape]
    assert [shape[:2] for shape in shapes] == [encoder, decoder, decoder]
    capture = capture_attention(model, "the street", layers=[encoder[0] - 1], heads=[1])
    assert (capture.layers, capture.heads) == ((encoder[0] - 1,), (1,))
    if encoder[0] > decoder[0]:
        assert (capture.decoder, capture.cross_weights) == (None, None)
    else:
        assert (capture.decoder.layers, capture.cross.heads) == ((0,), (1,))


def test_two_threads_record_different_texts_on_one_network(llama):
    texts = [f"The {word} street is wide and it was " + word for word in ("animal", "cross")]
    expected = [capture_attention(llama, text).weights for text in texts]

    def work(place):
        for _round in range(15):
            if not np.array_equal(capture_attention(llama, texts[place]).weights, expected[place]):
                return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(work, (0, 1))) == [True, True]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("family", ["bert", "llama", "t5"])
def test_a_gpu_gives_the_same_weights_to_1e_4(family, model_folder):
    here = capture_attention(load_model(str(model_folder(family)), device="cpu"), TEXT)
    there = capture_attention(load_model(str(model_folder(family)), device="cuda"), TEXT)
    assert np.allclose(here.weights, there.weights, atol=1e-4)
