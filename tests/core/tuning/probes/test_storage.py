"""A probe on disk is whole or not there, and comes back as it was written."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.tuning.probes import (
    MaskReading,
    Probe,
    ProbeInput,
    ProbeReading,
    probe_steps,
    read_probe,
)
from core.tuning.probes.storage import PROBES, write_probe

PROJECT = Path(__file__).parents[4]


def make_probe(step=3):
    drawn = np.random.default_rng(step)
    reading = ProbeReading(
        queries=("the", "动物"),
        keys=("v1", "the", "动物"),
        special=(True, False, False),
        special_queries=(False, False),
        virtual_keys=1,
        weights=drawn.random((2, 2, 3), dtype=np.float32),
        masks=(
            MaskReading(
                position=1,
                words=("animal", "street"),
                probabilities=np.array([0.5, 0.25], np.float32),
                original="street",
                probability=0.25,
                rank=2,
            ),
        ),
        continuation=(" Paris", "."),
        continuation_probabilities=np.array([0.9, 0.1], np.float32),
        words=("the",),
        probabilities=np.array([[0.1, 0.9]], np.float32),
    )
    return Probe(
        step=step,
        task="classification",
        inputs=(ProbeInput(text="the 动物", expected=("good",), row=7),),
        heads=((0, 1), (1, 3)),
        readings=(reading,),
        label_names=("good", "bad"),
        scores={"accuracy": 0.5},
        confusion=np.array([[3, 1], [0, 4]]),
    )


def test_a_probe_comes_back_as_it_was_written(tmp_path):
    written = make_probe()
    write_probe(tmp_path, written)
    found = read_probe(tmp_path, 3)
    for name in ("step", "task", "inputs", "heads", "label_names", "scores"):
        assert getattr(found, name) == getattr(written, name)
    assert (found.confusion == written.confusion).all()
    (one,), (other,) = found.readings, written.readings
    assert (one.queries, one.keys, one.special) == (other.queries, other.keys, other.special)
    assert (one.continuation, one.words) == (other.continuation, other.words)
    assert (one.virtual_queries, one.virtual_keys) == (0, 1)
    for name in ("weights", "probabilities", "continuation_probabilities"):
        assert (getattr(one, name) == getattr(other, name)).all()
        assert getattr(one, name).dtype == np.float32
    assert one.masks[0].words == ("animal", "street")
    assert (one.masks[0].original, one.masks[0].rank) == ("street", 2)
    assert (one.masks[0].probabilities == other.masks[0].probabilities).all()


def test_steps_are_told_in_order_and_a_later_one_replaces_its_own(tmp_path):
    assert probe_steps(tmp_path) == ()
    for step in (40, 0, 7):
        write_probe(tmp_path, make_probe(step))
    write_probe(tmp_path, replace(make_probe(7), scores={"accuracy": 1.0}))
    assert probe_steps(tmp_path) == (0, 7, 40)
    assert read_probe(tmp_path, 7).scores == {"accuracy": 1.0}


def test_what_is_half_written_is_no_probe(tmp_path):
    write_probe(tmp_path, make_probe(1))
    whole = (tmp_path / PROBES / "step-000000001.npz").read_bytes()
    (tmp_path / PROBES / "step-000000002.part").write_bytes(whole[:100])
    assert probe_steps(tmp_path) == (1,)
    with pytest.raises(InputError, match="no probe of step 2"):
        read_probe(tmp_path, 2)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"x" * 500])
def test_a_damaged_file_is_told_in_a_sentence(tmp_path, content):
    (tmp_path / PROBES).mkdir()
    (tmp_path / PROBES / "step-000000005.npz").write_bytes(content)
    with pytest.raises(InputError, match="step 5 that can be read"):
        read_probe(tmp_path, 5)


def test_a_kill_in_the_middle_of_writing_leaves_no_half_of_one(tmp_path):
    """A process of its own writes the same steps over and over and is killed at a bad moment."""
    script = """if True:
        import sys
        from pathlib import Path
        from tests.core.tuning.probes.test_storage import make_probe
        from core.tuning.probes.storage import write_probe
        print("begins", flush=True)
        while True:
            for step in range(20):
                write_probe(Path(sys.argv[1]), make_probe(step))
        """
    for delay in (0.0, 0.013, 0.031):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            cwd=PROJECT,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
        )
        process.stdout.readline()
        while not probe_steps(tmp_path):
            assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(delay)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        process.stdout.close()
        for step in probe_steps(tmp_path):
            found, wanted = read_probe(tmp_path, step), make_probe(step)
            assert (found.readings[0].weights == wanted.readings[0].weights).all()


def test_weights_that_do_not_fit_their_tokens_are_refused():
    probe = make_probe()
    wrong = replace(probe.readings[0], queries=("one",))
    with pytest.raises(ValueError, match="weights of shape"):
        replace(probe, readings=(wrong,))


def test_a_probe_that_tells_of_special_keys_alone_is_read(tmp_path, monkeypatch):
    from core.tuning.probes import storage

    whole = storage._stored

    def older(*args):
        found = whole(*args)
        del found["special_queries"]
        return found

    monkeypatch.setattr(storage, "_stored", older)
    write_probe(tmp_path, make_probe(3))
    assert read_probe(tmp_path, 3).readings[0].special_queries == (False, False)
