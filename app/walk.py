"""Where a session is in a run that is stepped through: its branches, the step shown, and moves.

What a step means, and what it costs, is the page's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Final, ParamSpec

import streamlit as st

from app.branches import START, Branches, Choice, Place
from app.codec import PageState
from core.errors import HeadlightError

PROBLEM: Final = "_problem"
P = ParamSpec("P")


def move(function: Callable[P, None]) -> Callable[P, None]:
    """``function`` as what a click calls: what is wrong is said by the run that follows."""

    @wraps(function)
    def moved(*args: P.args, **kwargs: P.kwargs) -> None:
        st.session_state.pop(PROBLEM, None)
        try:
            function(*args, **kwargs)
        except HeadlightError as error:
            st.session_state[PROBLEM] = str(error)

    return moved


def problem() -> str:
    """What was wrong with the last click, said once."""
    return str(st.session_state.pop(PROBLEM, ""))


@dataclass(frozen=True, slots=True)
class Walk:
    """The walk of one page, whose state has the parameters "steps" and "at"."""

    state: PageState

    @property
    def branches(self) -> Branches:
        """All branches of the session."""
        found = st.session_state[self.state.key("steps")]
        return found if isinstance(found, Branches) else Branches()

    @property
    def place(self) -> Place:
        """The step that is shown; the start where a link names one that is not there."""
        wanted: Place = st.session_state[self.state.key("at")]
        if not self.branches.holds(wanted):
            self.show(START)
            return START
        return wanted

    @property
    def path(self) -> tuple[Choice, ...]:
        """The choices that lead to the step that is shown."""
        return self.branches.path(self.place)

    def start_over(self) -> None:
        """No steps."""
        self._keep(Branches(), START)

    def show(self, place: Place) -> None:
        """Show a step."""
        st.session_state[self.state.key("at")] = place

    def back(self) -> None:
        """Show the step before."""
        self.show(self.branches.before(self.place))

    def go_on(self, choices: Sequence[Choice], after: Place) -> None:
        """Take ``choices`` after a step: on with its branch, or on a branch of their own.

        What fits is kept where there are more than are kept; raises LinkError then.
        """
        for choice in choices:
            grown, after = self.branches.then(after, choice)
            self._keep(grown, after)

    def take(self, choice: Choice, after: Place) -> None:
        """Take one choice after a step; what a click calls."""
        move(self.go_on)((choice,), after)

    def prune(self, branch: int) -> None:
        """Delete a branch and what left it."""
        self._keep(self.branches.without(branch), START)

    def rename(self, branch: int, key: str) -> None:
        """Call a branch what was typed under ``key``."""
        self.name(branch, str(st.session_state[key]))

    def name(self, branch: int, name: str) -> None:
        """Call a branch ``name``."""
        self._keep(self.branches.named(branch, name), self.place)

    def _keep(self, branches: Branches, place: Place) -> None:
        st.session_state[self.state.key("steps")] = branches
        self.show(place)
