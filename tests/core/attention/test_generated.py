"""Attention of generated text: as the steps with a cache have it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.attention import capture_attention, generate_and_capture
from core.attention.recording import AttentionRecorder
from core.attention.tap import recording
from core.errors import InputError, UnsupportedError
from core.models import load_model

PROMPT = "The animal didn't cross the"
CAUSAL = ("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2")
TWO_STACKS = ("bart", "marian", "t5")
STEPS = 8


def recorded_step(model, layers, **inputs):
    """One step with a cache; the weights of each layer's newest row. (head, key) each"""
    recorder = AttentionRecorder(model.places, {layers: range(2)})
    with torch.inference_mode(), recording(recorder):
        outputs = model.network(**inputs, use_cache=True)
    rows = [recorder.records[layers, layer].weights()[:, -1] for layer in range(2)]
    return outputs, rows


@pytest.mark.parametrize("family", CAUSAL)
def test_rows_of_generated_tokens_equal_those_of_the_steps_with_a_cache(family, model_folder):
    """Known answer: the step-by-step pass with a KV cache, to 1e-5."""
    model = load_model(str(model_folder(family)))
    made = generate_and_capture(model, PROMPT, max_new_tokens=STEPS)
    tokens, first = made.capture.tokens, made.first
    assert tokens.ids[:first] == model.encode(PROMPT).ids
    ids, weights = torch.tensor([tokens.ids]), made.capture.weights
    outputs, _rows = recorded_step(model, "self", input_ids=ids[:, :first])
    for place in range(first, len(tokens)):
        assert int(outputs.logits[0, -1].argmax()) == tokens.ids[place]  # greedy
        outputs, rows = recorded_step(
            model,
            "self",
            input_ids=ids[:, place : place + 1],
            past_key_values=outputs.past_key_values,
            attention_mask=torch.ones(1, place + 1, dtype=torch.long),
        )
        for layer, theirs in enumerate(rows):
            kept = theirs.shape[-1]  # a sliding window forgets the oldest keys
            ours = weights[layer, :, place, place + 1 - kept : place + 1]
            assert np.abs(ours - theirs).max() <= 1e-5


@pytest.mark.parametrize("family", [*CAUSAL, *TWO_STACKS])
def test_tokens_equal_the_librarys_greedy_generation(family, model_folder):
    """Known answer: ``generate`` of transformers."""
    model = load_model(str(model_folder(family)))
    made = generate_and_capture(model, PROMPT, max_new_tokens=STEPS)
    ids = torch.tensor([model.encode(PROMPT).ids])
    with torch.inference_mode():
        theirs = model.network.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            num_beams=1,
            max_new_tokens=STEPS,
        )
    tokens = made.capture.decoder_tokens or made.capture.tokens
    assert theirs[0].tolist() == list(tokens.ids)
    assert len(tokens) > made.first


@pytest.mark.parametrize("family", TWO_STACKS)
def test_an_answer_of_a_decoder_is_captured_as_its_target(family, model_folder):
    model = load_model(str(model_folder(family)))
    made = generate_and_capture(model, PROMPT, max_new_tokens=STEPS)
    count = len(made.capture.decoder_tokens)
    assert made.first == 1
    assert made.capture.tokens.ids == model.encode(PROMPT).ids
    assert made.capture.cross_weights.shape[2:] == (count, len(made.capture.tokens))
    assert np.allclose(made.capture.decoder_weights.sum(-1), 1, atol=1e-5)


def test_what_is_captured_is_what_a_capture_of_the_whole_text_gives(model_folder):
    model = load_model(str(model_folder("gpt2")))
    made = generate_and_capture(model, PROMPT, max_new_tokens=4)
    again = capture_attention(model, made.capture.tokens)
    assert np.array_equal(again.weights, made.capture.weights)
    new = made.capture.tokens.texts[made.first :]
    assert made.text == "".join(new)


def test_generation_ends_at_the_end_token_and_at_the_limit(model_folder):
    model = load_model(str(model_folder("gpt2")))
    free = generate_and_capture(model, PROMPT, max_new_tokens=STEPS).capture.tokens.ids
    start = len(model.encode(PROMPT))
    settings = model.network.generation_config
    ending, settings.eos_token_id = settings.eos_token_id, free[start + 1]
    try:
        ended = generate_and_capture(model, PROMPT, max_new_tokens=STEPS).capture.tokens.ids
    finally:
        settings.eos_token_id = ending
    assert ended == free[: free.index(free[start + 1], start) + 1]
    full = generate_and_capture(model, PROMPT, max_new_tokens=STEPS, limit=start + 2)
    assert len(full.capture.tokens) == start + 2
    with pytest.raises(InputError, match=f"has {start} tokens and the limit is {start}: shorten"):
        generate_and_capture(model, PROMPT, limit=start)
    with pytest.raises(InputError, match="0 new tokens"):
        generate_and_capture(model, PROMPT, max_new_tokens=0)


def test_progress_is_told_and_a_stop_keeps_what_there_is(model_folder):
    model = load_model(str(model_folder("llama")))
    told = []
    made = generate_and_capture(
        model,
        PROMPT,
        max_new_tokens=STEPS,
        progress=lambda *step: told.append(step),
        stop=lambda: len(told) == 3,
    )
    assert told == [(1, STEPS), (2, STEPS), (3, STEPS)]
    assert len(made.capture.tokens) == made.first + 3


def test_generating_leaves_the_model_as_it_was(model_folder):
    model = load_model(str(model_folder("llama")))
    before = model.network.generation_config.to_dict(), model.network.config.to_dict()
    attributes = set(vars(model.network))
    generate_and_capture(model, PROMPT, max_new_tokens=2)
    assert (model.network.generation_config.to_dict(), model.network.config.to_dict()) == before
    assert set(vars(model.network)) == attributes


@pytest.mark.parametrize("family", ["bert", "bloom"])
def test_a_model_that_writes_nothing_or_cannot_be_tapped_is_told(family, model_folder):
    model = load_model(str(model_folder(family)))
    with pytest.raises(UnsupportedError, match=r"choose a causal|Choose another model"):
        generate_and_capture(model, PROMPT)


@pytest.mark.models
def test_a_character_of_several_tokens_is_generated_whole():
    model = load_model("smollm2-135m-instruct")
    made = generate_and_capture(model, "The capital of France is", max_new_tokens=3)
    assert made.text.startswith(" Paris.")
    made = generate_and_capture(model, "巴黎是法国的首都，东京是", max_new_tokens=3)
    tokens = made.capture.tokens
    assert len(set(tokens.groups[made.first :]) & set(tokens.groups[: made.first])) == 0
    assert made.text == "".join(tokens.texts[made.first :])
