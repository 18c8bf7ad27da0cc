"""The panels of a run for its model, its labels and what it forgot; and its place in the lists."""

from __future__ import annotations

import json
import os

import pytest
from streamlit.testing.v1 import AppTest

from app import other_models as other_models_module
from app.other_models import other_models
from app.run_models import run_titles
from app.train import labels_panel, prompt_panel, runs_controls
from app.train.panels import panels_of
from app.train.store import runs
from core.prompts.ladder import RUN_KIND as LADDER
from core.prompts.search import RUN_KIND as SEARCH
from core.tuning import RunSpec
from core.tuning.forgetting import Forgotten, write_forgotten
from core.tuning.label_curve import LabelCurveSpec
from core.tuning.labelled import DataSource
from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.processes import identify_process
from core.tuning.runs.taking import take


@pytest.fixture
def store(headlight_home, monkeypatch):
    """The store that the page uses, in an empty home; the browser is "me", and no teacher."""
    monkeypatch.setattr(runs_controls, "ensure_worker", lambda store: None)
    monkeypatch.setattr(runs_controls, "mine", lambda: "me")
    monkeypatch.setattr(runs_controls, "is_teacher", lambda: False)
    runs.cache_clear()
    with runs() as opened:
        yield opened
    runs.cache_clear()


def spec(kind="classification", **settings):
    source = DataSource(kind=kind, dataset="movie-snippets")
    return RunSpec(model="minilm-l6", source=source, **settings)


@pytest.fixture
def finish(store):
    """``finish(spec, name)``: a run that is done, with a model of a configuration only; its id."""

    def done(submitted, name="mine", architecture="BertForSequenceClassification", notes=()):
        run_id = store.submit(submitted, owner="me", name=name, device="cpu")
        with store.database.writing() as session:
            row = take(session, identify_process(os.getpid()))
        attempt = RunAttempt(store.database, row)
        attempt.write([], {key: json.dumps(value) for key, value in dict(notes).items()})
        attempt.finish("done")
        folder = store.get(run_id).folder / "model"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}))
        return run_id

    return done


def room(panel, run_id):
    from app.train.panels import panels_of as panels
    from app.train.store import runs

    record = runs().get(run_id)
    panels(record)[panel][1](record)


def shown(panel, run_id):
    page = AppTest.from_function(
        room, default_timeout=60, kwargs={"panel": panel, "run_id": run_id}
    ).run()
    assert not page.exception
    return page


def said(page):
    parts = (*page.markdown, *page.info, *page.success, *page.warning, *page.error)
    return "\n".join(part.value for part in parts).replace("\\", "")


def test_a_run_that_is_done_stands_among_the_models_until_it_is_deleted(store, finish):
    run_id = finish(spec("masked"), "Films", "BertForMaskedLM")
    other = finish(spec(), "Classes")
    assert run_titles() == {
        f"run:{other}": f"Classes · {other[:4]} · encoder",
        f"run:{run_id}": f"Films · {run_id[:4]} · masked",
    }
    assert f"run:{run_id}" in other_models("minilm-l6-masked", "masked")
    assert f"run:{other}" not in other_models("minilm-l6-masked", "masked")
    assert other_models_module.is_of_kind(f"run:{run_id}", "masked")
    store.delete(run_id)
    assert list(run_titles()) == [f"run:{other}"]


def test_a_run_that_goes_on_is_no_model_yet(store):
    run_id = store.submit(spec(), owner="me", name="slow", device="cpu")
    assert run_titles() == {}
    assert "There is no model yet" in said(shown("model", run_id))
    assert "it is not done" in said(shown("forgotten", run_id))


@pytest.mark.parametrize("kind", [SEARCH, LADDER])
def test_a_run_that_looks_for_prompts_has_no_model_and_leads_to_them(store, monkeypatch, kind):
    links = []
    monkeypatch.setattr(
        prompt_panel.st, "page_link", lambda page, **given: links.append(given["query_params"])
    )
    run_id = store.enqueue(kind, "{}", owner="me", name="mine", device="cpu")
    assert list(panels_of(store.get(run_id))) == ["prompts", "all"]
    page = shown("prompts", run_id)
    assert "no model" in said(page)
    name = kind.removeprefix("prompt-")
    assert links == [{"tab": "improve", "panel": name, name: run_id}]


def test_a_study_is_started_from_a_run_once_and_belongs_to_it(store, finish):
    run_id = finish(spec(method="lora"), "Classes")
    page = shown("labels", run_id)
    assert "2,000 examples" in said(page)
    page.button[0].click().run()
    assert not page.exception
    study = labels_panel.study_of(store.get(run_id))
    assert study.kind == "label-curve"
    assert study.name == "Classes: labels"
    assert LabelCurveSpec.from_json(study.spec).base.method == "lora"
    assert "waiting" in shown("labels", run_id).get("progress")[0].proto.text


def test_a_study_is_drawn_with_its_floor_and_its_intervals(store, finish):
    study = LabelCurveSpec(base=spec(), counts=(10, 50))
    run_id = finish(study, "labels", notes={"majority": 0.52})
    results = [
        {"start": start, "asked": count, "labels": count, "right": right, "count": 100, "loss": 0.6}
        for start, count, right in (
            ("pretrained", 10, 60),
            ("nothing", 10, 50),
            ("pretrained", 50, 75),
            ("nothing", 50, 52),
        )
    ]
    (store.get(run_id).folder / "labels.json").write_text(json.dumps(results))
    page = shown("labels", run_id)
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert [trace["name"] for trace in figure["data"]] == [
        *("from the pre-trained model", "from nothing", "always the commonest label"),
    ]
    assert "0.750 | 0.657 – 0.825" in said(page)  # Wilson's interval of 75 of 100


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ((6.0, 9.0, 12.0), "Some of the old is forgotten: "),
        ((1.0, 2.0, 3.0), "Nothing is forgotten, old texts are read even better: "),
        ((4.1, 3.9, 4.0), "No difference beyond noise: "),
    ],
)
def test_what_was_forgotten_is_told_with_its_interval(store, finish, after, verdict):
    run_id = finish(spec("masked"), architecture="BertForMaskedLM")
    found = Forgotten(
        measured="masked",
        sentences=("one", "two", "three"),
        tokens=(2, 2, 2),
        before=(4.0, 4.0, 4.0),
        after=after,
    )
    write_forgotten(store.get(run_id).folder, found)
    page = shown("forgotten", run_id)
    assert verdict in said(page)
    assert f"{found.change:+.3f} nats a token" in said(page)


def test_of_an_encoder_it_is_said_that_no_loss_can_be_measured(store, finish):
    run_id = finish(spec())
    write_forgotten(
        store.get(run_id).folder,
        Forgotten(
            measured="vectors", sentences=("one",), tokens=(1,), before=(0.0,), after=(0.25,)
        ),
    )
    assert "predicts no words" in said(shown("forgotten", run_id))
    assert "They moved by 0.250" in said(shown("forgotten", run_id))
