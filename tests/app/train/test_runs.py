"""The tab "Runs" as a page that holds nothing else; a worker is never started."""

from __future__ import annotations

import json
import os

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from app.train import overview, runs_controls, runs_take_away
from app.train import runs as room_module
from app.train.store import runs
from core.tuning.finetune import RunSpec
from core.tuning.labelled.examples import DataSource
from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.exchange import export_json
from core.tuning.runs.processes import identify_process
from core.tuning.runs.taking import take
from tests.components.views.test_message import decode

NOTES = {"steps": 60, "guessing_loss": 0.693, "majority": 0.5, "trainable": 10, "parameters": 20}


@pytest.fixture
def store(headlight_home, monkeypatch):
    """The store that the page uses, in an empty home; the browser is "me", and no teacher."""
    for module in (room_module, runs_controls, runs_take_away):
        monkeypatch.setattr(module, "ensure_worker", lambda store: None)
    for module in (room_module, runs_controls, runs_take_away, overview):
        monkeypatch.setattr(module, "mine", lambda: "me")
    monkeypatch.setattr("app.train.store.mine", lambda: "me")
    for module in ("app.train.runs_controls", "app.train.store"):
        monkeypatch.setattr(f"{module}.is_teacher", lambda: False)
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
    st.session_state.setdefault(TRAIN.key("panel"), "all")
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
    submitted = submit("one")
    second = submit("two")
    page = shown(second)
    assert "Number 2 in the queue" in said(page)
    assert "| one | waiting |" in said(page)
    assert f"Queue: 1. one · {submitted[:4]} (yours) · 2. two" in said(page)
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
    header, _ = picture(page)
    assert [run["id"] for run in header["runs"]] == [run_id]
    assert [level["label"] for level in header["levels"]] == [
        *("guessing: 0.693", "always the commonest label: 0.500"),
    ]
    told, _points = news(page, run_id)
    assert told["whole"]
    assert {name: count for name, _start, count in told["lines"]} == {
        **dict.fromkeys(("loss", "rate", "gradient_norm"), 40),
        **dict.fromkeys(("validation_loss", "accuracy"), 1),
    }


def views(page):
    """What the page sends to the views of a component, by the name of the component."""
    return [
        (each.proto.component_name, each.proto.bytes)
        for each in page.get("bidi_component")
        if each.proto.bytes
    ]


def picture(page):
    return next(decode(data) for name, data in views(page) if name.endswith("training_curves"))


def news(page, run_id):
    told = [decode(data) for name, data in views(page) if name.endswith("curve_points")]
    return next(each for each in told if each[0]["run"] == run_id and "turn" in each[0])


def test_another_look_reads_and_sends_only_what_is_new(submit, work, store, monkeypatch):
    run_id = submit("one")
    attempt = work(40)
    page = shown(run_id)
    before = picture(page)
    attempt.write([{"step": 41, "loss": 0.3}], {})
    monkeypatch.setattr(store, "curve", None)  # the whole of it is not read again
    page.run()
    assert not page.exception
    assert not page.error
    assert "step 41 / 60" in said(page)
    assert picture(page) == before
    told, _points = news(page, run_id)
    assert told["lines"] == [["loss", 41, 1]]
    assert not told["whole"]


def test_a_run_of_100_000_steps_is_opened_and_followed_in_few_bytes(submit, work, store):
    run_id = submit("one")
    attempt = work(1)
    with store.database.writing() as session:
        for name in ("loss", "rate", "gradient_norm", "tokens"):
            session.execute(MANY, {"name": name})
    attempt.write([{"step": 100_000, "loss": 0.25}], {})
    page = shown(run_id)
    told, _points = news(page, run_id)
    assert told["width"] == 256
    assert 300 < max(count for _name, _start, count in told["lines"]) <= 600
    later = [
        {"step": step, "loss": 0.5, "rate": 1e-4, "gradient_norm": 1.0, "tokens": 9000.0}
        for step in range(100_001, 100_201)  # what a very fast run does in a second
    ]
    attempt.write(later, {})
    page.run()
    told, _points = news(page, run_id)
    assert {count for _name, _start, count in told["lines"]} == {2}  # buckets
    assert (
        sum(
            each.proto.ByteSize()  # with the script, which Streamlit sends along
            for each in page.get("bidi_component")
            if each.proto.component_name.endswith("curve_points")
        )
        < 1500
    )


MANY = text(
    "WITH RECURSIVE steps(step) AS (SELECT 2 UNION ALL SELECT step + 1 FROM steps "
    "WHERE step < 99999) INSERT INTO points (run, step, name, value, batch) "
    "SELECT 1, step, :name, 1.0 / step, 1 FROM steps"
)


def test_runs_are_drawn_beside_another_and_compared(submit, work):
    first = submit("one")
    result = {"step": 60, "count": 500, "accuracy": 0.8, "validation_loss": 0.5}
    work(60, {**NOTES, "result": result, "seconds": 95}).finish("done")
    second = submit("two")
    work(20)
    page = shown(second)
    page.multiselect[0].set_value([first]).run()
    header, _ = picture(page)
    assert [run["id"] for run in header["runs"]] == [second, first]
    assert news(page, first)[0]["lines"]
    assert "| ● | one | done |" in said(page)
    assert "| 0.500 | 0.800 | 10 | 2 min |" in said(page)


def test_the_table_is_filtered_and_sorted(submit, store):
    submit("apple")
    store.stop(submit("pear"))
    submit("plum", owner="other")
    page = shown()
    table = lambda: said(page).partition("| --- |")[2]  # noqa: E731
    assert table().index("plum") < table().index("pear") < table().index("apple")
    page.selectbox(key="train._filter_order").set_value("name").run()
    assert table().index("apple") < table().index("pear") < table().index("plum")
    page.toggle[0].set_value(True).run()
    assert "plum" not in table()
    page.text_input(key="train._filter_name").set_value("PEA").run()
    assert "pear" in table()
    assert "apple" not in table()
    page.text_input(key="train._filter_name").set_value("quince").run()
    assert "No run passes the filter." in said(page)


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
    assert picture(page)


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


@pytest.fixture
def one_model(monkeypatch):
    """A server with one model, to a visitor who is not the teacher."""
    monkeypatch.setattr("app.resources.available_models", lambda: {"minilm-l6": "MiniLM"})
    monkeypatch.setattr("app.identity.is_teacher", lambda: False)


def give(page, name, content):
    page.file_uploader[0].set_value((name, content.encode(), "application/json")).run()
    return button(page, "train_import_start").click().run()


def test_a_run_that_was_taken_away_is_started_again_from_its_file(submit, store, one_model):
    source = DataSource(kind="classification", dataset="movie-snippets")
    spec = RunSpec(model="minilm-l6", source=source, batch=4)
    first = store.submit(spec, owner="other", name="theirs", device="cpu")
    page = give(shown(first), "theirs.json", export_json(store.get(first)))
    assert not page.error
    newest = store.list()[0]
    assert newest.id != first
    assert (newest.name, newest.owner, newest.state) == ("theirs", "me", "queued")
    assert RunSpec.from_json(newest.spec) == spec
    assert page.selectbox[0].value == newest.id


def test_a_file_of_something_else_is_refused_and_nothing_is_started(submit, store):
    run_id = submit("one")
    page = give(shown(run_id), "notes.json", '{"a": 1}')
    assert "no settings of a run" in page.error[0].value.replace("\\", "")
    assert len(store.list()) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "/srv/private/model"}, "is not on this server"),
        ({"model": "owner/huge-model"}, "is not on this server"),
        ({"source": {"kind": "classification", "hub": "owner/rows"}}, "Only the teacher"),
    ],
    ids=["a folder", "a hub model", "hub data"],
)
def test_a_file_opens_and_fetches_nothing_that_is_the_teacher_s(
    submit, store, one_model, change, said
):
    source = DataSource(kind="classification", dataset="movie-snippets")
    first = store.submit(RunSpec(model="minilm-l6", source=source), owner="other", device="cpu")
    values = json.loads(export_json(store.get(first)))
    spec = values["spec"]
    if "source" in change:
        change = {"source": spec["source"] | {"dataset": ""} | change["source"]}
    values["spec"] = spec | change
    page = give(shown(first), "theirs.json", json.dumps(values))
    assert said in page.error[0].value.replace("\\", "")
    assert len(store.list()) == 1


def test_the_settings_of_another_s_run_on_an_upload_are_not_given_away(submit, store):
    """They name the table, and whoever knows its name can read it."""
    source = DataSource(kind="classification", file="reviews-0a1b2c3d4e5f.csv")
    theirs = store.submit(RunSpec(model="minilm-l6", source=source), owner="other", device="cpu")
    page = shown(theirs)
    assert [each.disabled for each in page.get("download_button")][:2] == [True, True]
    assert any("uploaded table" in each.value for each in page.markdown)
    mine = store.submit(RunSpec(model="minilm-l6", source=source), owner="me", device="cpu")
    page = shown(mine)
    assert [each.disabled for each in page.get("download_button")][:2] == [False, False]
