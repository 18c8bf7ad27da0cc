"""Sessions that step at the same time: rows of one pass, each with the tokens it has alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.generation import GenerationSession, SamplingSettings, batching, go_on
from core.generation.batching import queue_of
from core.generation.together import NotSideBySideError
from core.models import LanguageModel, load_model

FAMILIES = ["gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "bloom"]
GREEDY = SamplingSettings(greedy=True)
PROMPTS = [
    "The animal didn't cross the street",
    "One two three",
    "Bert is a yellow muppet character and",
    "The capital of Japan is",
    "The",
    "Le chat est assis sur le tapis rouge",
    "three two one two three",
    "because it was too tired",
]


def _session(model: LanguageModel, prompt: str) -> GenerationSession:
    return GenerationSession(model, prompt, settings=GREEDY)


def _together(model: LanguageModel, count: int) -> list[GenerationSession]:
    """All prompts gone on with at once, a thread each."""
    sessions = [_session(model, prompt) for prompt in PROMPTS]
    start = threading.Barrier(len(sessions))

    def run(session: GenerationSession) -> None:
        start.wait()
        list(go_on(session, count))

    with ThreadPoolExecutor(len(sessions)) as threads:
        list(threads.map(run, sessions))
    return sessions


@pytest.mark.parametrize("family", FAMILIES)
def test_each_has_exactly_the_tokens_that_it_has_alone(
    family: str, model_folder: Callable[[str], Path]
) -> None:
    model = load_model(str(model_folder(family)))
    alone = [_session(model, prompt) for prompt in PROMPTS]
    for session in alone:
        list(go_on(session, 15))
        session.release()
    together = _together(model, 15)
    assert [session.path for session in together] == [session.path for session in alone]
    for one, other in zip(together, alone, strict=True):
        expected = [step.probability for step in other.steps]
        assert [step.probability for step in one.steps] == pytest.approx(expected, abs=1e-5)
    if family != "bloom":
        assert max(queue_of(model).batches) > 1
        weights = [session.attention().weights for session in together]
        for row, session in zip(weights, alone, strict=True):
            np.testing.assert_allclose(row, session.attention().weights, atol=1e-5)


def test_sessions_that_come_late_leave_early_or_share_a_beginning_keep_their_own_tokens(
    model_folder: Callable[[str], Path],
) -> None:
    model = load_model(str(model_folder("llama")))
    texts = [*PROMPTS, PROMPTS[0], PROMPTS[0], PROMPTS[6][:9]]
    counts = [15, 2, 9, 1, 15, 4, 12, 7, 11, 15, 6]
    alone = [_session(model, text) for text in texts]
    for session, count in zip(alone, counts, strict=True):
        list(go_on(session, count))
        session.release()
    sessions = [_session(model, text) for text in texts]
    branch = 3  # goes on from tokens, and from a cache, that another session has too
    list(go_on(sessions[0], branch))
    sessions.append(sessions[0].branch())
    counts = [counts[0] - branch, *counts[1:], 15 - branch]

    def run(session: GenerationSession, count: int) -> tuple[int, ...]:
        list(go_on(session, count))
        return session.path

    with ThreadPoolExecutor(len(sessions)) as threads:
        found = list(threads.map(run, sessions, counts))
    assert found == [*(session.path for session in alone), alone[0].path]
    assert max(queue_of(model).batches) > 1


@pytest.mark.parametrize("together", [True, False])
def test_a_thread_that_is_interrupted_leaves_the_others_to_go_on(
    together: bool, model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(str(model_folder("llama")))
    expected = [session.path for session in _together(model, 6)]
    plain = batching.read_together if together else batching.read_on
    calls: list[int] = []

    def interrupted(*args: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return plain(*args)

    def fail(*_args: object) -> None:
        raise RuntimeError("no memory for so many")

    if together:
        monkeypatch.setattr(batching, "read_together", interrupted)
    else:  # the rows of a batch one by one
        monkeypatch.setattr(batching, "read_together", fail)
        monkeypatch.setattr(batching, "read_on", interrupted)
    sessions = [_session(model, prompt) for prompt in PROMPTS]
    start = threading.Barrier(len(sessions))

    def run(session: GenerationSession) -> bool:
        start.wait()
        try:
            list(go_on(session, 6))
        except KeyboardInterrupt:
            return False
        return True

    with ThreadPoolExecutor(len(sessions)) as threads:
        done = list(threads.map(run, sessions))
    assert done.count(False) == 1
    for session in sessions:
        list(go_on(session, 6 - len(session.path)))
    assert [session.path for session in sessions] == expected


def test_a_session_alone_never_waits(model_folder: Callable[[str], Path]) -> None:
    model = load_model(str(model_folder("llama")))
    list(go_on(_session(model, PROMPTS[0]), 20))
    assert set(queue_of(model).batches) == {1}


def test_a_step_that_fails_fails_for_its_own_session_only(
    model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(str(model_folder("llama")))
    expected = [session.path for session in _together(model, 6)]
    victim: list[tuple[int, ...]] = []
    plain = batching.read_on

    def fail_together(*_args: object) -> None:
        raise RuntimeError("no memory for so many")

    def fail_one(model: LanguageModel, held: object, new: tuple[int, ...]) -> object:
        if held.ids[: len(victim[0])] == victim[0]:
            raise MemoryError("no memory for this one")
        return plain(model, held, new)

    sessions = [_session(model, prompt) for prompt in PROMPTS]
    victim.append(sessions[2].prompt_tokens.ids)
    monkeypatch.setattr(batching, "read_together", fail_together)
    monkeypatch.setattr(batching, "read_on", fail_one)

    def run(session: GenerationSession) -> str:
        try:
            list(go_on(session, 6))
        except MemoryError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(len(sessions)) as threads:
        told = list(threads.map(run, sessions))
    assert [bool(error) for error in told] == [number == 2 for number in range(8)]
    paths = [session.path for session in sessions]
    assert paths[:2] + paths[3:] == expected[:2] + expected[3:]
    monkeypatch.undo()
    list(go_on(sessions[2], 6 - len(sessions[2].path)))  # nothing is left behind
    assert sessions[2].path == expected[2]


def test_a_network_whose_rows_cannot_stand_side_by_side_steps_one_by_one(
    model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(str(model_folder("llama")))
    expected = [session.path for session in _together(model, 6)]
    tried = []

    def refuse(*_args: object) -> None:
        tried.append(1)
        raise NotSideBySideError

    fresh = load_model(str(model_folder("llama")))
    monkeypatch.setattr(batching, "read_together", refuse)
    assert [session.path for session in _together(fresh, 6)] == expected
    assert len(tried) <= 1


def test_at_most_sixteen_are_read_at_once(
    model_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(str(model_folder("llama")))
    plain = batching.read_on

    def slow(*args: object) -> object:
        time.sleep(0.02)
        return plain(*args)

    monkeypatch.setattr(batching, "read_on", slow)
    monkeypatch.setattr(batching, "ROWS_AT_ONCE", 3)
    _together(model, 8)
    assert max(queue_of(model).batches) <= 3
