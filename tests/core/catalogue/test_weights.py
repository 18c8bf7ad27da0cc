import json
import struct

import pytest

from core.catalogue import weights_size
from core.catalogue.weights import check_weights, weights_files
from core.errors import BrokenModelError


def test_parameters_and_bytes_are_counted_by_type(make_model, make_safetensors):
    tensors = {
        "a": ("F32", [2, 3], bytes(24)),
        "b": ("BF16", [5], bytes(10)),
        "positions": ("I64", [1, 4], bytes(32)),
        "scale": ("F32", [], bytes(4)),
    }
    size = weights_size(make_model(weights=make_safetensors(tensors, metadata={"format": "pt"})))
    assert size.parameters == 6 + 5 + 1
    assert size.nbytes == 24 + 10 + 32 + 4
    assert size.by_dtype == {"F32": 7, "BF16": 5, "I64": 4}


def test_a_model_in_several_files_is_counted_whole(make_model, make_safetensors):
    folder = make_model()
    (folder / "model.safetensors").unlink()
    for number in (1, 2):
        name = f"model-0000{number}-of-00002.safetensors"
        tensors = {f"w{number}": ("F16", [number], bytes(2 * number))}
        (folder / name).write_bytes(make_safetensors(tensors))
    index = {"weight_map": {f"w{n}": f"model-0000{n}-of-00002.safetensors" for n in (1, 2)}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert weights_size(folder).parameters == 3
    (folder / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(BrokenModelError, match="named in the index and is not there"):
        weights_size(folder)


@pytest.mark.parametrize(
    "index",
    [
        *('{"weight_map": {"a": "../x.safetensors"}}', '{"weight_map": {"a": "x.bin"}}', "{}"),
        *('{"weight_map": {}}', "[]", '{"weight_map": {"a": 1}}', "{", "[" * 100_000),
    ],
)
def test_an_index_that_names_something_else_is_refused(make_model, index):
    folder = make_model()
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(index)
    with pytest.raises(BrokenModelError, match="list of files"):
        weights_files(folder)


def _header(text, body=b""):
    return struct.pack("<Q", len(text)) + text + body


def _tensor(**changes):
    about = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changes
    return _header(json.dumps({"a": about}).encode(), bytes(8))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1234567",
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 100) + b"{}",
        _header(b"{nonsense"),
        _header(b"[1, 2]"),
        _header(b"\xff\xfe\xfd\xfc"),
        _header(b"[" * 100_000),
        _header(b'{"a": 1}'),
        _tensor(dtype="F31"),
        _tensor(shape=[3]),
        _tensor(shape=[-2]),
        _tensor(shape=[True, 2]),
        _tensor(shape="ab"),
        _tensor(shape=[10**30]),
        _tensor(data_offsets=[0, 16]),
        _tensor(data_offsets=[8, 0]),
        _tensor(data_offsets=[4, 12]),
        _tensor(data_offsets=[0]),
        _tensor() + b"more",
        _tensor()[:-1],
    ],
)
def test_a_damaged_file_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(BrokenModelError, match=r"model\.safetensors cannot be used"):
        check_weights(path)


def test_a_sparse_file_that_claims_a_giant_header_is_not_read(tmp_path):
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 90_000_000))
        file.truncate(10**12)  # bytes, none of them on the disk
    with pytest.raises(BrokenModelError, match="header is larger"):
        check_weights(path)


def test_tensors_that_overlap_are_refused(tmp_path):
    about = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    path = tmp_path / "model.safetensors"
    path.write_bytes(_header(json.dumps({"a": about, "b": about}).encode(), bytes(8)))
    with pytest.raises(BrokenModelError, match="overlap"):
        check_weights(path)
