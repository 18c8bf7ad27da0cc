"""Computations of the room "New run" that may be refused: the sentence stays until it is mended.

A refusal is an answer too: it is kept with its key, so that what cannot work is not tried again on
every run of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from app import resources
from app.frame import as_plain
from app.waiting import waited
from core.catalogue import Progress
from core.errors import HeadlightError
from core.jobs import Compute, Stop
from core.jobs import Progress as Count
from core.language import _, current_language

Value = TypeVar("Value")
_PARTS = 1_000  # of a whole, as which a share is counted


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no value, as one sentence."""

    sentence: str


def answered(
    key: tuple[Hashable, ...], name: str, text: str, compute: Callable[[Progress], Value]
) -> Value | None:
    """What ``compute`` gives for ``key``; None while it runs, or where it refused and says why.

    ``name`` is the widget key of its bar, ``text`` says what is computed.
    """
    whole_key = (*key, current_language())  # sentences are kept with the value
    job = waited(whole_key, name, text, _refusing(compute))
    if job is None or job.value is None:
        return None
    if not isinstance(job.value, Refusal):
        return job.value
    st.error(as_plain(job.value.sentence))
    st.button(
        _("Try again"), key=f"{name}_again", on_click=resources.jobs().forget, args=(whole_key,)
    )
    return None


def refused(key: tuple[Hashable, ...]) -> bool:
    """Whether what was asked for ``key`` ended with a refusal."""
    job = resources.jobs().get((*key, current_language()))
    return job is not None and isinstance(job.value, Refusal)


def _refusing(compute: Callable[[Progress], Value]) -> Compute[Value | Refusal]:
    """``compute`` as a job: an error that says what to do becomes its value."""

    def run(count: Count, stop: Stop) -> Value | Refusal:
        def tell(share: float, _message: str) -> None:
            count(int(_PARTS * share), _PARTS)
            if stop():
                raise HeadlightError(_("Stopped before the end."))

        try:
            return compute(tell)
        except HeadlightError as error:
            return Refusal(str(error))

    return run
