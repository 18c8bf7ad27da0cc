"""Where clicks on the Anatomy page lead, and what a link may ask for."""

from __future__ import annotations

import pytest

from app.anatomy.moves import choose_part, go, map_part
from app.anatomy.state import ANATOMY, ANATOMY_STEPS


class Nowhere:
    """A store that holds nothing."""

    def load_experiment(self, name):
        return None

    def save_experiment(self, state, *, owner):
        return ""


@pytest.fixture
def session(monkeypatch):
    state = {}
    ANATOMY.read(state, {}, Nowhere())
    monkeypatch.setattr("app.anatomy.moves.st.session_state", state)
    return state


def test_next_and_back_go_through_nine_steps_and_stop_at_the_ends(session):
    seen = [session["anatomy.step"]]
    for _step in range(10):
        go(1)
        seen.append(session["anatomy.step"])
    assert seen[:9] == list(ANATOMY_STEPS)
    assert seen[9:] == ["logits", "logits"]
    go(-20)
    assert session["anatomy.step"] == "embed"


def test_a_step_forgets_the_cell_of_another(session):
    session["anatomy.cell"] = [2, 1, 0]
    go(1)
    assert session["anatomy.cell"] == []


@pytest.mark.parametrize(
    ("part", "step", "stack", "layer"),
    [
        ("embed", "embed", "self", None),
        ("qkv:self:4", "qkv", "self", 4),
        ("ffn:decoder:2:part", "ffn", "decoder", 2),
        ("cross:decoder:2:part", "softmax", "cross", 2),
        ("final", "logits", "self", None),
        ("other", "logits", "self", None),
    ],
)
def test_a_part_of_the_map_leads_to_its_step_and_layer(part, step, stack, layer, session):
    choose_part(part)
    assert session["anatomy.step"] == step
    assert (session["anatomy.stack"], session["anatomy.layer"]) == (stack, layer)


def test_another_layer_keeps_the_step_that_is_shown(session):
    session["anatomy.step"] = "softmax"
    choose_part("qkv:self:2")
    assert session["anatomy.step"] == "softmax"
    assert session["anatomy.layer"] == 2


def test_every_step_has_its_part_on_the_map():
    assert [map_part("self", 3, step) for step in ("embed", "ffn", "values", "logits")] == [
        *("embed", "ffn:self:3:part", "softmax:self:3:part", "logits"),
    ]
    assert map_part("cross", 1, "qkv") == "cross:decoder:1:part"


def test_a_link_names_what_it_cannot_use(session):
    problems = ANATOMY.read(session, {"step": "ten", "cell": "1,x", "layer": "3"}, Nowhere())
    assert len(problems) == 2
    assert session["anatomy.step"] == "embed"
    assert session["anatomy.layer"] == 3
