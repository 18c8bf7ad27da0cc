"""The causal model that comes with Headlight, on real text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from core.attention import capture_attention
from core.generation import GenerationSession, SamplingSettings, generate_steps, go_on
from core.generation.batching import queue_of
from core.models import LanguageModel, load_model

pytestmark = pytest.mark.models
GREEDY = SamplingSettings(greedy=True)


@pytest.fixture(scope="module")
def smollm2() -> LanguageModel:
    return load_model("smollm2-135m-instruct", device="cpu")


def test_greedy_equals_generate_of_transformers(smollm2: LanguageModel) -> None:
    prompt = "Once upon a time, an old captain"
    inputs = smollm2.inputs(smollm2.encode(prompt))
    with torch.inference_mode():
        theirs = smollm2.network.generate(
            **inputs, do_sample=False, max_new_tokens=20, pad_token_id=0, repetition_penalty=1.0
        )
    steps = list(generate_steps(smollm2, prompt, settings=GREEDY, max_new_tokens=20))
    assert [step.token_id for step in steps] == theirs[0, inputs["input_ids"].shape[1] :].tolist()


def test_the_capital_of_france_is_paris(smollm2: LanguageModel) -> None:
    (step,) = generate_steps(smollm2, "The capital of France is", settings=GREEDY, max_new_tokens=1)
    assert step.text == " Paris"
    assert step.rank == 1
    assert step.top_texts[0] == " Paris"


def test_the_attention_of_a_step_equals_a_capture_of_the_whole_text(
    smollm2: LanguageModel,
) -> None:
    session = GenerationSession(smollm2, "The animal didn't cross the street", settings=GREEDY)
    list(go_on(session, 3))
    row = session.attention().weights
    last = len(session.tokens) - 1
    whole = capture_attention(smollm2, session.tokens, queries=[last]).weights
    np.testing.assert_allclose(row, whole, atol=1e-4)


def test_an_idle_session_of_256_tokens_is_under_20_megabytes(smollm2: LanguageModel) -> None:
    session = GenerationSession(smollm2, "The street is wide. " * 44, settings=GREEDY)
    list(go_on(session, 256 - len(session.tokens)))
    assert len(session.tokens) == 256
    assert session.nbytes < 20e6


def test_sessions_that_step_together_have_the_tokens_they_have_alone(
    smollm2: LanguageModel,
) -> None:
    prompts = ["The capital of France is", "Once upon a time, an old captain", "2 + 2 ="]
    alone, together = (
        [GenerationSession(smollm2, prompt, settings=GREEDY) for prompt in prompts]
        for _time in range(2)
    )
    for session in alone:
        list(go_on(session, 8))
    with ThreadPoolExecutor(len(prompts)) as threads:
        list(threads.map(lambda session: list(go_on(session, 8)), together))
    assert max(queue_of(smollm2).batches) > 1
    for one, other in zip(together, alone, strict=True):
        assert one.path == other.path
        chances = [[step.probability for step in session.steps] for session in (one, other)]
        np.testing.assert_allclose(*chances, atol=1e-5)
