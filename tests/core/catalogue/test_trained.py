"""Models put together from a model of the catalogue and stored weights."""

import dataclasses
import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.catalogue import ensure_model, ensuring, entries, is_fetched, trained
from core.catalogue.entries import ModelEntry, Text
from core.catalogue.fetching import silent
from core.catalogue.model_folders import build_trained_model
from core.catalogue.unpacking import sha256_of
from core.errors import HashError

WEIGHT = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def base(tmp_path, make_model):
    folder = make_model("base", **{"vocab.txt": b"[PAD]", "headlight.json": b"{}"})
    save_file({"layer.weight": WEIGHT}, folder / "model.safetensors")
    return folder


@pytest.fixture
def entry(base, tmp_path, monkeypatch):
    """An entry whose stored weights add 1 to the base and bring a head."""
    stored = tmp_path / "tiny-masked.safetensors"
    save_file(
        {
            "bert.layer.weight.steps": np.full((2, 3), 100, np.int8),
            "bert.layer.weight.scale": np.full((2, 1), 0.01, np.float32),
            "cls.seq_relationship.weight": np.ones((2, 3), np.float16),
        },
        stored,
    )
    made = tmp_path / "made"
    made.mkdir()
    trained.write_model(base, stored, made)
    monkeypatch.setattr(trained, "FOLDER", tmp_path)
    return ModelEntry(
        id="tiny-masked",
        title="Tiny",
        kind="masked",
        languages=("en",),
        licence="Apache-2.0",
        source="trained",
        base="base",
        version="1",
        filename=stored.name,
        sha256=sha256_of(stored),
        weights=sha256_of(made / "model.safetensors"),
        size=1,
        disk=1,
        parameters=12,
        abouts=Text(en="a", zh="b"),
    )


def test_it_is_the_base_changed_and_added_to(entry, base, home):
    folder = build_trained_model(entry, base, silent)
    weights = load_file(folder / "model.safetensors")
    assert np.allclose(weights["bert.layer.weight"], WEIGHT + 1)
    assert weights["cls.seq_relationship.weight"].dtype == np.float32
    assert (folder / "vocab.txt").is_file()
    assert json.loads((folder / "config.json").read_text())["architectures"] == [
        "BertForPreTraining"
    ]


def test_its_record_names_both_hashes(entry, base, home):
    folder = build_trained_model(entry, base, silent)
    record = json.loads((folder / "headlight.json").read_text())
    assert (record["sha256"], record["weights"]) == (entry.sha256, entry.weights)
    assert record["origin"] == "base + tiny-masked.safetensors"


def test_its_base_is_fetched_first_and_it_is_made_once(entry, base, home, monkeypatch):
    asked = []
    monkeypatch.setattr(entries, "models", lambda: (entry,))
    real = ensuring.ensure_model

    def fetched(name, progress=None):
        asked.append(name)
        return base if name == "base" else real(name, progress)

    monkeypatch.setattr(ensuring, "ensure_model", fetched)
    folder = ensure_model("tiny-masked")
    assert asked == ["base"]
    assert is_fetched(entry)
    assert ensure_model("tiny-masked") == folder
    assert asked == ["base"]


def test_damaged_stored_weights_are_a_sentence(entry, base, home, tmp_path):
    with (tmp_path / entry.filename).open("ab") as file:
        file.write(b"x")
    with pytest.raises(HashError, match="install Headlight again"):
        build_trained_model(entry, base, silent)


def test_another_base_is_a_sentence(entry, base, home):
    save_file({"layer.weight": WEIGHT + 1}, base / "model.safetensors")
    with pytest.raises(HashError, match="came out other than it should"):
        build_trained_model(entry, base, silent)


def test_an_entry_without_its_hashes_is_refused(entry):
    for change in ({"weights": ""}, {"filename": ""}, {"sha256": "abc"}):
        with pytest.raises(ValueError, match="catalogue entry"):
            dataclasses.replace(entry, **change)


@pytest.fixture
def from_nothing(entry, tmp_path):
    """An entry without a base; its configuration and tokenizer lie beside the weights."""
    stored = tmp_path / "tiny-new.safetensors"
    save_file(
        {
            "shared.weight.steps": np.full((2, 3), 100, np.int8),
            "shared.weight.scale": np.full((2, 1), 0.01, np.float32),
            "norm.weight": np.ones(3, np.float32),
        },
        stored,
    )
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / f"tiny-new.{name}").write_text('{"model_type": "t5"}')
    made = tmp_path / "made-new"
    made.mkdir()
    trained.write_new_model(stored, made)
    return dataclasses.replace(
        entry,
        id="tiny-new",
        base="",
        filename=stored.name,
        sha256=sha256_of(stored),
        weights=sha256_of(made / "model.safetensors"),
    )


def test_a_model_from_nothing_needs_no_other(from_nothing, home, monkeypatch):
    monkeypatch.setattr(entries, "models", lambda: (from_nothing,))
    folder = ensure_model("tiny-new")
    weights = load_file(folder / "model.safetensors")
    assert np.allclose(weights["shared.weight"], 1.0)
    assert weights["norm.weight"].tolist() == [1.0, 1.0, 1.0]
    assert (folder / "tokenizer.json").is_file()
    assert json.loads((folder / "headlight.json").read_text())["origin"] == from_nothing.filename
    assert is_fetched(from_nothing)


def test_other_weights_of_a_model_from_nothing_are_a_sentence(from_nothing, home):
    wrong = dataclasses.replace(from_nothing, weights="0" * 64)
    with pytest.raises(HashError, match="install Headlight again"):
        build_trained_model(wrong, None, silent)
