"""Wrong codes, slowed down."""

from __future__ import annotations

import pytest

from core.classes.guesses import FORGOTTEN_AFTER, FREE_ADDRESS, FREE_BROWSER, Guesses
from core.errors import NotAllowedError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def guesses(clock):
    return Guesses(clock)


def test_the_first_wrong_codes_cost_nothing_the_next_ever_more(guesses, clock):
    for _try in range(FREE_BROWSER):
        guesses.require_patience("ann", "school")
        guesses.note_wrong("ann", "school")
    guesses.require_patience("ann", "school")
    for seconds in (2, 4, 8):
        guesses.note_wrong("ann", "school")
        with pytest.raises(NotAllowedError, match=f"wait {seconds} seconds"):
            guesses.require_patience("ann", "school")
        clock.now += seconds + 0.1
        guesses.require_patience("ann", "school")


def test_a_class_behind_one_address_is_not_held_up_by_one_of_them(guesses):
    for _try in range(FREE_BROWSER + 1):
        guesses.note_wrong("ann", "school")
    guesses.require_patience("bob", "school")


def test_new_names_for_the_same_address_are_slowed_down_too(guesses):
    for number in range(FREE_ADDRESS + 1):
        guesses.note_wrong(f"browser {number}", "school")
    with pytest.raises(NotAllowedError):
        guesses.require_patience("another", "school")


def test_a_right_code_and_time_forgive(guesses, clock):
    for _try in range(FREE_BROWSER + 1):
        guesses.note_wrong("ann", "school")
    guesses.note_right("ann")
    guesses.require_patience("ann", "school")
    for _try in range(FREE_BROWSER):
        guesses.note_wrong("bob", "home")
    clock.now += FORGOTTEN_AFTER + 1
    guesses.note_wrong("bob", "home")
    guesses.require_patience("bob", "home")
