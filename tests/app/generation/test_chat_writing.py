"""An answer is written in a thread, as a session alone would write it, and can be stopped."""

from __future__ import annotations

import threading

import pytest

from app import resources
from app.generation.chat import writing as chat_writing
from app.generation.chat.talk import Turn
from app.generation.chat.writing import Writing
from core.generation import ChatMessage, SamplingSettings, chat_prompt, generate_steps
from core.models import load_model
from tests.app.generation.chat_models import make_chat_model

BEGUN = Turn(role="assistant", text="", seed=3, temperature=1.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return str(make_chat_model(tmp_path_factory.mktemp("chat")))


@pytest.fixture(scope="module")
def prompt(folder):
    return chat_prompt(load_model(folder), [ChatMessage(role="user", text="The street")])


@pytest.fixture(autouse=True)
def _known(monkeypatch):
    monkeypatch.setattr(resources, "require_known", lambda model_id: model_id)


def _written(folder, prompt, begun=BEGUN, most=8):
    writing = Writing(folder, begun)
    writing.start(prompt, SamplingSettings(), most)
    assert writing.wait(60)
    return writing.turn


def test_the_answer_is_what_a_session_writes(folder, prompt):
    steps = list(generate_steps(load_model(folder), prompt.tokens, max_new_tokens=8, seed=3))
    turn = _written(folder, prompt)
    assert turn.text == "".join(step.text for step in steps)
    assert turn.count == len(steps)
    assert turn.why == ("ended" if steps[-1].ended else "count")


def test_sessions_that_write_at_once_write_what_each_writes_alone(folder, prompt):
    alone = _written(folder, prompt)
    together = [Writing(folder, BEGUN) for _number in range(3)]
    for writing in together:
        writing.start(prompt, SamplingSettings(), 8)
    assert all(writing.wait(60) for writing in together)
    assert [writing.turn for writing in together] == [alone] * 3


def test_what_was_there_before_stays_in_front(folder, prompt):
    begun = Turn(role="assistant", text="Well, ", count=2, seed=3)
    turn = _written(folder, prompt, begun)
    assert turn.text.startswith("Well, ")
    assert turn.count > 2


def test_the_answer_ends_where_the_model_takes_no_more(folder, prompt):
    turn = _written(folder, prompt, most=500)
    assert turn.why in {"room", "ended"}


def test_a_stop_keeps_what_was_written(folder, prompt, monkeypatch):
    told = threading.Event()

    def slowly(session, count):
        for number in range(count):
            if number == 3:
                writing.stop()
                told.set()
            yield session.step()

    monkeypatch.setattr(chat_writing, "go_on", slowly)
    writing = Writing(folder, BEGUN)
    writing.start(prompt, SamplingSettings(), 20)
    assert told.wait(60)
    assert writing.wait(60)
    assert writing.turn.why == "stopped"
    assert writing.turn.count == 4


def test_an_error_becomes_the_turns_sentence(folder, prompt, monkeypatch):
    def fails(session, count):
        yield session.step()
        raise ValueError(count)

    monkeypatch.setattr(chat_writing, "go_on", fails)
    turn = _written(folder, prompt)
    assert turn.why == "failed"
    assert "server's log" in turn.error
    assert turn.count == 1
