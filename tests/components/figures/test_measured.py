"""Figures of measurements: bars beside the diagonal, dots with their intervals."""

from __future__ import annotations

import pytest

from components.figures.interval_dots import Dot, interval_dots
from components.figures.palette import LIGHT
from components.figures.reliability import reliability_plot

NAMES = {
    "confidence_name": "sure",
    "accuracy_name": "right",
    "ideal_name": "ideal",
    "count_name": "rows",
}


def test_bins_without_rows_have_no_bar():
    figure = reliability_plot(
        [0, 0.5, 1], [float("nan"), 0.8], [float("nan"), 0.9], [0, 5], palette=LIGHT, **NAMES
    )
    bars, points, ideal = figure.data
    assert list(bars.x) == [0.75]
    assert list(bars.y) == [0.8]
    assert list(points.x) == [0.9]
    assert list(ideal.x) == list(ideal.y) == [0, 1]


def test_bins_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 bins"):
        reliability_plot([0, 0.5, 1], [0.1], [0.1], [1], palette=LIGHT, **NAMES)


def test_dots_stand_from_top_to_bottom_with_both_sides_of_their_intervals():
    dots = [
        Dot(name="one", value=0.7, low=0.6, high=0.75),
        Dot(name="two", value=0.5, low=0.4, high=0.6, marked=True),
    ]
    figure = interval_dots(dots, palette=LIGHT, value_name="accuracy", floor=0.5)
    (points,) = figure.data
    assert list(points.error_x.array) == pytest.approx([0.05, 0.1])
    assert list(points.error_x.arrayminus) == pytest.approx([0.1, 0.1])
    assert list(points.marker.symbol) == ["circle", "diamond"]
    assert list(figure.layout.yaxis.ticktext) == ["one", "two"]
    assert figure.layout.yaxis.autorange == "reversed"
