import numpy as np
import pytest

from components.views.confusion import confusion_message
from tests.components.views.test_message import decode, unpack

COUNTS = np.array([[5, 1], [2, 8]])
NAMES = ("good", "bad")


def sent(**options):
    """The header and the arrays of a message."""
    header, payload = decode(confusion_message(COUNTS, NAMES, label="x", **options))
    arrays = [unpack(payload, each).reshape(each["shape"]) for each in header["arrays"]]
    return header, arrays


def test_the_message_holds_counts_and_names() -> None:
    header, (counts, before) = sent(before=COUNTS * 2, before_label="then")
    assert header["names"] == ["good", "bad"]
    assert header["beforeLabel"] == "then"
    assert (counts == COUNTS).all()
    assert (before == COUNTS * 2).all()


def test_without_counts_of_before_there_are_none() -> None:
    header, (_counts, before) = sent(before_label="then")
    assert (header["beforeLabel"], before.size) == ("", 0)


@pytest.mark.parametrize(
    ("counts", "names", "said"),
    [
        (COUNTS, ("one",), "counts of shape"),
        (COUNTS - 3, NAMES, "whole numbers"),
        (np.zeros((0, 0), int), (), "0 labels"),
        (np.zeros((201, 201), int), tuple(map(str, range(201))), "201 labels"),
    ],
)
def test_what_cannot_be_drawn_is_refused(counts, names, said) -> None:
    with pytest.raises(ValueError, match=said):
        confusion_message(counts, names, label="x")
