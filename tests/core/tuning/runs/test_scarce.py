"""Real fine-tuning where memory or disk really run out: a sentence, and following it helps."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.tuning.finetune import RunSpec
from core.tuning.labelled import DataSource, store_upload

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[4]
_MEMORY = Path(__file__).with_name("on_little_memory.py")
_DISK = Path(__file__).with_name("learning_on_a_small_disk.py")


@pytest.fixture
def make_spec(headlight_home, model_folder):
    """A fine-tuning run of the tiny encoder on as many rows of 60 words; the path of its spec."""

    def make(path, rows, **settings):
        lines = [f"{'The animal is wide and tired ' * 10}{row},{row % 2}" for row in range(rows)]
        table = "\n".join(["text,label", *lines]) + "\n"
        spec = RunSpec(
            model=str(model_folder("bert")),
            source=DataSource(
                kind="classification",
                file=store_upload("rows.csv", io.BytesIO(table.encode())),
                validation=10 / rows,
            ),
            max_tokens=64,
            **settings,
        )
        path.write_text(spec.to_json())
        return path

    return make


def _run(command, **options):
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, **options
    )


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_a_run_whose_memory_ran_out_says_which_setting_to_lower_until_it_fits(make_spec, tmp_path):
    """RLIMIT_AS: the process may take 400 MB more than its imports."""
    spec = make_spec(tmp_path / "spec.json", 4_000, batch=2048, steps=1)
    done = _run([sys.executable, str(_MEMORY), str(tmp_path / "runs"), str(spec)])
    assert done.returncode == 0, done.stderr[-3000:]
    first, *_between, last = done.stdout.splitlines()
    assert first == ("failed: Memory ran out: start it again with batch lowered from 2048 to 1024.")
    assert last == "done: "


@pytest.mark.skipif(shutil.which("unshare") is None, reason="mounts a small disk of its own")
def test_a_checkpoint_that_has_no_room_is_told_and_the_run_goes_on_when_there_is_room(
    make_spec, tmp_path
):
    """On a disk of 4 MB of its own, with something else on it until the run has failed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    spec = make_spec(tmp_path / "spec.json", 60, batch=10, steps=6, checkpoint_every=2)
    script = f"""
        mount -t tmpfs -o size=4m none {disk} || exit 77
        {sys.executable} {_DISK} {disk} {spec}
    """
    done = _run(["unshare", "-rm", "sh", "-c", script])
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no disk can be mounted here")
    assert done.returncode == 0, done.stderr[-3000:]
    failed, message, state, steps = done.stdout.splitlines()[-4:]
    assert (failed, state) == ("failed", "done")
    assert "The disk is full" in message
    assert "resume" in message
    assert steps == "1 2 3 4 5 6"
