"""From a finished run to stored weights and a card, by the one command."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.catalogue.trained import write_new_model
from core.errors import BrokenModelError
from core.models import load_model
from core.tuning.pretrain import TOKENIZERS, __main__, card
from core.tuning.pretrain.__main__ import main

pytestmark = pytest.mark.slow


@pytest.fixture(params=TOKENIZERS)
def shipped(request, make_spec, monkeypatch, tmp_path):
    """A tiny model of each objective, made by the command: its run and what was stored."""
    spec = make_spec(request.param)
    monkeypatch.setitem(__main__.SHIPPED, "tiny", spec)
    monkeypatch.setitem(card._ABOUT, "tiny", "A tiny model.\n")
    monkeypatch.setitem(card._LIMITS, "tiny", "It knows nothing.\n")
    run, weights = tmp_path / "run", tmp_path / "weights"
    main(["tiny", "--run", str(run), "--weights", str(weights)])
    return spec, run, weights


def test_the_command_stores_weights_that_come_back_within_half_a_step(shipped, tmp_path):
    spec, run, weights = shipped
    folder = tmp_path / "again"
    folder.mkdir()
    write_new_model(weights / "tiny.safetensors", folder)
    trained = load_file(run / "model" / "model.safetensors")
    again = load_file(folder / "model.safetensors")
    assert trained.keys() == again.keys()
    for name, weight in trained.items():
        wide = weight.ndim == 2
        half_step = np.abs(weight).max(axis=1, keepdims=True) / 254 if wide else 0.0
        assert (np.abs(again[name] - weight) <= half_step + 1e-6).all()
    model = load_model(str(folder))
    assert model.kind == spec.objective
    (weights / "tiny.tokenizer.json").unlink()
    with pytest.raises(BrokenModelError, match=r"tiny\.tokenizer\.json"):
        write_new_model(weights / "tiny.safetensors", folder)


def test_the_card_says_what_was_measured_and_names_no_path(shipped, tmp_path):
    spec, run, weights = shipped
    told = (weights / "tiny.md").read_text("utf-8")
    found = json.loads((weights / "tiny.json").read_text("utf-8"))
    assert found["stored"]["sha256"] in told
    assert found["stored"]["weights"] in told
    assert "python -m core.tuning.pretrain tiny" in told
    assert str(tmp_path) not in told
    assert found["steps"] == spec.steps
    curve = (weights / "tiny.curve.csv").read_text("utf-8").splitlines()
    assert len(curve) == spec.steps + 1
    notes = json.loads((run / "notes.json").read_text("utf-8"))
    assert found["held_out"]["shares"].keys() <= notes["result"].keys()


def test_a_finished_run_is_not_trained_again(shipped, monkeypatch):
    _spec, run, weights = shipped
    before = (weights / "tiny.json").read_text("utf-8")
    monkeypatch.setattr(__main__, "pretrain", lambda *_args: pytest.fail("trained again"))
    main(["tiny", "--run", str(run), "--weights", str(weights)])
    assert (weights / "tiny.json").read_text("utf-8") == before
