"""Steps along a path: what is expected behind the masks that are still open."""

from __future__ import annotations

import pytest

from app.masked.panels import MOST_PIECES
from app.masked.paths import MOST_AT_ONCE, chosen_next, expected, taken
from core.errors import InputError

pytestmark = pytest.mark.models

TEXT = "New York is a city in the United States of America."


def test_a_word_that_was_masked_by_a_click_and_filled_is_asked_for_no_more(look):
    own = look(TEXT, (2, 9))
    assert [one.position for one in expected(own, ())] == [2, 9]
    path = chosen_next(own, (), order="left", choose="greedy", seed=0)
    (left,) = expected(own, path)
    assert left.position == 9
    assert left.original is not None
    whole = chosen_next(own, path, order="left", choose="greedy", seed=0, every=True)
    assert len(taken(own, (*path, *whole))) == 2
    assert expected(own, (*path, *whole)) == ()


def test_more_masks_than_a_click_should_fill_are_refused(look):
    own = look("[MASK] " * (MOST_AT_ONCE + 1))
    with pytest.raises(InputError, match="65 masks are open"):
        chosen_next(own, (), order="left", choose="greedy", seed=0, every=True)
    assert MOST_PIECES < MOST_AT_ONCE
