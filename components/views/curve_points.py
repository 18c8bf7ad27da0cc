"""The points of a picture of curves, told apart from the picture: what is new, or a finer stretch.

Streamlit sends a message of bytes again whole when one byte of it changes. A run logs a few points
a second; so they travel in small messages, each of which repeats what the last few had. A browser
that missed more than that says so, and is sent all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.view import joined

_mount = st.components.v2.component("headlight_curve_points", js=joined("curve_points.js"))


class Points(Protocol):
    """A piece of a curve: steps, rising, and the mean, least and largest value up to each. All
    arrays [point]; NaN is no number.
    """

    @property
    def steps(self) -> NDArray[np.int64]:
        """The last step that each point stands for."""
        ...

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean of the values."""
        ...

    @property
    def low(self) -> NDArray[np.float64]:
        """The least value."""
        ...

    @property
    def high(self) -> NDArray[np.float64]:
        """The largest value."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new of the curves of a run, by name.

    Each curve comes from a step on, and takes the place of all that was known from there on;
    ``starts`` are those steps. Whoever knows the state ``since`` of the same ``stamp`` knows the
    state ``turn`` afterwards; ``whole`` news need nothing known. A point stands for ``width``
    steps.
    """

    stamp: str
    since: int
    turn: int
    whole: bool
    width: int
    starts: Mapping[str, int]
    lines: Mapping[str, Points]


def tell_points(view: str, run: str, news: News, *, on_gap: Callable[[], None]) -> None:
    """Tell the view with the key ``view`` what is new of ``run``.

    ``on_gap`` is called, before a rerun, where the browser does not know what came before.
    """
    _mount(
        key=f"{view}-points-{run}",
        data=points_message(view, run, news),
        on_missing_change=on_gap,
    )


def tell_detail(
    view: str, run: str, stretch: tuple[int, int], width: int, lines: Mapping[str, Points]
) -> None:
    """Tell the view with the key ``view`` the finer points of ``run`` in ``stretch``."""
    _mount(
        key=f"{view}-detail-{run}",
        data=detail_message(view, run, stretch, width, lines),
        on_missing_change=_nothing,
    )


def points_message(view: str, run: str, news: News) -> bytes:
    """What the browser is sent for ``tell_points``."""
    header: dict[str, Json] = {
        "view": view,
        "run": run,
        "stamp": news.stamp,
        "since": news.since,
        "turn": news.turn,
        "whole": news.whole,
    }
    return _message(header, news.width, news.lines, news.starts)


def detail_message(
    view: str, run: str, stretch: tuple[int, int], width: int, lines: Mapping[str, Points]
) -> bytes:
    """What the browser is sent for ``tell_detail``."""
    header: dict[str, Json] = {"view": view, "run": run, "stretch": list(stretch)}
    return _message(header, width, lines, {})


def _message(
    header: dict[str, Json], width: int, lines: Mapping[str, Points], starts: Mapping[str, int]
) -> bytes:
    """All lines one after another; where a point is one value, it is sent once."""
    header["width"] = width
    header["lines"] = [
        [name, starts.get(name, 0), len(points.steps)] for name, points in lines.items()
    ]
    joined = list(lines.values())
    values = [[points.mean for points in joined]]
    if width > 1:
        values += [[points.low for points in joined], [points.high for points in joined]]
    return encode_message(
        header,
        _joined([points.steps for points in joined]).astype(np.uint32),
        *(_joined(each).astype(np.float32) for each in values),
    )


def _joined(parts: list[NDArray[np.int64]] | list[NDArray[np.float64]]) -> NDArray[np.generic]:
    return np.concatenate(parts) if parts else np.array([])


def _nothing() -> None:
    """A stretch is told whole: nothing can be missing."""
