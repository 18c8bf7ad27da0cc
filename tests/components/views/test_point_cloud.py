from __future__ import annotations

import numpy as np
import pytest

from components.views.point_cloud import cloud_message
from tests.components.views.test_message import decode, unpack

AT = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, -1.0]])
NAMES = ("it", "was", "<b>")
AXES = ("PC 1", "PC 2")


def test_points_and_neighbours_travel_as_they_are() -> None:
    near = np.array([[1], [0], [1]])
    cosines = np.array([[0.5], [0.5], [0.25]])
    header, payload = decode(
        cloud_message(
            AT, NAMES, key="c", label="c", axes=AXES, neighbours=near, cosines=cosines,
            paths=[(0, 1)],
        )
    )  # fmt: skip
    found = [unpack(payload, array).reshape(array["shape"]) for array in header["arrays"]]
    assert np.allclose(found[0], AT)
    assert (found[1] == near).all()
    assert np.allclose(found[2], cosines)
    assert header["labels"] == list(NAMES)
    assert header["groups"] == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axes": ("PC 1",)}, "1 axes"),
        ({"groups": (0, 1, 2), "group_names": ("a",)}, "groups of 1"),
        ({"details": ("a",)}, "1 details"),
        ({"paths": [(0, 3)]}, "a path names a point"),
        ({"neighbours": np.zeros((2, 1), int)}, "neighbours"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict, message: str) -> None:
    options = {"key": "c", "label": "c", "axes": AXES, **change}
    with pytest.raises(ValueError, match=message):
        cloud_message(AT, NAMES, **options)


def test_points_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        cloud_message(AT * np.nan, NAMES, key="c", label="c", axes=AXES)
    with pytest.raises(ValueError, match="1 to 2000 points"):
        cloud_message(np.zeros((0, 2)), (), key="c", label="c", axes=AXES)
