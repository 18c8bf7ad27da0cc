"""Models of runs that come with Headlight: made by a recipe, loaded like any run's model."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, ModelNotFoundError
from core.models import load_model
from core.tasks import all_tasks, solve
from core.tasks.tuned import NAMES, recipe_of, ship
from core.tuning import shipped_models
from core.tuning.finetune.spec import RunSpec
from core.tuning.kept import find_kept, is_run_name
from core.tuning.labelled.examples import DataSource, Examples
from core.tuning.predicting import predict
from core.tuning.runs import RunStore

sys.path.append(str(Path(__file__).parents[1] / "tuning" / "finetune"))
from finished import finish_run

TEXTS = ("The animal is wide.", "The street is yellow.")
LIMIT = 2_000_000


@pytest.fixture
def shipped(tmp_path, monkeypatch, model_folder):
    """A tiny LoRA run shipped as ``tuned:tiny``, and what the run itself says."""
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    rows = Examples(
        kind="classification", texts=TEXTS * 8, labels=(0, 1) * 8, label_names=("good", "bad")
    )
    spec = RunSpec(
        model=str(model_folder("bert")),
        source=DataSource(kind="classification", dataset="movie-snippets"),
        method="lora",
        rate=5e-3,
        batch=4,
        max_tokens=16,
    )
    run_id = finish_run(spec, rows, rows)
    with RunStore() as store:
        ship("tiny", store.get(run_id).folder, store.notes(run_id), tmp_path / "tuned" / "tiny")
    monkeypatch.setattr(shipped_models, "TUNED", tmp_path / "tuned")
    return predict(load_model(f"run:{run_id}"), TEXTS)


def test_a_shipped_model_says_what_its_run_said_up_to_sixteen_bits(shipped):
    model = load_model("tuned:tiny")
    assert model.task.label_names == ("good", "bad")
    for mine, its in zip(predict(model, TEXTS), shipped, strict=True):
        np.testing.assert_allclose(mine.probabilities, its.probabilities, atol=2e-3)
    (answer,) = solve("sentiment", TEXTS[0], way="tuned", model="tuned:tiny")
    assert answer.label_names == ("good", "bad")


def test_a_shipped_model_is_a_run_s_model_to_all_else(shipped):
    assert is_run_name("tuned:tiny")
    kept = find_kept("tuned:tiny")
    assert (kept.is_task, kept.is_adapter, kept.method, kept.kind) == (
        True,
        True,
        "lora",
        "encoder",
    )
    assert kept.record.state == "done"


def test_a_shipped_model_that_is_not_there_is_named(shipped):
    with pytest.raises(ModelNotFoundError, match="there are: tuned:tiny"):
        find_kept("tuned:nothing")


def test_a_recipe_that_is_none_is_named():
    with pytest.raises(InputError, match="question-type"):
        recipe_of("nothing")


def test_every_tuned_model_that_a_task_names_has_a_recipe():
    named = {task.models.get("tuned", "") for task in all_tasks()}
    ours = {name.removeprefix("tuned:") for name in named if name.startswith("tuned:")}
    assert ours <= set(NAMES)


@pytest.mark.parametrize("name", shipped_models.shipped_names())
def test_what_is_shipped_is_small_and_has_its_card(name):
    folder = shipped_models.TUNED / name.removeprefix("tuned:")
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < LIMIT
    card = (folder / "README.md").read_text("utf-8")
    assert f"core.tasks.tuned {folder.name}" in card
    assert RunSpec.from_json((folder / "spec.json").read_text("utf-8")).method == "lora"
