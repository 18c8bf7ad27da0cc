import io
import json

import numpy as np
import pytest

from core.attention import capture_attention
from core.errors import InputError
from core.export import NPZ_LIMIT, attention_npz, npz_bytes
from core.models import load_model


@pytest.fixture
def model(model_folder):
    return load_model(str(model_folder("bert")), device="cpu")


def test_the_archive_holds_every_weight_and_needs_no_pickle(model, provenance):
    capture = capture_attention(model, "The animal didn't cross the street.")
    file = np.load(io.BytesIO(attention_npz(capture, provenance)), allow_pickle=False)
    assert file["weights"].dtype == np.float32
    assert np.array_equal(file["weights"], capture.weights)
    assert tuple(file["token_ids"]) == capture.tokens.ids
    assert tuple(file["tokens"]) == capture.tokens.texts
    assert json.loads(str(file["provenance"])) == dict(provenance.items())


def test_the_archive_holds_the_layers_asked_for(model, provenance):
    capture = capture_attention(model, "The animal", heads=[1])
    file = np.load(io.BytesIO(attention_npz(capture, provenance, layers=[1])))
    assert file["layers"].tolist() == [1]
    assert file["heads"].tolist() == [1]
    assert np.array_equal(file["weights"], capture.weights[1:])


def test_a_seq2seq_archive_holds_all_three_stacks(model_folder, provenance):
    model = load_model(str(model_folder("bart")), device="cpu")
    capture = capture_attention(model, "The animal didn't cross.", "The street")
    file = np.load(io.BytesIO(attention_npz(capture, provenance)))
    for name, stack in (("decoder", capture.decoder), ("cross", capture.cross)):
        assert np.array_equal(file[f"{name}_weights"], stack.weights)
    assert tuple(file["decoder_token_ids"]) == capture.decoder_tokens.ids


def test_the_estimate_is_the_size_of_the_weights(model):
    capture = capture_attention(model, "The animal didn't cross the street.")
    assert npz_bytes(capture) == capture.weights.nbytes
    assert npz_bytes(capture, layers=[0]) == capture.weights[0].nbytes


def test_too_many_weights_are_refused_with_layers_that_fit(model, provenance, monkeypatch):
    capture = capture_attention(model, "The animal didn't cross the street.")
    monkeypatch.setattr("core.export.arrays.NPZ_LIMIT", npz_bytes(capture, layers=[0]) + 8)
    with pytest.raises(InputError, match="Choose at most 1 layers, such as 0 to 0"):
        attention_npz(capture, provenance)
    assert attention_npz(capture, provenance, layers=[1])
    monkeypatch.setattr("core.export.arrays.NPZ_LIMIT", 8)
    with pytest.raises(InputError, match="Use a part of the text"):
        attention_npz(capture, provenance, layers=[1])


def test_the_limit_lets_all_heads_of_the_built_in_encoder_at_512_tokens_pass():
    assert NPZ_LIMIT > 6 * 12 * 512 * 512 * 4


@pytest.mark.parametrize("layers", [[], [9], [-1]])
def test_layers_that_are_not_there_are_refused(model, provenance, layers):
    capture = capture_attention(model, "The animal")
    with pytest.raises(InputError, match="layer"):
        attention_npz(capture, provenance, layers=layers)
