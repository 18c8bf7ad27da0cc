import hashlib
import json
import os

import pytest

from core.export import provenance_of
from core.export.provenance import Provenance, weights_digest
from core.models import load_model


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    return tmp_path


def test_the_digest_is_the_sha256_of_the_weights_file(folder):
    assert weights_digest(folder) == hashlib.sha256(b"weights").hexdigest()


def test_the_digest_is_kept_until_the_file_changes(folder, monkeypatch):
    first = weights_digest(folder)
    monkeypatch.setattr("core.export.provenance.sha256_of", lambda _path: "read again")
    assert weights_digest(folder) == first
    stamp = (folder / "model.safetensors").stat().st_mtime_ns + 1
    os.utime(folder / "model.safetensors", ns=(stamp, stamp))
    assert weights_digest(folder) == "read again"


def test_the_digest_of_several_files_is_that_of_what_sha256sum_prints(tmp_path):
    listed = ""
    for name in ("a.safetensors", "b.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
        listed += f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n"
    index = {"weight_map": {"x": "b.safetensors", "y": "a.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert weights_digest(tmp_path) == hashlib.sha256(listed.encode()).hexdigest()


def test_a_folder_without_weights_is_unknown(tmp_path):
    assert weights_digest(tmp_path) == "unknown"


def test_every_fact_is_one_line(provenance):
    assert provenance.lines()[0] == "model: minilm-l6"
    assert len(provenance.lines()) == 7
    assert json.loads(provenance.to_json())["weights"] == provenance.weights


def test_a_model_in_a_folder_shows_its_name_and_not_where_it_lies(model_folder):
    model = load_model(str(model_folder("bert")), device="cpu")
    found = provenance_of(model)
    assert found.model == model_folder("bert").name
    assert isinstance(found, Provenance)
    assert (found.dtype, found.device) == ("float32", "cpu")


@pytest.mark.models
def test_the_built_in_model_names_its_own_weights():
    model = load_model("minilm-l6", device="cpu")
    digest = hashlib.sha256((model.folder / "model.safetensors").read_bytes()).hexdigest()
    assert provenance_of(model).weights == digest
    assert provenance_of(model).model == "minilm-l6"
