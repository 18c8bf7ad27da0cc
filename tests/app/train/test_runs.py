"""The tab "Runs" as a page that holds nothing else; a worker is never started."""

from __future__ import annotations

import json
import os

import pytest
from streamlit.testing.v1 import AppTest

from app.train import runs as room_module
from app.train import runs_controls
from app.train.store import runs
from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.processes import identify_process
from core.tuning.runs.taking import take

NOTES = {"steps": 60, "guessing_loss": 0.693, "majority": 0.5, "trainable": 10, "parameters": 20}


@pytest.fixture
def store(headlight_home, monkeypatch):
    """The store that the page uses, in an empty home; the browser is "me", and no teacher."""
    for module in (room_module, runs_controls):
        monkeypatch.setattr(module, "ensure_worker", lambda store: None)
        monkeypatch.setattr(module, "mine", lambda: "me")
    monkeypatch.setattr(runs_controls, "is_teacher", lambda: False)
    runs.cache_clear()
    with runs() as opened:
        yield opened
    runs.cache_clear()


@pytest.fixture
def submit(store):
    """``submit(name)`` queues a run of this browser; its id."""

    def queue(name, owner="me"):
        return store.enqueue("fine-tune", '{"batch": 32}', owner=owner, name=name, device="cpu")

    return queue


@pytest.fixture
def work(store):
    """``work(count)`` takes the next run and logs ``count`` steps of it; its attempt."""

    def begin(count, notes=NOTES):
        with store.database.writing() as session:
            row = take(session, identify_process(os.getpid()))
        attempt = RunAttempt(store.database, row)
        points = [
            {"step": step, "loss": 0.7 - 0.005 * step, "rate": 1e-4, "gradient_norm": 1.5}
            for step in range(1, count + 1)
        ]
        if points:
            points[-1] |= {"validation_loss": 0.5, "accuracy": 0.8}
        attempt.write(points, {name: json.dumps(value) for name, value in notes.items()})
        return attempt

    return begin


def room(chosen):
    import streamlit as st

    from app.train.runs import show_runs
    from app.train.state import TRAIN

    st.session_state.setdefault(TRAIN.key("run"), chosen)
    show_runs()


def shown(run_id=""):
    page = AppTest.from_function(room, default_timeout=60, kwargs={"chosen": run_id}).run()
    assert not page.exception
    return page


def said(page):
    parts = (*page.markdown, *page.info, *page.success, *page.warning, *page.error)
    return "\n".join(part.value for part in parts).replace("\\", "")


def button(page, key):
    return next(each for each in page.button if each.key == key)


def test_without_runs_it_says_where_to_start_one(store):
    assert "No runs yet" in said(shown())


def test_runs_that_wait_are_listed_with_their_places(submit):
    submit("one")
    second = submit("two")
    page = shown(second)
    assert "Number 2 in the queue" in said(page)
    assert "| one | waiting |" in said(page)
    assert [option.split(" · ")[0] for option in page.selectbox[0].options] == ["two", "one"]


def test_the_newest_run_of_this_browser_is_shown_first(submit):
    submit("mine")
    submit("another's", owner="other")
    assert shown().selectbox[0].value == runs().list(owner="me")[0].id


def test_a_run_that_learns_has_a_picture_and_its_numbers(submit, work):
    run_id = submit("one")
    work(40)
    page = shown(run_id)
    assert "Learning: the training loss fell" in said(page)
    assert "step 40 / 60" in said(page)
    assert "gradient norm 1.50" in said(page)
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert [trace["name"] for trace in figure["data"]] == [
        *("training loss", "training loss, smoothed", "validation loss", "guessing: 0.693"),
        *("validation accuracy", "always the commonest label: 0.500"),
    ]
    assert figure["layout"]["uirevision"] == run_id


def test_another_look_reads_only_what_is_new(submit, work, store, monkeypatch):
    attempt_run = submit("one")
    attempt = work(40)
    page = shown(attempt_run)
    attempt.write([{"step": 41, "loss": 0.3}], {})
    monkeypatch.setattr(store, "curve", None)  # the whole of it is not read again
    page.run()
    assert not page.exception
    assert not page.error
    assert "step 41 / 60" in said(page)


def drawn(page):
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    return {trace["name"]: trace for trace in figure["data"]}


def test_the_picture_stands_still_between_two_drawings(submit, work, monkeypatch):
    run_id = submit("one")
    attempt = work(40)
    page = shown(run_id)
    before = drawn(page)
    attempt.write([{"step": 41, "loss": 0.3}], {})
    assert drawn(page.run()) == before
    monkeypatch.setattr(room_module, "REDRAW", 0.0)
    assert drawn(page.run()) != before


def test_an_evaluation_is_drawn_at_once(submit, work):
    run_id = submit("one")
    attempt = work(40)
    page = shown(run_id)
    before = drawn(page)
    attempt.write([{"step": 41, "loss": 0.3, "validation_loss": 0.4, "accuracy": 0.9}], {})
    assert drawn(page.run())["validation loss"] != before["validation loss"]


def test_stop_asks_and_says_so(submit, work, store):
    run_id = submit("one")
    work(40)
    page = shown(run_id)
    button(page, "train_stop").click().run()
    assert store.get(run_id).stopping
    assert "Stops after this step" in said(page)
    assert button(page, "train_stop").disabled


def test_a_stopped_run_is_resumed(submit, store):
    run_id = submit("one")
    store.stop(run_id)
    page = shown(run_id)
    button(page, "train_resume").click().run()
    assert store.get(run_id).state == "queued"
    assert "Next in the queue" in said(page)


def test_an_interrupted_run_says_why_and_can_be_resumed(submit, work):
    run_id = submit("one")
    work(40).finish("interrupted", "Its process ended.")
    page = shown(run_id)
    assert "Its process ended." in page.warning[0].value.replace("\\", "")
    assert not button(page, "train_resume").disabled
    assert page.get("plotly_chart")


def test_a_run_that_is_done_says_its_result(submit, work):
    run_id = submit("one")
    result = {"step": 60, "count": 500, "accuracy": 0.8, "validation_loss": 0.5}
    work(60, {**NOTES, "result": result, "seconds": 95}).finish("done")
    page = shown(run_id)
    assert "80.0% right of 500" in page.success[0].value.replace("\\", "")
    assert "took 2 min" in said(page)
    assert not [each for each in page.button if each.key in ("train_stop", "train_resume")]


def test_a_run_is_named_and_written_about(submit, store):
    run_id = submit("one")
    page = shown(run_id)
    page.text_input[0].set_value("better <b>")
    page.text_area[0].set_value("rate *halved*")
    button(page, f"train_save_{run_id}").click().run()
    assert (store.get(run_id).name, store.get(run_id).note) == ("better <b>", "rate *halved*")
    assert "rate *halved*" in said(page)


def test_a_name_that_cannot_be_used_is_refused_in_a_sentence(submit, store):
    run_id = submit("one")
    page = shown(run_id)
    page.text_input[0].set_value("../two")
    button(page, f"train_save_{run_id}").click().run()
    assert "cannot be a run's name" in page.error[0].value.replace("\\", "")
    assert store.get(run_id).name == "one"


def test_after_a_run_is_deleted_the_newest_one_is_shown(submit, store):
    first, second = submit("one"), submit("two")
    page = shown(first)
    button(page, f"train_delete_{first}").click().run()
    assert [record.id for record in store.list()] == [second]
    assert page.selectbox[0].value == second
    assert not page.error


def test_another_browser_s_run_is_watched_but_not_changed(submit, store):
    run_id = submit("one", owner="other")
    page = shown(run_id)
    assert button(page, "train_stop").disabled
    button(page, f"train_delete_{run_id}").click().run()
    assert "Only who started this run" in page.error[0].value.replace("\\", "")
    assert store.get(run_id).state == "queued"


def test_a_run_that_is_not_there_is_named_and_the_list_stays(submit):
    submit("one")
    page = shown("ffffffffff")
    assert "There is no run" in page.error[0].value.replace("\\", "")
    assert len(page.selectbox[0].options) == 2
