"""A head's output of one prompt put into another."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.attention import ablation_wall, choose_target, patch_heads
from core.attention.capture import places_of
from core.attention.changes import HeadChange, HeadChanger, HeadOutputRecorder
from core.attention.tap import recording
from core.errors import InputError
from core.models import load_model
from core.prediction import logits_at

CLEAN = "The animal didn't cross the street."
CORRUPTED = "The street didn't cross the animal."


@pytest.fixture(scope="module")
def gpt2(model_folder):
    return load_model(str(model_folder("gpt2")))


def log_probabilities(model, tokens, changes=()):
    with recording(HeadChanger(model.places, [changes])):
        logits = logits_at(model.network, model.inputs(tokens), [len(tokens) - 1])[0, 0]
    return torch.log_softmax(logits.double(), -1).numpy()


def outputs_of(model, tokens):
    recorder = HeadOutputRecorder(places_of(model), {("self", 0), ("self", 1)})
    with torch.inference_mode(), recording(recorder):
        model.network(**model.inputs(tokens))
    return recorder.outputs


def test_a_patched_head_gives_what_a_single_pass_with_its_clean_output_gives(gpt2):
    clean, corrupted = gpt2.encode(CLEAN), gpt2.encode(CORRUPTED)
    found = patch_heads(gpt2, CLEAN, CORRUPTED)
    answer = log_probabilities(gpt2, clean).argmax()
    assert found.target.token_id == answer
    assert found.clean == pytest.approx(log_probabilities(gpt2, clean)[answer], abs=1e-5)
    before = log_probabilities(gpt2, corrupted)[answer]
    assert found.baseline == pytest.approx(before, abs=1e-5)
    outputs = outputs_of(gpt2, clean)
    for layer in range(2):
        for head in range(4):
            change = HeadChange(layer=layer, head=head, value=outputs["self", layer][head])
            after = log_probabilities(gpt2, corrupted, [change])[answer]
            assert found.effects[layer, head] == pytest.approx(after - before, abs=1e-5)
    assert np.allclose(found.recovered, found.effects / found.gap)
    assert found.complete
    assert found.unit == "nats"


def test_every_head_put_back_together_closes_the_whole_gap(gpt2):
    """Both prompts end alike, and other words reach the last token through heads only."""
    clean, corrupted = gpt2.encode(CLEAN), gpt2.encode(CORRUPTED)
    outputs = outputs_of(gpt2, clean)
    every = [
        HeadChange(layer=layer, head=head, value=outputs["self", layer][head])
        for layer in range(2)
        for head in range(4)
    ]
    patched = log_probabilities(gpt2, corrupted, every)
    assert np.allclose(patched, log_probabilities(gpt2, clean), atol=1e-5)


def test_a_vector_is_brought_closer_to_the_clean_one(gpt2):
    clean = gpt2.encode(CLEAN)
    target = choose_target(gpt2, clean, kind="vector", position=len(clean) - 1)
    found = patch_heads(gpt2, CLEAN, CORRUPTED, target=target)
    assert found.unit == "cosine"
    assert found.clean == pytest.approx(1, abs=1e-6)
    assert found.baseline < 1
    assert np.allclose(found.recovered, found.effects / (1 - found.baseline))


@pytest.mark.parametrize("stack", ["self", "decoder", "cross"])
def test_an_encoder_decoder_is_patched_in_every_stack(stack, model_folder):
    model = load_model(str(model_folder("t5")))
    found = patch_heads(model, "one two three", "two one three", "Le chat", stack=stack)
    assert found.effects.shape == (2, 4)
    assert found.complete


def test_prompts_that_cannot_be_patched_give_one_sentence(gpt2, model_folder):
    short = len(gpt2.encode("The animal"))
    long = len(gpt2.encode(CLEAN))
    with pytest.raises(InputError, match=f"have {long} and {short} tokens"):
        patch_heads(gpt2, CLEAN, "The animal")
    with pytest.raises(InputError, match="are the same: change a word"):
        patch_heads(gpt2, CLEAN, CLEAN)
    bert = load_model(str(model_folder("bert")))
    with pytest.raises(InputError, match="no mask"):
        patch_heads(bert, "The [MASK] is wide.", "The street is wide.")


def test_patching_can_be_stopped_like_a_wall(gpt2):
    found = patch_heads(gpt2, CLEAN, CORRUPTED, stop=lambda: True)
    assert not found.complete
    assert np.isnan(found.effects).all()
    assert found.control(0, 1) == ablation_wall(gpt2, CLEAN, stop=lambda: True).control(0, 1)
