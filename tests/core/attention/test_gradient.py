"""Gradient × input: exact where the model is linear, else the slope along each token's vector."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from core.attention import capture_attention, choose_target, gradient_times_input
from core.attention.target import Target
from core.errors import InputError, UnsupportedError
from core.models import load_model

MASKED = ("bert", "roberta", "distilbert", "albert", "modernbert")
CAUSAL = ("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "bloom")
TWO_STACKS = ("bart", "marian", "t5")
# Measured over a kink of ReLU a slope is off by its jump: these families get a smooth activation.
SMOOTH = {
    "opt": {"activation_function": "gelu"},
    "t5": {"feed_forward_proj": "gelu"},
}
TEXT = "The animal didn't cross the {} street."
PAIR = "Le chat est assis."


class Linear(nn.Module):
    """A network whose vectors are a linear map of the sum of the tokens'."""

    def __init__(self, vocabulary, size=6):
        super().__init__()
        torch.manual_seed(0)
        self.tokens = nn.Embedding(vocabulary, size)
        self.map = nn.Linear(size, size, bias=False)
        self.requires_grad_(requires_grad=False)
        self.base_model = self

    def get_input_embeddings(self):
        return self.tokens

    def forward(self, input_ids, **_others):
        vectors = self.map(self.tokens(input_ids).sum(1, keepdim=True))
        return {"last_hidden_state": vectors.expand(-1, input_ids.shape[1], -1)}


def prepared(model):
    """Text, pair, tokens and the natural target of ``model``."""
    text = TEXT.format(model.tokenizer.mask_token if model.kind == "masked" else "wide")
    pair = PAIR if model.kind == "seq2seq" else None
    tokens = model.encode_source(text, pair)
    read = model.encode_target(pair) if pair else None
    return text, pair, tokens, choose_target(model, tokens, target=read)


@contextmanager
def one_vector_scaled(network, place, factor):
    """The vector of the token at ``place``, as it is looked up first, times ``factor``."""
    weight = network.get_input_embeddings().weight
    ran = []

    def scaled(_module, _args, output):
        if ran:
            return output
        ran.append(True)
        output = output.clone()
        output[:, place] *= factor
        return output

    handles = [
        module.register_forward_hook(scaled)
        for module in network.modules()
        if isinstance(module, nn.Embedding) and module.weight is weight
    ]
    yield
    for handle in handles:
        handle.remove()


def slope(model, inputs, target, place, step=1e-3):
    """The change of the target per relative change of one token's vector, measured."""
    sides = []
    for factor in (1 + step, 1 - step):
        with one_vector_scaled(model.network, place, factor), torch.no_grad():
            logits = model.network(**inputs).logits[0, target.position]
        sides.append(float(torch.log_softmax(logits.double(), -1)[target.token_id]))
    return (sides[0] - sides[1]) / (2 * step)


def test_of_a_linear_model_the_attribution_is_exact(model_folder):
    """Euler: |h| of a linear map is the sum of its tokens' shares ĥ · W e, with no rest."""
    bert = load_model(str(model_folder("bert")))
    network = Linear(bert.shape.vocab)
    model = replace(bert, network=network, kind="encoder")
    tokens = model.encode("the street is wide")
    found = gradient_times_input(model, tokens, target=choose_target(model, tokens))
    parts = network.map(network.tokens(torch.tensor(tokens.ids)))  # (token, size)
    whole = parts.sum(0)
    expected = (parts @ (whole / whole.norm())).numpy()
    assert np.allclose(found.values, expected, atol=1e-6)
    assert found.values.sum() == pytest.approx(found.score, abs=1e-5)
    assert found.score == pytest.approx(float(whole.norm()), abs=1e-6)


@pytest.mark.parametrize("family", [*MASKED, *CAUSAL, *TWO_STACKS])
def test_of_every_family_it_is_the_slope_along_each_tokens_vector(family, make_model, tmp_path):
    """Finite differences, in float64."""
    model = load_model(str(make_model(family, tmp_path / family, **SMOOTH.get(family, {}))))
    assert not any(isinstance(part, nn.ReLU) for part in model.network.modules())
    model.network.double()
    text, pair, tokens, target = prepared(model)
    found = gradient_times_input(model, text, pair, target=target)
    assert found.tokens == tokens
    assert found.values.dtype == np.float32
    assert found.values.shape == (len(tokens),)
    inputs = model.inputs(tokens, model.encode_target(pair) if pair else None)
    places = range(0, len(tokens), 3)
    step = 1e-2 if family == "t5" else 1e-3  # its softmax computes in float32, whatever comes in
    measured = [slope(model, inputs, target, place, step) for place in places]
    largest = np.abs(found.values).max()
    assert largest > 1e-6  # far above the rounding of float64
    assert np.allclose(found.values[list(places)], measured, atol=2e-3 * largest)


def test_marians_scaled_vectors_count_as_the_model_scales_them(tmp_path, make_model):
    """Passed in as ``inputs_embeds`` they would not be scaled."""
    model = load_model(str(make_model("marian", tmp_path / "marian", scale_embedding=True)))
    model.network.double()
    text, pair, tokens, target = prepared(model)
    found = gradient_times_input(model, text, pair, target=target)
    inputs = model.inputs(tokens, model.encode_target(pair))
    measured = [slope(model, inputs, target, place) for place in range(len(tokens))]
    assert np.allclose(found.values, measured, atol=2e-3 * np.abs(found.values).max())


@pytest.mark.parametrize("family", ["bert", "llama", "bart"])
def test_the_score_is_the_log_probability_of_a_plain_pass(family, model_folder):
    model = load_model(str(model_folder(family)))
    text, pair, tokens, target = prepared(model)
    found = gradient_times_input(model, text, pair, target=target)
    inputs = model.inputs(tokens, model.encode_target(pair) if pair else None)
    with torch.inference_mode():
        logits = model.network(**inputs).logits[0, target.position]
    plain = torch.log_softmax(logits, -1)[target.token_id]
    assert found.score == pytest.approx(float(plain), abs=1e-5)


@pytest.mark.parametrize("family", ["bert", "gpt2"])
def test_the_length_of_a_vector_is_a_target_of_any_model_that_has_one(family, model_folder):
    model = load_model(str(model_folder(family)))
    text, _pair, tokens, _target = prepared(model)
    target = choose_target(model, tokens, position=3, kind="vector")
    found = gradient_times_input(model, text, target=target)
    with torch.inference_mode():
        states = model.network.base_model(**model.inputs(tokens)).last_hidden_state[0]
    assert found.score == pytest.approx(float(states[3].norm()), abs=1e-5)
    if family == "gpt2":
        assert (found.values[4:] == 0).all()


def test_tokens_that_a_causal_model_reads_later_weigh_nothing(model_folder):
    model = load_model(str(model_folder("llama")))
    tokens = model.encode(TEXT)
    target = choose_target(model, tokens, position=4)
    values = gradient_times_input(model, tokens, target=target).values
    assert (values[5:] == 0).all()
    assert values[:5].all()


def test_nothing_of_the_network_is_changed(model_folder):
    model = load_model(str(model_folder("llama")))
    _text, _pair, tokens, target = prepared(model)
    before = capture_attention(model, tokens).weights
    hooks = [len(module._forward_hooks) for module in model.network.modules()]
    gradient_times_input(model, tokens, target=target)
    assert all(not part.requires_grad for part in model.network.parameters())
    assert all(part.grad is None for part in model.network.parameters())
    assert [len(module._forward_hooks) for module in model.network.modules()] == hooks
    assert not model.network.training
    assert np.array_equal(capture_attention(model, tokens).weights, before)
    with torch.inference_mode():
        assert not model.network(**model.inputs(tokens)).logits.requires_grad


def test_a_caller_in_inference_mode_gets_the_same(model_folder):
    model = load_model(str(model_folder("llama")))
    _text, _pair, tokens, target = prepared(model)
    plain = gradient_times_input(model, tokens, target=target).values
    with torch.inference_mode():
        inside = gradient_times_input(model, tokens, target=target).values
    assert np.array_equal(inside, plain)


def test_threads_on_one_network_do_not_see_each_other(model_folder):
    model = load_model(str(model_folder("llama")))
    rows = [model.encode(f"The {word} street is wide") for word in ("animal", "cross")]
    targets = [choose_target(model, tokens) for tokens in rows]

    def attributed(place):
        return gradient_times_input(model, rows[place], target=targets[place]).values

    def logits(place):
        with torch.inference_mode():
            return model.network(**model.inputs(rows[place])).logits

    expected = [(attributed(place), logits(place)) for place in (0, 1)]

    def work(number):
        place = number % 2
        if number < 2:
            return np.allclose(attributed(place), expected[place][0], atol=1e-6)
        return torch.allclose(logits(place), expected[place][1], atol=1e-6)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(work, [0, 1, 2, 3] * 10))


def test_a_text_of_one_token_has_one_value(model_folder):
    model = load_model(str(model_folder("gpt2")))
    tokens = model.encode("a")
    found = gradient_times_input(model, "a", target=choose_target(model, tokens))
    assert found.values.shape == (1,)


def test_a_target_that_is_not_there_is_told_in_a_sentence(model_folder):
    gpt2, bart = (load_model(str(model_folder(family))) for family in ("gpt2", "bart"))
    far = Target(kind="next", position=99, token_id=5, text="x")
    with pytest.raises(InputError, match="no token 99: choose from 0 to"):
        gradient_times_input(gpt2, "the street", target=far)
    unknown = Target(kind="next", position=0, token_id=10**6, text="x")
    with pytest.raises(InputError, match="has no token number 1000000"):
        gradient_times_input(gpt2, "the street", target=unknown)
    vector = Target(kind="vector", position=0, token_id=None, text="x")
    with pytest.raises(UnsupportedError, match="no such target"):
        gradient_times_input(bart, "the street", target=vector)
    mask = Target(kind="mask", position=0, token_id=5, text="x")
    with pytest.raises(UnsupportedError, match="no such target"):
        gradient_times_input(gpt2, "the street", target=mask)
