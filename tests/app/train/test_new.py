"""The room "New run": one click starts the default; what is wrong is said where it is chosen."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app import resources
from app.train import new_start
from core import catalogue
from core.errors import InputError
from core.jobs import Jobs
from core.tuning.finetune import RunSpec
from core.tuning.finetune.estimate import Estimate
from core.tuning.labelled import TokenLengths, catalogued
from core.tuning.runs import RunStore

MODELS = {"minilm-l6": "MiniLM L6", "smollm2-135m-instruct": "SmolLM2"}
ESTIMATE = Estimate(
    trainable=22_713_986, parameters=22_713_986, steps=189, memory=2**30, seconds=90
)


def page():
    import streamlit as st

    from app.train.new import show_new
    from app.train.state import TRAIN

    for param in TRAIN.params:
        st.session_state.setdefault(TRAIN.key(param.name), param.default())
    show_new()


@pytest.fixture
def runs(headlight_home, monkeypatch):
    """The runs of the page; nobody works on them."""
    with RunStore() as found:
        monkeypatch.setattr(new_start, "runs", lambda: found)
        monkeypatch.setattr(new_start, "ensure_worker", lambda _store: None)
        monkeypatch.setattr(new_start, "mine", lambda: "a" * 32)
        yield found


@pytest.fixture
def fresh(runs, monkeypatch):
    """The page before it runs, with film reviews of a test and an estimate without a model."""
    labels = ("positive", "negative")
    rows = [(f"Film number {n} is {labels[n % 2]}", labels[n % 2], 1.0) for n in range(40)]
    frame = pd.DataFrame(rows, columns=["text", "label", "score"])
    jobs = Jobs()
    monkeypatch.setattr(catalogued, "read_dataset", lambda _id, _progress: frame)
    monkeypatch.setattr(resources, "jobs", lambda: jobs)
    monkeypatch.setattr(resources, "available_models", lambda: MODELS)
    monkeypatch.setattr(new_start, "_expect", expected)
    return AppTest.from_function(page, default_timeout=60)


@pytest.fixture
def shown(fresh):
    """The page as it is opened."""
    return fresh.run()


def expected(_spec):
    import numpy as np

    lengths = TokenLengths(lengths=np.array([6, 7, 9]), examples=3, limit=128, problem=None)
    return new_start.Expected(estimate=ESTIMATE, lengths=lengths)


def written(shown):
    return "\n".join(each.value for each in shown.markdown).replace("\\", "")


def widget(shown, kind, label):
    return next(each for each in getattr(shown, kind) if each.label == label)


def test_the_default_is_film_reviews_and_the_built_in_encoder_with_its_estimate(shown):
    assert not shown.exception
    assert not shown.error
    said = written(shown)
    assert "| 1 | Film number 0 is positive | positive |" in said
    assert "40 rows: 27 to learn from, 13 held out to check." in said
    assert "About 2 minutes, 189 steps: 22,713,986 of 22,713,986 weights are trained" in said
    assert "Half of the texts have at most 7 tokens, the longest 9." in said
    assert not shown.button(key="train_start").disabled


def test_one_click_queues_the_default_run_and_shows_it(shown, runs):
    shown.button(key="train_start").click().run()
    assert not shown.exception
    (run,) = runs.list()
    spec = RunSpec.from_json(run.spec)
    assert (spec.model, spec.method, spec.source.dataset) == ("minilm-l6", "full", "movie-snippets")
    assert (spec.source.limit, spec.rate, spec.epochs) == (3_000, 1e-4, 3)
    assert spec.source.validation == pytest.approx(1 / 3)
    assert run.owner == "a" * 32
    assert run.name.startswith("Movie review snippets · ")
    assert run.name.endswith(" · All weights")
    assert shown.session_state["train.tab"] == "runs"
    assert shown.session_state["train.run"] == run.id


@pytest.mark.parametrize(
    ("label", "value", "sentence"),
    [
        ("Batch", 0, "batch is 0: it must be a whole number from 1 to 4096."),
        ("Learning rate", 0.0, "rate is 0.0: it must be above 0 and up to 1."),
        ("Learning rate", 100.0, "rate is 100.0: it must be above 0 and up to 1."),
        ("Rows", -1, "limit is -1: it must be a whole number, 0 or more."),
        ("Share held out", 1.0, "validation is 1.0: it must be above 0 and below 1."),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_stays(shown, label, value, sentence):
    widget(shown, "number_input", label).set_value(value).run()
    assert [each.value.replace("\\", "") for each in shown.error] == [sentence]
    assert widget(shown, "number_input", label).value == value
    assert all(each.disabled for each in shown.button if each.key == "train_start")


def test_settings_of_a_method_stand_beside_the_usual_ones_and_reach_the_run(shown, runs):
    widget(shown, "selectbox", "Method").set_value("lora").run()
    widget(shown, "number_input", "Rank").set_value(4).run()
    widget(shown, "text_input", "Name of the run").set_value("Mine").run()
    shown.button(key="train_start").click().run()
    assert not shown.exception
    spec = RunSpec.from_json(runs.list()[0].spec)
    assert (spec.method, spec.rank, spec.epochs) == ("lora", 4, 5)
    assert runs.list()[0].name == "Mine"


def test_a_name_with_a_path_is_refused_and_stays(shown, runs):
    widget(shown, "text_input", "Name of the run").set_value("../mine").run()
    shown.button(key="train_start").click().run()
    assert not runs.list()
    assert "cannot be a run's name" in shown.error[0].value
    assert widget(shown, "text_input", "Name of the run").value == "../mine"
    assert shown.session_state["train.tab"] == "new"


def test_what_is_to_be_learnt_decides_which_models_and_methods_there_are(shown):
    assert widget(shown, "selectbox", "Method").options == [
        "All weights",
        "LoRA",
        "Head only",
        "Prompt tuning",
        "Prefix tuning",
    ]
    widget(shown, "selectbox", "What is learnt").set_value("causal").run()
    assert widget(shown, "selectbox", "Model").value == "smollm2-135m-instruct"
    widget(shown, "selectbox", "What is learnt").set_value("masked").run()
    assert "No model on this server can learn this" in shown.info[0].value


def test_a_column_that_leaves_one_class_is_refused_with_the_sentence_of_core(shown):
    widget(shown, "selectbox", "Column of the labels").set_value("score").run()
    assert len(shown.error) == 1
    assert "score" in shown.error[0].value
    assert shown.button(key="train_start").disabled
    widget(shown, "selectbox", "Column of the labels").set_value("label").run()
    assert not shown.error
    assert not shown.button(key="train_start").disabled


def test_a_refusal_is_not_computed_again_by_itself(shown, monkeypatch):
    asked = []

    def refuse(source, progress):
        asked.append(source)
        raise InputError("Nothing can be learnt from it.")

    monkeypatch.setattr("app.train.new_data.prepare", refuse)
    widget(shown, "number_input", "Rows").set_value(20).run()
    shown.run()
    assert len(asked) == 1
    shown.button(key="train_report_again").click().run()
    assert len(asked) == 2


def test_a_run_that_would_fail_before_its_first_step_cannot_be_started(shown, monkeypatch):
    def refuse(_spec):
        raise InputError("The template needs {word} once.")

    monkeypatch.setattr(new_start, "_expect", refuse)
    widget(shown, "number_input", "Seed").set_value(3).run()
    assert [each.value.replace("\\", "") for each in shown.error] == [
        "The template needs {word} once."
    ]
    assert shown.button(key="train_start").disabled


def test_a_file_is_asked_for_where_it_is_the_source(shown):
    widget(shown, "selectbox", "Data").set_value("").run()
    assert not shown.exception
    assert not [each for each in shown.button if each.key == "train_start"]


def test_an_uploaded_file_is_kept_looked_at_and_can_be_learnt_from(shown, runs):
    import io

    from core.tuning.labelled import store_upload

    lines = "".join(f"question {n},answer {n}\n" for n in range(10))
    kept = store_upload("mine.csv", io.BytesIO(f"prompt,completion\n{lines}".encode()))
    shown.session_state["train.new.file"] = kept
    widget(shown, "selectbox", "Data").set_value("").run()
    assert not shown.exception
    assert widget(shown, "selectbox", "What is learnt").value == "completion"
    assert widget(shown, "selectbox", "Model").value == "smollm2-135m-instruct"
    assert "10 rows: 8 to learn from, 2 held out to check." in written(shown)
    assert f"{kept} is still used." in written(shown)
    shown.button(key="train_start").click().run()
    assert RunSpec.from_json(runs.list()[0].spec).source.file == kept


def test_a_model_that_is_not_here_is_named_and_nothing_starts(fresh):
    fresh.session_state["train.model"] = "no-such-model"
    shown = fresh.run()
    assert "no-such-model is not on this server" in shown.error[0].value.replace("\\", "")
    assert shown.button(key="train_start").disabled


def test_a_dataset_that_does_not_exist_is_named(fresh, monkeypatch):
    monkeypatch.setattr(catalogued, "read_dataset", catalogue.read_dataset)
    fresh.session_state["train.dataset"] = "../films"
    shown = fresh.run()
    assert not shown.exception
    assert all("../films" in each.value.replace("\\", "") for each in shown.error)
    assert shown.error
