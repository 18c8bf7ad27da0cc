"""The Anatomy page without a browser: every step, and what is wrong said in one sentence."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app import resources
from app.anatomy.state import ANATOMY_STEPS
from tests.core.conftest import make_model

PAGE = """
import streamlit as st
from app.anatomy.look import Look
from app.anatomy.rooms import show_rooms
from app.anatomy.state import ANATOMY
from app.links import open_link
open_link(ANATOMY)
show_rooms(Look(model=st.session_state["anatomy.model"], title="model",
                text=st.session_state["anatomy.text"], pair=st.session_state["anatomy.pair"]))
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    return {family: str(make_model(family, root / family)) for family in ("llama", "t5", "bloom")}


@pytest.fixture
def page(folders, monkeypatch):
    """The rooms of the page, with tiny models beside the built-in ones."""
    monkeypatch.setattr("app.anatomy.rooms.publish_link", lambda state: None)
    known = resources.available_models()
    monkeypatch.setattr(
        resources, "available_models", lambda: known | {path: path for path in folders.values()}
    )

    def run(family, **params):
        shown = AppTest.from_string(PAGE, default_timeout=60)
        shown.query_params["model"] = folders.get(family, family)
        for name, value in params.items():
            shown.query_params[name] = value
        return shown.run()

    return run


@pytest.mark.parametrize("step", ANATOMY_STEPS)
@pytest.mark.parametrize(("family", "stack"), [("llama", "self"), ("t5", "cross")])
def test_every_step_shows_its_formula_and_no_fault(step, family, stack, page):
    shown = page(
        family,
        step=step,
        stack=stack,
        text="It was too tired.",
        pair="Le chat est assis." if family == "t5" else "",
    )
    assert not shown.exception
    assert not shown.error
    assert shown.latex[0].value


def test_a_layer_and_head_that_are_not_there_are_named(page):
    shown = page("llama", text="It was too tired.", layer="9", head="77")
    assert "no layer 9 · head 77" in shown.warning[0].value
    assert shown.session_state["anatomy.layer"] == 0


@pytest.mark.parametrize(
    ("family", "text", "said"),
    [
        ("llama", "  ", "empty"),
        ("bloom", "It was too tired.", "cannot be recorded"),
        ("nowhere", "It was too tired.", "not on this server"),
    ],
)
def test_bad_input_gives_one_sentence(family, text, said, page):
    shown = page(family, text=text)
    assert len(shown.error) == 1
    assert said in shown.error[0].value
    assert not shown.exception


def test_a_long_text_is_cut_and_says_so(page):
    shown = page("llama", text="It was too tired. " * 60)
    assert any("Too long" in warning.value for warning in shown.warning)
    assert not shown.error
