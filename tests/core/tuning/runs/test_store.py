"""What can be done with runs while nobody works on them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.errors import InputError
from core.tuning import DataSource, RunSpec
from core.tuning.runs import RunStore
from core.tuning.runs.database import RunRow
from core.tuning.runs.processes import identify_process
from core.tuning.runs.store import NAME_LIMIT, NOTE_LIMIT, QUEUE_LIMIT, SPEC_LIMIT
from core.tuning.runs.taking import take

PROJECT = Path(__file__).parents[4]


@pytest.fixture
def running(store, submit):
    """A run that this process is said to work on."""
    run = submit(name="first")
    with store.database.writing() as session:
        take(session, identify_process(os.getpid()))
    return run


def test_a_submitted_run_waits_with_its_spec_in_its_folder(store, submit):
    run = submit(spec='{"steps": 3}', name="three steps")
    found = store.get(run)
    assert (found.state, found.position, found.name) == ("queued", 1, "three steps")
    assert found.spec == '{"steps": 3}'
    assert (store.home / "runs" / run / "spec.json").read_text() == '{"steps": 3}'


def test_a_spec_is_submitted_as_what_it_is(store):
    spec = RunSpec(model="minilm-l6", source=DataSource(kind="classification", dataset="sms-spam"))
    found = store.get(store.submit(spec))
    assert (found.kind, found.state, found.owner) == ("fine-tune", "queued", "")
    assert RunSpec.from_json(found.spec) == spec


def test_runs_are_there_when_the_store_is_opened_again(store, submit):
    run = submit()
    with RunStore(store.home) as again:
        assert again.list() == (store.get(run),)


def test_the_home_is_that_of_headlight(headlight_home):
    with RunStore() as store:
        assert store.home == headlight_home


def test_runs_are_listed_newest_first_with_their_fair_positions(store, submit):
    for owner in ("a", "a", "b"):
        submit(owner=owner)
    assert [(run.owner, run.position) for run in store.list()] == [("b", 2), ("a", 3), ("a", 1)]
    assert [run.position for run in store.list(owner="b")] == [2]


def test_each_device_has_a_queue_of_its_own(store, submit):
    first, second = submit(), submit()
    with store.database.writing() as session:
        assert take(session, identify_process(os.getpid())).id == first
    assert store.get(second).position == 1
    with store.database.writing() as session:  # the same worker gave up what it had
        assert take(session, identify_process(os.getpid())).id == second
    assert store.get(first).state == "interrupted"


def test_a_second_run_of_one_device_is_not_taken_while_one_is_running(store, submit, running):
    second = submit()
    with store.database.writing() as session:
        assert take(session, identify_process(os.getppid())) is None
    assert store.get(second).state == "queued"


@pytest.mark.parametrize("spec", ["", "[]", "{", "3", "[" * 100_000, " " * (SPEC_LIMIT + 1)])
def test_what_is_no_spec_is_refused(store, submit, spec):
    with pytest.raises(InputError, match="no description of a run"):
        submit(spec=spec)
    assert store.list() == ()


def test_an_unknown_kind_is_refused_with_those_that_are_known(submit):
    with pytest.raises(InputError, match=r"“dance”.*fine-tune"):
        submit("dance")


@pytest.mark.parametrize(
    "name", ["../a", "a\\b", "a\x00b", " \n", "x" * (NAME_LIMIT + 1), "\u202e"]
)
def test_a_name_that_cannot_be_used_is_refused(store, running, name):
    with pytest.raises(InputError, match="name"):
        store.rename(running, name)
    assert store.get(running).name == "first"


def test_a_run_is_renamed_and_noted(store, running):
    store.rename(running, "  情感 \n second ")
    store.set_note(running, "better than the first\nby far")
    found = store.get(running)
    assert (found.name, found.note) == ("情感 second", "better than the first\nby far")
    with pytest.raises(InputError, match="10001"):
        store.set_note(running, "x" * (NOTE_LIMIT + 1))


def test_a_waiting_run_that_is_stopped_leaves_the_queue_and_can_be_resumed(store, submit):
    first, second = submit(), submit()
    store.stop(first)
    assert store.get(first).state == "stopped"
    assert store.get(second).position == 1
    store.resume(first)
    assert store.get(first).position == 2


def test_a_run_that_is_done_cannot_be_resumed(store, running):
    with store.database.writing() as session:
        session.query(RunRow).one().state = "done"
    with pytest.raises(InputError, match="is done"):
        store.resume(running)


def test_a_deleted_run_is_gone_with_its_folder(store, submit):
    run, other = submit(), submit()
    (store.get(run).folder / "checkpoints").mkdir()
    store.delete(run)
    with pytest.raises(InputError, match=run):
        store.get(run)
    assert sorted(path.name for path in (store.home / "runs").iterdir()) == [other]


def test_a_running_run_is_not_deleted(store, running):
    with pytest.raises(InputError, match="stop it"):
        store.delete(running)
    assert store.get(running).folder.exists()


@pytest.mark.parametrize("name", ["..", "../..", "", "/", "runs.db", "0123456789"])
def test_nothing_outside_the_folder_of_a_run_is_deleted(store, running, name):
    with pytest.raises(InputError, match="There is no run"):
        store.delete(name)
    assert store.get(running).folder.exists()


def test_of_a_folder_that_is_a_link_only_the_link_is_deleted(store, submit, tmp_path):
    run = submit()
    folder, precious = store.get(run).folder, tmp_path / "precious"
    folder.rename(precious)
    folder.symlink_to(precious)
    store.delete(run)
    assert not folder.is_symlink()
    assert (precious / "spec.json").exists()


def test_one_person_cannot_fill_the_queue(submit):
    for _ in range(QUEUE_LIMIT):
        submit()
    with pytest.raises(InputError, match="stop one first"):
        submit()
    submit(owner="you")


def test_many_sessions_submit_at_once(store, submit):
    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run.position for run in store.list()) == list(range(1, 9))


def test_processes_that_open_a_new_home_at_once_do_not_disturb_each_other(tmp_path):
    code = "import sys; from pathlib import Path; from core.tuning.runs import RunStore as S; "
    code += "print(S(Path(sys.argv[1])).list())"
    command = [sys.executable, "-c", code, str(tmp_path / "new")]
    all_at_once = [
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(6)
    ]
    assert [each.communicate() for each in all_at_once] == [(b"()\n", b"")] * 6
