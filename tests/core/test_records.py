"""The database of stored experiments and known models."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from core.errors import InputError
from core.records import EXPERIMENT_LIMIT, Records


@pytest.fixture
def records(tmp_path):
    opened = Records(tmp_path / "headlight.db")
    yield opened
    opened.close()


def test_an_experiment_comes_back_as_it_was_stored(records):
    state = {"text": "它太累了 \x00 </script>", "layer": "3"}
    assert records.load_experiment(records.save_experiment(state, owner="me")) == state


def test_equal_experiments_have_equal_ids_whatever_their_order(records):
    first = records.save_experiment({"a": "1", "b": "2"}, owner="me")
    assert records.save_experiment({"b": "2", "a": "1"}, owner="you") == first


def test_an_unknown_id_is_none(records):
    assert records.load_experiment("nothing") is None


def test_an_experiment_above_the_limit_is_refused_with_both_numbers(records):
    with pytest.raises(InputError, match=str(EXPERIMENT_LIMIT)):
        records.save_experiment({"text": "x" * EXPERIMENT_LIMIT}, owner="me")


def test_known_models_are_remembered_once_and_forgotten(records):
    records.remember_model("owner/name")
    records.remember_model("owner/name")
    assert records.known_models() == ("owner/name",)
    records.forget_model("owner/name")
    records.forget_model("owner/name")
    assert records.known_models() == ()


def test_many_threads_write_at_once_and_nothing_is_lost(records):
    names: list[str] = []

    def write(number: int) -> None:
        names.extend(
            records.save_experiment({"n": f"{number}-{turn}"}, owner="me") for turn in range(10)
        )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 80
    assert all(records.load_experiment(name) is not None for name in names)


def test_what_a_killed_process_stored_is_there(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from core.records import Records; "
        "r = Records(Path(sys.argv[1])); "
        "print(r.save_experiment({'a': 'b'}, owner='me'), flush=True); "
        "os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "headlight.db"
    killed = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=False
    )
    records = Records(path)
    assert records.load_experiment(killed.stdout.strip()) == {"a": "b"}
    records.close()


def test_openings_of_test_rows_are_counted_for_each_owner_and_table(records):
    assert records.test_rows_opened("reviews", owner="ann") == 0
    assert records.open_test_rows("reviews", owner="ann") == 1
    assert records.open_test_rows("reviews", owner="ann") == 2
    assert records.test_rows_opened("reviews", owner="bob") == 0
    assert records.test_rows_opened("tweets", owner="ann") == 0


def test_the_oldest_large_experiments_of_one_owner_give_way(tmp_path, monkeypatch):
    monkeypatch.setattr("core.records.OWNER_LIMIT", 100_000)
    records = Records(tmp_path / "headlight.db")
    small = records.save_experiment({"text": "short"}, owner="me")
    theirs = records.save_experiment({"text": "x" * 30_000}, owner="other")
    names = [
        records.save_experiment({"text": f"{number}" * 30_000}, owner="me") for number in range(5)
    ]
    kept = [records.load_experiment(name) is not None for name in names]
    assert kept == [False, False, True, True, True]
    assert records.load_experiment(small) == {"text": "short"}
    assert records.load_experiment(theirs) is not None
    records.close()
