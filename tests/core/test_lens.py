"""The logit lens: the last layer is the model's own, earlier ones go through the same end."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

from core.errors import InputError, UnsupportedError
from core.lens import layer_logits, logit_lens
from core.models import load_model

TEXT = "The animal didn't cross the street because it was too tired."
TARGET = "Le chat est assis sur le tapis."
FAMILIES = (
    *("bert", "roberta", "distilbert", "albert", "modernbert"),
    *("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2"),
    *("bart", "marian", "t5"),
)


def own_logits(model, pair):
    target = model.encode_target(pair) if model.kind == "seq2seq" else None
    with torch.inference_mode():
        return model.network(**model.inputs(model.encode(TEXT), target)).logits[0].numpy()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_last_layers_logits_are_the_models_own(family, model_folder):
    model = load_model(str(model_folder(family)))
    pair = TARGET if model.kind == "seq2seq" else None
    expected = own_logits(model, pair)
    assert np.allclose(layer_logits(model, TEXT, pair, layer=-1), expected, atol=2e-5, rtol=1e-5)
    found = logit_lens(model, TEXT, pair, top_k=3)
    layers = model.shape.decoder_layers or model.shape.layers
    assert found.top_ids.shape == found.top_probabilities.shape == (layers + 1, len(expected), 3)
    chances = torch.softmax(torch.tensor(expected), dim=-1).numpy()
    own = np.take_along_axis(chances, found.top_ids[-1], axis=1)
    assert np.allclose(found.top_probabilities[-1], own, atol=1e-5)
    assert np.allclose(own, -np.sort(-chances)[:, :3], atol=1e-5)


def hidden_states(folder, model, network_class):
    """transformers' own: the embedding, then what each layer gives."""
    network = network_class.from_pretrained(folder).eval()
    with torch.inference_mode():
        states = network(**model.inputs(model.encode(TEXT)), output_hidden_states=True)
    return network, [state[0] for state in states.hidden_states]


@pytest.mark.parametrize(
    ("family", "norm"),
    [
        ("gpt2", "transformer.ln_f"),
        ("llama", "model.norm"),
        ("gpt_neox", "gpt_neox.final_layer_norm"),
    ],
)
def test_earlier_layers_go_through_the_final_norm(family, norm, model_folder):
    """Known trap: the last hidden state of these is normed already, earlier ones are not."""
    folder = model_folder(family)
    model = load_model(str(folder))
    network, states = hidden_states(folder, model, AutoModelForCausalLM)
    for layer, state in enumerate(states[:-1]):
        with torch.inference_mode():
            expected = network.get_output_embeddings()(network.get_submodule(norm)(state))
        assert np.allclose(layer_logits(model, TEXT, layer=layer), expected, atol=1e-4)


def test_earlier_layers_of_bert_go_through_the_transform_of_its_head(model_folder):
    folder = model_folder("bert")
    model = load_model(str(folder))
    network, states = hidden_states(folder, model, AutoModelForMaskedLM)
    for layer, state in enumerate(states):
        with torch.inference_mode():
            expected = network.cls(state)
        assert np.allclose(layer_logits(model, TEXT, layer=layer), expected, atol=1e-5)


def test_a_cap_on_logits_is_kept(tmp_path, make_model):
    """Gemma 2 bends its logits after the vocabulary."""
    model = load_model(str(make_model("gemma2", tmp_path, final_logit_softcapping=0.5)))
    assert np.abs(layer_logits(model, TEXT, layer=0)).max() < 0.5


def test_chosen_positions_read_what_all_positions_read(model_folder):
    model = load_model(str(model_folder("bert")))
    whole = logit_lens(model, TEXT, top_k=4)
    some = logit_lens(model, TEXT, top_k=4, positions=[5, 2])
    assert some.positions == (5, 2)
    assert (some.top_ids == whole.top_ids[:, [5, 2]]).all()
    assert np.allclose(some.top_probabilities, whole.top_probabilities[:, [5, 2]], atol=1e-6)
    assert some.top_texts[0][1] == whole.top_texts[0][2]
    assert np.allclose(some.entropies, whole.entropies[:, [5, 2]], atol=1e-5)


def test_logits_are_made_a_part_at_a_time_where_they_are_many(model_folder, monkeypatch):
    model = load_model(str(model_folder("gpt2")))
    whole = logit_lens(model, TEXT)
    monkeypatch.setattr("core.lens.tail._LOGITS_AT_ONCE", model.shape.vocab * 3)
    parts = logit_lens(model, TEXT)
    assert (parts.top_ids == whole.top_ids).all()
    assert np.allclose(parts.answer_probabilities, whole.answer_probabilities, atol=1e-6)


def test_answers_are_followed_through_the_layers(model_folder):
    model = load_model(str(model_folder("gpt2")))
    own = logit_lens(model, TEXT, top_k=2)
    assert own.answers == tuple(own.top_ids[-1, :, 0])
    assert (own.answer_ranks[-1] == 1).all()
    assert np.allclose(own.answer_probabilities[-1], own.top_probabilities[-1, :, 0])
    other = logit_lens(model, TEXT, positions=[3], answers=[9], top_k=10_000)
    for layer in range(3):
        rank = int(other.answer_ranks[layer, 0])
        assert other.top_ids[layer, 0, rank - 1] == 9
    with pytest.raises(InputError, match="each of the 1 positions"):
        logit_lens(model, TEXT, positions=[3], answers=[9, 9])


def test_the_shared_network_is_left_as_it_was(model_folder):
    model = load_model(str(model_folder("gpt2")))
    before = own_logits(model, None)
    logit_lens(model, TEXT)
    assert (own_logits(model, None) == before).all()


def test_what_is_not_there_and_what_predicts_nothing_is_told(model_folder, tmp_path, make_model):
    model = load_model(str(model_folder("gpt2")))
    with pytest.raises(InputError, match="There is no token 99"):
        logit_lens(model, TEXT, positions=[99])
    with pytest.raises(InputError, match="No token was chosen"):
        logit_lens(model, TEXT, positions=[])
    folder = make_model("bert", tmp_path)
    load_model(str(folder)).network.base_model.save_pretrained(folder)
    with pytest.raises(UnsupportedError, match="Attention"):
        logit_lens(load_model(str(folder)), TEXT)
    hidden = load_model(str(model_folder("bloom")))
    with pytest.raises(UnsupportedError, match="cannot be found"):
        logit_lens(hidden, TEXT)
