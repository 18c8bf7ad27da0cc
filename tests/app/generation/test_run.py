"""Paths of tokens: where they lead, what stays known, and what a saved tree holds."""

from __future__ import annotations

import gc
import json
import weakref

import pytest
import streamlit as st

from app import resources
from app.branches import Branches, written_branches
from app.generation.look import Look
from app.generation.run import at, drawn, keep_steps, steps_of, token_ids
from app.generation.saved import FORMAT, read_tree, saved_tree
from app.generation.state import GENERATION
from core.errors import InputError
from core.export import Provenance
from core.generation import SamplingSettings, generate_steps
from tests.core.conftest import make_model

SETTINGS = SamplingSettings(temperature=1.5)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    return {name: str(make_model(name, root / name)) for name in ("llama", "t5")}


@pytest.fixture(params=["llama", "t5"])
def look(request, folders, monkeypatch):
    monkeypatch.setattr(resources, "require_known", lambda model_id: model_id)
    return Look(model=folders[request.param], title="A model", text="The animal crossed")


def test_drawn_tokens_are_those_of_the_seed_wherever_the_session_stands(look):
    with resources.pool().lease(look.model) as model:
        session_steps = list(
            generate_steps(model, look.text, settings=SETTINGS, max_new_tokens=6, seed=4)
            if model.kind == "causal"
            else []
        )
    path = drawn(look, (), SETTINGS, 4, count=6)
    if session_steps:
        assert token_ids(path) == tuple(step.token_id for step in session_steps)
    at(look, (), 4, lambda session: None)  # it goes back
    assert drawn(look, path[:3], SETTINGS, 4) == path[3:4]
    assert drawn(look, (), SETTINGS, 4, count=6) == path


def test_steps_along_two_branches_are_known_again_without_the_model(look, monkeypatch):
    path = drawn(look, (), SETTINGS, 1, count=4)
    other = (*path[:2], (7,), (9,))
    first, second = steps_of(look, path, 1), steps_of(look, other, 1)
    assert [step.token_id for step in second] == [id_ for (id_,) in other]
    assert [step.probability for step in first[:2]] == [step.probability for step in second[:2]]

    def refuse(model_id):
        raise AssertionError(f"{model_id} was asked again")

    monkeypatch.setattr(resources, "require_known", refuse)
    assert steps_of(look, path, 1) == first
    assert steps_of(look, other, 1) == second


def test_steps_written_elsewhere_are_known(look):
    steps = steps_of(look, drawn(look, (), SETTINGS, 2, count=2), 2)
    other = Look(model=look.model, title="", text="The street was wide")
    keep_steps(other, steps)
    assert steps_of(other, tuple((step.token_id,) for step in steps), 2) == steps


def test_a_session_does_not_hold_a_model_that_leaves_the_memory(look):
    drawn(look, (), SETTINGS, 0, count=2)
    with resources.pool().lease(look.model) as model:
        held = weakref.ref(model.network)
    del model
    resources.pool().unload(look.model)
    gc.collect()
    assert held() is None
    assert len(drawn(look, (), SETTINGS, 0, count=2)) == 2  # it is loaded again


@pytest.mark.parametrize("path", [((1, 2),), ((10**6,),)])
def test_choices_that_are_no_tokens_are_refused(look, path):
    with pytest.raises(InputError):
        steps_of(look, path, 0)


@pytest.fixture
def session(monkeypatch):
    held = {GENERATION.key(param.name): param.default() for param in GENERATION.params}
    monkeypatch.setattr(st, "session_state", held)
    return held


def test_a_saved_tree_is_read_back_with_its_settings_and_texts(look, session):
    path = drawn(look, (), SETTINGS, 0, count=3)
    branches, _place = Branches(), (0, -1)
    for choice in path:
        branches, _place = branches.then(_place, choice)
    branches, _place = branches.then((0, 0), (5,))
    session[GENERATION.key("steps")] = branches.named(1, "other")
    session[GENERATION.key("temperature")] = 1.5
    provenance = Provenance(
        **dict.fromkeys(Provenance.__dataclass_fields__, "x")  # what it says is tested elsewhere
    )
    text = saved_tree(look, provenance)
    found = read_tree(text.encode())
    assert found["steps"] == session[GENERATION.key("steps")]
    assert found["temperature"] == 1.5
    assert found["text"] == look.text
    content = json.loads(text)
    assert [len(one["ids"]) for one in content["branches"]] == [3, 2]
    assert content["steps"] == written_branches(found["steps"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff\xfe\x00",
        b"{}",
        json.dumps({"format": FORMAT}).encode(),
        b"[" * 100_000,
        b'{"format": "headlight-generation-1", "settings": 3, "model": 1}',
    ],
)
def test_a_file_that_holds_no_tree_is_a_sentence(data):
    with pytest.raises(InputError, match="no saved branches"):
        read_tree(data)


def test_a_file_with_settings_out_of_range_is_refused(session):
    content = {
        "format": FORMAT,
        "model": "m",
        "text": "t",
        "special": False,
        "seed": 0,
        "steps": "",
        "settings": {
            "temperature": 99.0,
            "top_p": 1.0,
            "top_k": 0,
            "min_p": 0.0,
            "repetition_penalty": 1.0,
        },
    }
    with pytest.raises(InputError):
        read_tree(json.dumps(content).encode())
    content["settings"]["temperature"] = 2.0
    assert read_tree(json.dumps(content).encode())["temperature"] == 2.0
