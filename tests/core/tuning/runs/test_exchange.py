"""Runs as files: taken away, brought back, and repeated by a script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import InputError
from core.tuning.finetune import RunSpec, fine_tune
from core.tuning.labelled.examples import DataSource
from core.tuning.labelled.uploads import store_upload
from core.tuning.pretrain.spec import PretrainSpec
from core.tuning.runs.exchange import export_json, export_script, import_json
from core.tuning.spec import TextShare

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[4]


def fine_tuning(model="minilm-l6", **settings):
    source = DataSource(kind="classification", dataset="movie-snippets")
    return RunSpec(**{"model": model, "source": source, **settings})


@pytest.mark.parametrize(
    "spec",
    [
        fine_tuning(method="pet", template="{text} {word}", verbalizer=(("good", "great"),)),
        PretrainSpec(
            objective="masked",
            tokenizer="wordpiece",
            texts=(TextShare(dataset="news-articles", share=0.5),),
        ),
    ],
    ids=["fine-tune", "pretrain"],
)
def test_a_file_brings_the_same_run_back(store, spec):
    record = store.get(store.submit(spec, owner="me", name="mine 中文", device="cpu"))
    found = import_json(export_json(record))
    assert (found.kind, found.name) == (spec.RUN_KIND, "mine 中文")
    assert type(spec).from_json(found.spec) == spec


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "no JSON", '{"headlight_run": 2}', fine_tuning().to_json()]
)
def test_a_file_that_is_none_is_refused_in_a_sentence(text):
    with pytest.raises(InputError, match="no settings of a run"):
        import_json(text)


def test_a_file_is_checked_as_settings_typed_by_hand(store):
    record = store.get(store.submit(fine_tuning(), owner="me", device="cpu"))
    values = json.loads(export_json(record))
    values["spec"]["batch"] = 0
    with pytest.raises(InputError, match="batch"):
        import_json(json.dumps(values))
    with pytest.raises(InputError, match="no kind of run"):
        import_json(json.dumps({**values, "kind": "../worse"}))


def test_a_kind_that_only_a_worker_knows_makes_no_script(store, submit):
    record = store.get(submit("count"))
    with pytest.raises(InputError, match="cannot be repeated"):
        export_script(record)


def test_a_name_cannot_break_out_of_the_script(store):
    record = store.get(store.submit(fine_tuning(), owner="me", name='x" """ {y}', device="cpu"))
    script = export_script(record)
    compile(script, "script.py", "exec")
    assert script.splitlines()[0].startswith("# Repeats the run")


class Losses:
    """A watch that keeps the points."""

    def __init__(self):
        self.points = []

    def stopped(self):
        return False

    def log(self, point):
        self.points.append(dict(point))

    def note(self, name, value):
        pass


def test_the_script_repeats_the_run_to_the_last_digit(store, model_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path / "home"))
    rows = [
        f"The {thing} is {how} number {number},{label}"
        for number in range(6)
        for thing, how, label in (("animal", "wide", "good"), ("street", "yellow", "bad"))
    ]
    table = tmp_path / "rows.csv"
    table.write_text("\n".join(["text,label", *rows]) + "\n", "utf-8")
    with table.open("rb") as data:
        file = store_upload("rows.csv", data)
    spec = fine_tuning(
        model=str(model_folder("bert")),
        source=DataSource(kind="classification", file=file),
        batch=4,
        epochs=2,
        max_tokens=16,
    )
    record = store.get(store.submit(spec, owner="me", name="tiny", device="cpu"))
    watch = Losses()
    fine_tune(spec, tmp_path / "here", watch)

    script = tmp_path / "again.py"
    script.write_text(export_script(record), "utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "there")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    points = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    told = [(point["step"], point["loss"]) for point in points if "loss" in point]
    assert told == [(point["step"], point["loss"]) for point in watch.points if "loss" in point]
    assert len(told) >= 4
    assert (tmp_path / "there" / "model").is_dir()
