"""Groups are found where there are some, and the largest comes first."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.tasks import clusters
from core.tasks.clusters import cluster_lines


def _blobs(sizes=(30, 20, 10)):
    drawn = np.random.default_rng(0)
    parts = [
        np.eye(8)[place] + drawn.normal(scale=0.05, size=(count, 8))
        for place, count in enumerate(sizes)
    ]
    vectors = np.concatenate(parts).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_three_heaps_are_three_groups_the_largest_first():
    found = cluster_lines(_blobs(), groups=3)
    assert found.sizes == (30, 20, 10)
    assert found.groups.tolist() == [0] * 30 + [1] * 20 + [2] * 10
    assert found.points.shape == (60, 2)
    assert 0.9 < found.explained <= 1
    assert all(0 <= place < 30 for place in found.typical[0])
    assert cluster_lines(_blobs(), groups=3).typical == found.typical


def test_the_typical_line_is_the_nearest_to_the_middle():
    vectors = _blobs()
    found = cluster_lines(vectors, groups=3)
    middle = vectors[:30].mean(axis=0)
    assert found.typical[0][0] == int(np.argmax(vectors[:30] @ middle))


def test_many_lines_are_sampled(monkeypatch):
    monkeypatch.setattr(clusters, "POINT_LIMIT", 25)
    found = cluster_lines(_blobs(), groups=2)
    assert len(found.places) == len(found.points) == 25
    assert set(found.typical[0]) <= set(found.places.tolist())


def test_lines_that_repeat_leave_fewer_groups():
    found = cluster_lines(np.tile(np.eye(4, dtype=np.float32)[:2], (5, 1)), groups=4)
    assert found.sizes == (5, 5)


@pytest.mark.parametrize(("count", "groups"), [(2, 2), (10, 1), (10, 11), (40, 21)])
def test_groups_that_cannot_be_are_refused(count, groups):
    with pytest.raises(InputError):
        cluster_lines(np.eye(40, dtype=np.float32)[:count], groups=groups)
