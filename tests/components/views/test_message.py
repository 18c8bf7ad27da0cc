import json
import math
import struct
import zlib

import numpy as np
import pytest

from components.views.message import encode_message


def decode(message: bytes) -> tuple[dict, bytes]:
    (length,) = struct.unpack_from("<I", message)
    return json.loads(message[4 : 4 + length]), zlib.decompress(message[4 + length :])


def unpack(payload: bytes, described: dict) -> np.ndarray:
    count, offset = math.prod(described["shape"]), described["offset"]
    if described["dtype"] == "uint16":
        low, high = np.frombuffer(payload, np.uint8, 2 * count, offset).reshape(2, count)
        return low + 256 * high.astype(np.uint16)
    return np.frombuffer(payload, described["dtype"], count, offset)


def test_a_message_gives_back_its_header_and_arrays() -> None:
    whole = np.arange(6, dtype=np.uint16).reshape(2, 3)
    parts = np.linspace(0, 1, 5, dtype=np.float32)
    header, payload = decode(encode_message({"title": "层 3", "causal": True}, whole, parts))
    assert header["title"] == "层 3"
    assert header["causal"] is True
    for array, described in zip((whole, parts), header["arrays"], strict=True):
        read = unpack(payload, described)
        assert read.reshape(described["shape"]).tolist() == array.tolist()


def test_arrays_begin_where_a_typed_array_may_begin() -> None:
    header, _ = decode(encode_message({}, np.ones(3, np.uint8), np.ones(3, np.float32)))
    assert [described["offset"] % 8 for described in header["arrays"]] == [0, 0]


def test_bytes_stand_in_little_endian_order() -> None:
    _, payload = decode(encode_message({}, np.array([1], dtype=">i4")))
    assert payload[:4] == b"\x01\x00\x00\x00"


def test_a_uint16_array_stands_as_low_bytes_and_high_bytes() -> None:
    _, payload = decode(encode_message({}, np.array([[1, 1000]], np.uint16)))
    assert payload[:4] == bytes([1, 1000 & 255, 0, 1000 >> 8])


def test_a_slice_that_is_not_contiguous_is_sent_in_reading_order() -> None:
    header, payload = decode(encode_message({}, np.arange(6, dtype=np.uint8).reshape(2, 3).T))
    assert header["arrays"][0]["shape"] == [3, 2]
    assert list(payload[:6]) == [0, 3, 1, 4, 2, 5]


def test_half_a_character_in_a_header_does_not_stop_the_message() -> None:
    header, _ = decode(encode_message({"label": "a\ud83d"}))
    assert header["label"] == "a?"


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.complex64, np.bool_])
def test_a_dtype_that_the_browser_lacks_is_refused(dtype: type) -> None:
    with pytest.raises(ValueError, match="dtype"):
        encode_message({}, np.zeros(2, dtype))


def test_the_name_arrays_is_refused_in_a_header() -> None:
    with pytest.raises(ValueError, match="arrays"):
        encode_message({"arrays": []})


def test_the_weights_of_512_tokens_fit_into_a_click() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 2, (512, 512))
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    message = encode_message({}, np.rint(1000 * weights).astype(np.uint16))
    assert len(message) < 200_000
