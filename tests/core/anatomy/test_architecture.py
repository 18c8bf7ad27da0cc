"""The parts of a model add up to the network's own parameters, of every family."""

from __future__ import annotations

import pytest

from core.anatomy import cost_of, describe_architecture, measure_seconds
from core.errors import UnsupportedError
from core.models import load_model

FAMILIES = (
    *("bert", "roberta", "distilbert", "albert", "modernbert"),
    *("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2"),
    *("bart", "marian", "t5"),
)


@pytest.mark.parametrize("family", FAMILIES)
def test_parts_add_up_to_the_whole(family, models):
    model = models(family)
    own = describe_architecture(model)
    assert own.parameters == sum(weights.numel() for weights in model.network.parameters())
    assert sum(part.parameters for part in own.parts) == own.parameters
    for part in own.parts:
        if part.sub_parts:
            assert sum(sub.parameters for sub in part.sub_parts) == part.parameters
    layers = [part for part in own.parts if part.kind == "layer" and part.stack == "self"]
    assert len(layers) == own.layers
    assert own.inner in (48, 128)
    assert own.parts[0].kind == "embedding"
    words = own.vocabulary * (16 if family == "albert" else 32)
    assert own.parts[0].parameters >= words


def test_a_layer_of_bert_is_counted_by_hand(models):
    """32 dimensions, 48 inside: 4 (32² + 32), 2 · 32 · 48 + 48 + 32, 2 · 2 · 32."""
    layer = describe_architecture(models("bert")).parts[1]
    assert {sub.kind: sub.parameters for sub in layer.sub_parts} == {
        "attention": 4 * (32 * 32 + 32),
        "feed_forward": 2 * 32 * 48 + 48 + 32,
        "norms": 128,
    }


def test_shared_parameters_are_counted_once_and_told(models):
    layers = [p for p in describe_architecture(models("albert")).parts if p.kind == "layer"]
    assert [part.shared for part in layers] == [False, True]
    assert layers[1].parameters == 0
    words = [p for p in describe_architecture(models("gpt2")).parts if p.kind == "vocabulary"]
    assert (words[0].parameters, words[0].shared) == (0, True)
    words = [p for p in describe_architecture(models("llama")).parts if p.kind == "vocabulary"]
    assert (words[0].parameters, words[0].shared) == (448 * 32, False)


def test_a_decoder_that_reads_an_encoder_has_cross_attention(models):
    parts = describe_architecture(models("t5")).parts
    decoder = [part for part in parts if part.stack == "decoder"]
    assert len(decoder) == 2
    assert [sub.kind for sub in decoder[0].sub_parts] == [
        *("attention", "cross", "feed_forward", "norms"),
    ]


def test_what_a_pass_costs_is_counted_by_hand(models):
    own = describe_architecture(models("llama"))
    cost = cost_of(own, 10)
    matrices = 2 * (32 * 32 * 2 + 32 * 16 * 2 + 3 * 32 * 48)  # two layers, keys of two heads
    assert cost.layer_operations == 2 * 10 * matrices
    assert cost.attention_operations == 4 * 10 * 10 * 32 * 2
    assert cost.vocabulary_operations == 2 * 10 * 32 * 448
    assert (
        cost.cache == 2 * 2 * 2 * 8 * 10 * 4
    )  # keys and values, layers, heads, dim, tokens, bytes
    assert cost.weight_bytes["bfloat16"] == 2 * own.parameters
    assert cost_of(describe_architecture(models("bert")), 10).cache == 0


def test_a_measured_pass_took_some_time(models):
    model = models("bert")
    assert measure_seconds(model, model.encode("It was tired.")) > 0


def test_a_model_whose_attention_cannot_be_recorded_has_no_description(model_folder):
    with pytest.raises(UnsupportedError, match="cannot be recorded"):
        describe_architecture(load_model(str(model_folder("bloom"))))
