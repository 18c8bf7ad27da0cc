"""Search is exact, goes on where it was stopped, and keeps its vectors within a bound."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.tasks import search as searching
from core.tasks import vector_files
from core.tasks.lines import LINE_LIMIT, checked_lines
from core.tasks.search import LineIndex, index_lines, search
from core.tasks.vector_files import keep_index, load_index, vectors_key

LINES = tuple(f"one {word}" for word in ("two", "three", "four", "five", "six", "seven"))


def _index(count=200, hidden=8, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, hidden)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return LineIndex(model="m", lines=tuple(map(str, range(count))), vectors=vectors)


def test_the_nearest_lines_are_those_of_scikit_learn():
    from sklearn.neighbors import NearestNeighbors

    index = _index()
    question = _index(count=1, seed=1).vectors[0]
    found = index.nearest(question, top=7)
    near = NearestNeighbors(metric="cosine", algorithm="brute").fit(index.vectors)
    distances, places = near.kneighbors(question[None], n_neighbors=7)
    assert [hit.place for hit in found] == places[0].tolist()
    assert np.allclose([hit.cosine for hit in found], 1 - distances[0], atol=1e-6)


def test_of_equals_the_earlier_line_stands_first():
    vectors = np.tile(np.array([[1, 0]], dtype=np.float32), (9, 1))
    index = LineIndex(model="m", lines=tuple(map(str, range(9))), vectors=vectors)
    assert [hit.place for hit in index.nearest(vectors[0], top=3)] == [0, 1, 2]
    assert len(index.nearest(vectors[0], top=30)) == 9


def test_a_line_is_nearest_to_itself(tiny):
    model = tiny("bert")
    index = index_lines(model, LINES)
    assert index.complete
    assert search(model, index, LINES[3])[0].text == LINES[3]


def test_a_stopped_index_goes_on_to_the_same(tiny, monkeypatch):
    monkeypatch.setattr(searching, "CHUNK", 2)
    model = tiny("bert")
    seen = []
    begun = index_lines(
        model, LINES, progress=lambda done, _all: seen.append(done), stop=lambda: seen == [2, 4]
    )
    assert (len(begun.vectors), begun.complete) == (4, False)
    assert {hit.place for hit in search(model, begun, LINES[0], top=10)} == {0, 1, 2, 3}
    whole = index_lines(model, LINES, begun=begun)
    assert np.allclose(whole.vectors, index_lines(model, LINES).vectors, atol=1e-6)
    none = index_lines(model, LINES, stop=lambda: True)
    with pytest.raises(InputError, match="No line was read"):
        search(model, none, "one")


def test_a_line_that_cannot_be_read_is_named(tiny):
    with pytest.raises(InputError, match="Line 2: "):
        index_lines(tiny("bert"), ["one", "two\0"])


def test_lines_are_counted_and_repeated_ones_left_out():
    found = checked_lines(["a", "b", "a", " "])
    assert (found.lines, found.repeated) == (("a", "b"), 1)
    with pytest.raises(InputError, match="50,001 lines, the limit is 50,000"):
        checked_lines(map(str, range(LINE_LIMIT + 1)))
    with pytest.raises(InputError, match="no line"):
        checked_lines([" "])


def test_vectors_are_kept_and_found_again(headlight_home):
    index = _index()
    key = vectors_key("weights", index.lines)
    assert load_index(key, "m", index.lines) is None
    keep_index(key, index)
    again = load_index(key, "m", index.lines)
    assert np.array_equal(again.vectors, index.vectors)
    assert key != vectors_key("other weights", index.lines)
    assert key != vectors_key("weights", index.lines[:-1])
    (headlight_home / "vectors" / f"{key}.npz").write_bytes(b"half a file")
    assert load_index(key, "m", index.lines) is None


def test_the_oldest_vectors_go_where_there_are_too_many(headlight_home, monkeypatch):
    monkeypatch.setattr(vector_files, "BYTES_LIMIT", 20_000)
    for name in "abcd":
        keep_index(name, _index())
    left = {path.stem for path in (headlight_home / "vectors").glob("*.npz")}
    assert "d" in left
    assert len(left) == 2
