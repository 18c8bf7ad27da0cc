"""A run by two processes under ``accelerate launch``: what one does with twice the batch."""

import dataclasses
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from transformers import AutoModelForSequenceClassification

from core.tuning.distributed import main
from core.tuning.finetune.running import fine_tune
from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled import DataSource, store_upload
from core.tuning.pretrain import PretrainSpec
from core.tuning.pretrain.running import pretrain
from core.tuning.training import read_curve

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[3]
LAUNCH = ("--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no",
          "--dynamo_backend", "no", "--main_process_port", "0")  # fmt: skip


class Watch:
    def __init__(self):
        self.points, self.notes = [], {}

    def stopped(self):
        return False

    def log(self, point):
        self.points.append(dict(point))

    def note(self, name, value):
        self.notes[name] = value


@pytest.fixture
def spec(tmp_path, monkeypatch, make_model):
    """A run on a table; no dropout, whose draws depend on the batches."""
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path / "home"))
    rows = [
        f"The {('animal', 'street')[number % 2]} is {word} {number},{number % 2}"
        for number in range(40)
        for word in ("wide", "tired because it was one two three")[number % 3 == 0 :][:1]
    ]
    table = tmp_path / "table.csv"
    table.write_text("text,label\n" + "\n".join(rows) + "\n")
    with table.open("rb") as file:
        stored = store_upload("table.csv", file)
    folder = make_model(
        "bert", tmp_path / "base", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    return RunSpec(
        model=str(folder),
        source=DataSource(kind="classification", file=stored, validation=0.25),
        batch=4,
        accumulation=2,
        epochs=3,
        rate=1e-3,
        schedule="constant",
        warmup=0.0,
        evaluate_every=2,
        keep="last",
    )


def _launch(spec, folder, kind="fine-tune"):
    path = folder.with_suffix(".json")
    path.write_text(spec.to_json())
    command = [sys.executable, "-m", "accelerate.commands.launch", *LAUNCH]
    command += ["-m", "core.tuning.distributed", str(path), "--folder", str(folder)]
    command += ["--kind", kind]
    ended = subprocess.run(
        command,
        cwd=PROJECT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]


def _loaded(folder):
    return AutoModelForSequenceClassification.from_pretrained(folder / "model").state_dict()


def test_two_processes_do_what_one_does_with_twice_the_batch(spec, tmp_path):
    """Issue 6: the same losses, gradients, metrics and weights, to what a sum's order changes."""
    _launch(dataclasses.replace(spec, steps=4), tmp_path / "two")
    _launch(spec, tmp_path / "two")  # goes on from step 4
    watch = Watch()
    fine_tune(dataclasses.replace(spec, batch=2 * spec.batch), tmp_path / "one", watch)
    curve = read_curve(tmp_path / "two")
    assert [point["step"] for point in curve] == [point["step"] for point in watch.points]
    assert len(curve) == watch.notes["steps"] == 6
    for two, one in zip(curve, watch.points, strict=True):
        assert two.keys() == one.keys()
        for name in one.keys() - {"tokens"}:
            assert two[name] == pytest.approx(one[name], rel=1e-4, abs=1e-6)
    lines = (tmp_path / "two" / "curve.jsonl").read_text().splitlines()
    assert len(lines) == len(curve)  # only one process tells it
    notes = json.loads((tmp_path / "two" / "notes.json").read_text())
    assert notes["result"]["accuracy"] == watch.notes["result"]["accuracy"]
    assert notes["confusion"] == watch.notes["confusion"]
    one, two = _loaded(tmp_path / "one"), _loaded(tmp_path / "two")
    assert max(float((one[name] - two[name]).abs().max()) for name in one) < 1e-5


def test_two_processes_begin_from_nothing_as_one_with_twice_the_batch(tmp_path, headlight_home):
    lines = "\n\n".join(
        f"The animal number {n} crossed the street. It was wide." for n in range(60)
    )
    spec = PretrainSpec(
        objective="causal",
        file=store_upload("texts.txt", io.BytesIO(lines.encode())),
        tokenizer="characters",
        vocabulary=60,
        layers=1,
        heads=2,
        hidden=16,
        block=16,
        steps=4,
        batch=4,
        keep="last",
    )
    _launch(spec, tmp_path / "two", "pretrain")
    watch = Watch()
    pretrain(dataclasses.replace(spec, batch=8), tmp_path / "one", watch)
    curve = read_curve(tmp_path / "two")
    assert [point["step"] for point in curve] == [1, 2, 3, 4]
    for two, one in zip(curve, watch.points, strict=True):
        assert two["loss"] == pytest.approx(one["loss"], rel=1e-5)
        assert two["validation_loss"] == pytest.approx(one["validation_loss"], rel=1e-4)
    assert (tmp_path / "two" / "model" / "model.safetensors").is_file()


def test_a_file_that_holds_no_run_is_refused_in_a_sentence(tmp_path, capsys):
    missing = tmp_path / "none.json"
    assert main([str(missing), "--folder", str(tmp_path / "out")]) == 1
    assert "none.json cannot be read" in capsys.readouterr().err
    missing.write_text("{}")
    assert main([str(missing), "--folder", str(tmp_path / "out")]) == 1
    assert "no description of a fine-tuning run" in capsys.readouterr().err
    assert main([str(missing), "--folder", str(tmp_path / "out"), "--kind", "cooking"]) == 1
    assert "no kind of run called “cooking”" in capsys.readouterr().err
