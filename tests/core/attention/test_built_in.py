"""The two built-in models on real sentences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoModel

from core.attention import capture_attention, head_profile, notable_heads, sink_columns
from core.models import load_model

pytestmark = pytest.mark.models
SENTENCE = "The animal didn't cross the street because it was too tired."
LONG = (
    "Headlight lets people look inside transformer language models: see what every attention head "
    "does, step through the prediction of masked words and the generation of text, one decision at "
    "a time, build prompts and measure them, and teach a model something new while watching it. "
) * 6
MODELS = ("minilm-l6", "smollm2-135m-instruct")


@pytest.fixture(scope="module")
def built_in():
    loaded = {}

    def load(name):
        if name not in loaded:
            loaded[name] = load_model(name)
        return loaded[name]

    return load


@pytest.mark.parametrize("name", MODELS)
def test_300_tokens_equal_the_librarys_own_eager_attention(name, built_in):
    """SmolLM2's large activations would drive a recording through SDPA apart."""
    model = built_in(name)
    capture = capture_attention(model, LONG, limit=300)
    eager = AutoModel.from_pretrained(model.folder, attn_implementation="eager").eval()
    with torch.inference_mode():
        theirs = eager(**model.inputs(capture.tokens), output_attentions=True).attentions
    worst = max(
        float(np.abs(own - other[0].numpy()).max())
        for (_layer, own), other in zip(capture.main.by_layer(), theirs, strict=True)
    )
    assert worst <= 1e-6
    assert len(capture.tokens) == 300


def test_minilm_looks_from_it_to_animal(built_in):
    """interface.md: layer 3 head 1 and layer 5 head 11, 0.68 and 0.67."""
    capture = capture_attention(built_in("minilm-l6"), SENTENCE)
    it, animal = (capture.tokens.texts.index(word) for word in ("it", "animal"))
    assert capture.head(3, 1)[it, animal] == pytest.approx(0.677, abs=1e-3)
    assert capture.head(5, 11)[it, animal] == pytest.approx(0.673, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "share"), [("minilm-l6", 0.466), ("smollm2-135m-instruct", 0.675)]
)
def test_the_first_token_takes_most_of_the_attention(name, share, built_in):
    (sink,) = sink_columns(capture_attention(built_in(name), SENTENCE))
    assert sink.position == 0
    assert sink.share == pytest.approx(share, abs=0.01)


def test_the_shapes_are_those_of_the_models(built_in):
    minilm, smollm2 = (built_in(name).shape for name in MODELS)
    assert (minilm.layers, minilm.heads, minilm.head_dim, minilm.max_tokens) == (6, 12, 32, 512)
    assert (smollm2.layers, smollm2.heads, smollm2.kv_heads) == (30, 9, 3)
    assert smollm2.max_tokens == 8192


def test_six_heads_greet_the_reader(built_in):
    heads = notable_heads(head_profile(capture_attention(built_in("minilm-l6"), SENTENCE)))
    assert len(heads) == 6
    assert [head.label for head in heads] == ["previous", "next", "", "", "first", "broad"]
