"""Every architecture through one tap: the library's own eager attention is the reference."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForSeq2SeqLM

from core.attention import capture_attention
from core.attention.places import STACKS
from core.attention.recording import AttentionRecorder
from core.attention.tap import recording
from core.models import load_model

ONE_STACK = (
    *("bert", "roberta", "distilbert", "albert", "modernbert"),
    *("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2"),
)
READ_PAIRS = ONE_STACK[:5]
TWO_STACKS = ("bart", "marian", "t5")
TEXT = "The animal didn't cross the street because it was too tired."
TARGET = "Le chat est assis sur le tapis."
TOLERANCE = 1e-6


def eager(folder, network_class=AutoModel):
    network = network_class.from_pretrained(folder, attn_implementation="eager")
    return network.eval()


def largest_difference(ours, theirs):
    return max(
        float(np.abs(own - other[0].numpy()).max()) for own, other in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize(
    ("family", "pair"),
    [(family, None) for family in ONE_STACK] + [(family, "It was wide.") for family in READ_PAIRS],
)
def test_weights_equal_the_librarys_own_eager_attention(family, pair, model_folder):
    folder = model_folder(family)
    model = load_model(str(folder))
    capture = capture_attention(model, TEXT, pair)
    with torch.inference_mode():
        inputs = model.inputs(capture.tokens)
        theirs = eager(folder)(**inputs, output_attentions=True).attentions
    assert largest_difference(capture.weights, theirs) <= TOLERANCE
    assert float(capture.weights.max()) > 0.5  # else the test would prove nothing


@pytest.mark.parametrize("family", TWO_STACKS)
def test_all_three_attentions_of_an_encoder_decoder_equal_the_librarys(family, model_folder):
    folder = model_folder(family)
    model = load_model(str(folder))
    capture = capture_attention(model, TEXT, TARGET)
    with torch.inference_mode():
        inputs = model.inputs(capture.tokens, capture.decoder_tokens)
        network = eager(folder, AutoModelForSeq2SeqLM)
        theirs = network(**inputs, output_attentions=True)
    assert largest_difference(capture.weights, theirs.encoder_attentions) <= TOLERANCE
    assert largest_difference(capture.decoder_weights, theirs.decoder_attentions) <= TOLERANCE
    assert largest_difference(capture.cross_weights, theirs.cross_attentions) <= TOLERANCE
    assert not capture.causal
    assert np.all(np.triu(capture.decoder_weights, 1) == 0)


@pytest.mark.parametrize("family", [*ONE_STACK, *TWO_STACKS])
def test_logits_while_recording_equal_those_of_a_plain_pass(family, model_folder):
    model = load_model(str(model_folder(family)))
    tokens = model.encode(TEXT)
    inputs = model.inputs(tokens)
    layers = {
        stack: range(model.places.shapes[stack].layers)
        for stack in STACKS
        if stack in model.places.shapes
    }
    with torch.inference_mode():
        plain = model.network(**inputs).logits
        with recording(AttentionRecorder(model.places, layers)):
            recorded = model.network(**inputs).logits
    assert torch.allclose(plain, recorded, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("family", ONE_STACK)
def test_rows_sum_to_one_and_a_causal_model_sees_nothing_later(family, model_folder):
    model = load_model(str(model_folder(family)))
    capture = capture_attention(model, TEXT)
    assert np.allclose(capture.weights.sum(-1), 1, atol=1e-5)
    assert capture.causal == (model.kind == "causal")
    if capture.causal:
        assert np.all(np.triu(capture.weights, 1) == 0)


@pytest.mark.parametrize("family", [*ONE_STACK, *TWO_STACKS])
def test_the_shape_says_what_the_configuration_says(family, model_folder):
    model = load_model(str(model_folder(family)))
    expected = (3 if family == "modernbert" else 2, 4, 8, 32)
    shape = model.shape
    assert (shape.layers, shape.heads, shape.head_dim, shape.hidden) == expected
    assert shape.kv_heads == (2 if family in {"llama", "qwen3", "gemma2"} else 4)
    assert shape.decoder_layers == (2 if family in TWO_STACKS else 0)
