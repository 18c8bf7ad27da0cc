import errno
import shutil
import threading
import time

import pytest
from filelock import FileLock

from core.catalogue.fetching import fetch_into, part, silent
from core.errors import DiskFullError, FetchError, FetchStopped


@pytest.fixture
def target(tmp_path):
    return tmp_path / "models" / "it"


def _fetch(target, fill, *, progress=silent, needed=1):
    def is_done():
        return (target / "whole").exists()

    return fetch_into(
        target, name="it", needed=needed, is_done=is_done, fill=fill, progress=progress
    )


def _whole(_workspace, folder, _progress):
    (folder / "whole").write_text("yes")


def _visible(target):
    return sorted(path.name for path in target.parent.iterdir() if path.name != ".it.lock")


def test_what_was_filled_lies_at_the_target_and_nothing_else(target):
    assert _fetch(target, _whole) == target
    assert (target / "whole").read_text() == "yes"
    assert _visible(target) == ["it"]


def test_two_at_once_do_the_work_once_and_the_second_is_told(target):
    calls, messages, inside = [], [], threading.Event()

    def slow(workspace, folder, progress):
        calls.append(1)
        inside.set()
        time.sleep(0.8)
        _whole(workspace, folder, progress)

    first = threading.Thread(target=_fetch, args=(target, slow))
    first.start()
    inside.wait(5)
    _fetch(target, slow, progress=lambda _fraction, message: messages.append(message))
    first.join()
    assert calls == [1]
    assert any("under way" in message for message in messages)


def test_one_who_waits_can_stop(target):
    target.parent.mkdir()

    def stop(_fraction, _message):
        raise FetchStopped("stopped")

    with FileLock(target.with_name(".it.lock")), pytest.raises(FetchStopped):
        _fetch(target, _whole, progress=stop)


@pytest.mark.parametrize("error", [KeyboardInterrupt, FetchStopped, RuntimeError])
def test_an_interrupted_fetch_leaves_nothing(target, error):
    def fail(workspace, folder, _progress):
        (workspace / "download").write_text("half")
        (folder / "half").write_text("half")
        raise error

    with pytest.raises(error):
        _fetch(target, fail)
    assert _visible(target) == []
    _fetch(target, _whole)
    assert _visible(target) == ["it"]


def test_what_killed_fetches_left_is_removed_but_not_what_others_are_filling(target):
    target.parent.mkdir()
    for name in ("it~1", "gone~2", "busy~3"):
        (target.parent / f".partial-{name}").mkdir()
    with FileLock(target.with_name(".busy.lock")):
        _fetch(target, _whole)
    assert [name for name in _visible(target) if "partial" in name] == [".partial-busy~3"]


def test_a_damaged_or_older_folder_is_replaced(target):
    target.mkdir(parents=True)
    (target / "old").write_text("old")
    _fetch(target, _whole)
    assert [path.name for path in target.iterdir()] == ["whole"]


def test_no_room_is_said_before_anything_is_fetched(target, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=12_345_678)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(DiskFullError, match=r"it needs 51 MB .* 12 MB free"):
        _fetch(target, _whole, needed=50_000_001)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_meanwhile_leaves_nothing(target, number):
    def fill(_workspace, folder, _progress):
        (folder / "half").write_text("half")
        raise OSError(number, "full")

    with pytest.raises(DiskFullError, match="make room"):
        _fetch(target, fill)
    assert _visible(target) == []


def test_a_child_that_found_the_disk_full_is_told_in_numbers(target):
    def fill(_workspace, _folder, _progress):
        raise DiskFullError("full")

    with pytest.raises(DiskFullError, match="it needs 3 MB"):
        _fetch(target, fill, needed=2_500_000)
    with pytest.raises(DiskFullError, match=r"^full$"):
        _fetch(target, fill, needed=0)


def test_any_other_fault_of_the_disk_is_a_sentence(target):
    def fill(_workspace, _folder, _progress):
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(FetchError, match=r"could not be written .*Input/output error"):
        _fetch(target, fill)


def test_a_part_of_the_progress_stays_in_its_part():
    told = []
    step = part(lambda fraction, _message: told.append(round(fraction, 3)), 0.2, 0.4)
    for fraction in (-1.0, 0.0, 0.5, 1.0, 7.0):
        step(fraction, "")
    assert told == [0.2, 0.2, 0.3, 0.4, 0.4]
