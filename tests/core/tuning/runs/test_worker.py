"""The worker as a real process: queued runs are worked on, and however they end is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from core.language import speaking
from core.tuning.runs import ensure_worker
from core.tuning.runs.folders import LOG
from tests.core.tuning.runs import toy_worker
from tests.core.tuning.runs.waiting import wait_for

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[4]
_ON_A_SMALL_DISK = Path(__file__).with_name("on_a_small_disk.py")
LONG = json.dumps({"steps": 10_000, "pause": 0.02})


def test_a_queued_run_is_done_by_a_process_of_its_own(store, submit, start_worker, wait_until):
    run = submit(spec='{"steps": 40, "pause": 0.03}')
    worker = start_worker()
    wait_until(run, "running")
    assert os.getsid(worker.pid) == worker.pid  # detached: the app's end does not reach it
    assert worker.nice() == 10
    group = Path(f"/proc/{worker.pid}/autogroup")  # where Linux groups sessions
    assert not group.exists() or group.read_text("ascii").split()[-1] == "10"
    assert worker.environ()["OMP_WAIT_POLICY"] == "PASSIVE"
    found = wait_until(run, "done")
    assert found.step == 40
    assert found.message == ""
    assert found.ended - found.started >= timedelta(seconds=1)
    assert [point["loss"] for point in store.metrics(run)] == [
        toy_worker.loss_at(n) for n in range(1, 41)
    ]
    assert store.notes(run) == {"pid": worker.pid, "started at": 0, "sum": 820, "language": "en"}
    assert not (found.folder / ".reserve").exists()


def test_a_worker_takes_every_run_and_ends(store, submit, start_worker):
    runs = [submit() for _ in range(3)]
    worker = start_worker()
    worker.wait(60)
    assert {store.get(run).state for run in runs} == {"done"}
    assert start_worker() is None


def test_only_one_worker_is_started_however_often_it_is_asked_for(submit, start_worker):
    submit(spec=LONG)
    assert start_worker() is not None
    assert [start_worker() for _ in range(5)] == [None] * 5


def test_of_two_workers_at_once_one_takes_the_run_and_the_other_leaves_it(store, submit):
    runs = [submit(spec='{"steps": 20, "pause": 0.02}') for _ in range(4)]
    home = str(store.home)
    command = [sys.executable, toy_worker.__file__]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    both = [
        subprocess.Popen([*command, "--home", home], env=environment, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [each.wait(60) for each in both] == [0, 0]
    spans = sorted((store.get(run).started, store.get(run).ended) for run in runs)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    for run in runs:
        assert len(store.metrics(run)) == 20
        assert store.notes(run)["started at"] == 0


def test_a_run_outlives_the_app_that_started_its_worker(store, submit, wait_until):
    run = submit(spec='{"steps": 40, "pause": 0.03}')
    app = """if True:
        import sys
        from pathlib import Path
        from core.tuning.runs import RunStore, ensure_worker
        ensure_worker(RunStore(Path(sys.argv[1])), command=[sys.executable, sys.argv[2]])
        """
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", app, str(store.home), toy_worker.__file__],
        cwd=PROJECT,
        check=True,
    )
    assert wait_until(run, "done").step == 40


def test_the_worker_of_headlight_itself_ends_where_there_is_nothing_to_do(store):
    command = [sys.executable, "-P", "-m", "core.tuning.worker", "--home", str(store.home)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stopped_run_keeps_its_checkpoint_and_goes_on_from_it(
    store, submit, start_worker, wait_until
):
    run = submit(spec='{"steps": 60, "pause": 0.03}')
    start_worker()
    wait_for(lambda: store.get(run).step >= 5)
    store.stop(run)
    assert store.get(run).stopping
    stopped = wait_until(run, "stopped")
    assert 5 <= stopped.step < 60
    assert not stopped.stopping
    store.resume(run)
    wait_for(lambda: start_worker() or store.get(run).state != "queued")
    wait_until(run, "done")
    assert store.notes(run)["started at"] == stopped.step
    assert store.notes(run)["sum"] == 60 * 61 // 2
    assert [point["step"] for point in store.metrics(run)] == list(range(1, 61))


@pytest.mark.parametrize("after", [0.0, 0.13, 0.31])
def test_a_killed_run_is_interrupted_within_15_seconds_and_its_result_is_that_of_one_never_killed(
    store, submit, start_worker, wait_until, after
):
    run = submit(spec='{"steps": 12, "pause": 0.02, "save_seconds": 0.1}')  # mostly saving
    worker = start_worker()
    wait_for(lambda: store.get(run).step >= 2)
    time.sleep(after)
    worker.kill()
    killed = time.monotonic()
    found = wait_until(run, "interrupted")
    assert time.monotonic() - killed < 15
    assert "resume" in found.message
    assert found.resumable
    store.resume(run)
    wait_for(lambda: start_worker() or store.get(run).state != "queued")
    assert wait_until(run, "done").message == ""
    assert store.notes(run)["sum"] == 78
    assert [point["step"] for point in store.metrics(run)] == list(range(1, 13))


def test_a_run_that_is_killed_while_it_saves_goes_on_from_the_checkpoint_before(
    store, submit, start_worker, wait_until
):
    run = submit(spec='{"steps": 6, "save_every": 2, "save_seconds": 0.5}')
    worker = start_worker()
    folder = store.get(run).folder
    wait_for((folder / "state.json").exists)
    wait_for((folder / "state.part").exists)
    worker.kill()
    wait_until(run, "interrupted")
    assert (folder / "state.part").exists()  # half a checkpoint
    store.resume(run)
    wait_for(lambda: start_worker() or store.get(run).state != "queued")
    wait_until(run, "done")
    assert store.notes(run)["started at"] == 2
    assert store.notes(run)["sum"] == 21
    assert [point["step"] for point in store.metrics(run)] == list(range(1, 7))


def test_a_worker_that_is_told_to_end_keeps_a_checkpoint_of_its_run(
    store, submit, start_worker, wait_until
):
    run = submit(spec=LONG)
    worker = start_worker()
    wait_for(lambda: store.get(run).step >= 5)
    worker.terminate()
    found = wait_until(run, "interrupted")
    assert "told to end" in found.message
    assert json.loads((found.folder / "state.json").read_text())["step"] == found.step


def test_a_killed_worker_does_not_keep_others_from_their_turn(
    store, submit, start_worker, wait_until
):
    first, second = submit(spec=LONG), submit(owner="you")
    worker = start_worker()
    wait_until(first, "running")
    assert store.get(second).position == 1
    worker.kill()
    wait_for(lambda: start_worker() or store.get(second).state != "queued")
    wait_until(second, "done")
    assert store.get(first).state == "interrupted"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("input", "Row 3 has no label: fill it in."),
        ("disk", "The disk is full"),
        ("memory", "Memory ran out: start it again with batch lowered from 32 to 16."),
        ("torch", "Memory ran out: start it again with batch lowered from 32 to 16."),
    ],
)
def test_the_error_of_a_run_is_a_sentence_with_a_remedy(
    submit, start_worker, wait_until, error, sentence
):
    run = submit("fail", json.dumps({"error": error, "training": {"batch": 32}}))
    start_worker()
    assert wait_until(run, "failed").message.startswith(sentence)


def test_an_unknown_error_is_logged_whole_under_the_reference_that_is_shown(
    submit, start_worker, wait_until
):
    run = submit("fail", '{"error": "fault"}')
    start_worker()
    found = wait_until(run, "failed")
    log = (found.folder / LOG).read_text("utf-8")
    reference = found.message.rstrip(".").split()[-1]
    assert f"Reference {reference}" in log
    assert "secret detail" in log
    assert "secret" not in found.message


def test_after_memory_ran_out_the_next_run_has_a_new_process(
    store, submit, start_worker, wait_until
):
    failed = submit("fail", '{"error": "memory"}')
    following = submit()
    worker = start_worker()
    wait_until(failed, "failed")
    wait_until(following, "done")
    assert store.notes(following)["pid"] != worker.pid


def test_the_worker_speaks_the_language_of_who_asked(store, start_worker, wait_until):
    with speaking("zh"):
        run = store.enqueue("count", "{}", owner="me", device="cpu")
    start_worker()
    wait_until(run, "done")
    assert store.notes(run)["language"] == "zh"


def test_a_worker_that_cannot_come_up_is_not_started_again_at_once(store, submit):
    submit()
    broken = [sys.executable, "-c", "raise SystemExit(1)"]
    first = ensure_worker(store, command=broken)
    psutil.wait_procs([psutil.Process(first)], timeout=10)
    assert ensure_worker(store, command=broken) is None


@pytest.mark.skipif(shutil.which("unshare") is None, reason="mounts a small disk of its own")
def test_a_full_disk_is_told_and_the_run_can_be_resumed_when_there_is_room(tmp_path):
    """On a disk of 2 MB of its own, in a namespace where any user may mount one."""
    script = f"""
        mount -t tmpfs -o size=2m none {tmp_path} || exit 77
        {sys.executable} {_ON_A_SMALL_DISK} {tmp_path}
    """
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no disk can be mounted here")
    assert done.returncode == 0, done.stderr
    failed, message, after = done.stdout.splitlines()[-3:]
    assert (failed, after) == ("failed", "done")
    assert "The disk is full" in message
    assert "resume" in message
