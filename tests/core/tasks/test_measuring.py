"""What was measured is whole, and stands in the guide as it stands in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.tasks import FAMILIES, find_task
from core.tasks.measured_table import measured_table
from core.tasks.measuring import MEASURES, mean, measured, measured_of, share

GUIDE = Path(__file__).parents[3] / "docs" / "tasks.md"


def test_every_figure_is_of_a_task_and_lies_in_its_interval():
    assert measured()
    for found in measured():
        assert find_task(found.task).models
        assert found.measure in MEASURES
        assert found.low <= found.value <= found.high
        assert found.count > 0


def test_the_guide_has_the_figures_of_every_family():
    guide = GUIDE.read_text("utf-8")
    for line in measured_table(FAMILIES).splitlines():
        assert line in guide


def test_a_figure_is_found_by_task_way_and_model():
    found = measured_of("similarity", "built-in", "minilm-l6")
    assert found is not None
    assert found.measure == "first"
    assert measured_of("similarity", "built-in", "another") is None


def test_intervals_are_those_of_wilson_and_of_the_mean():
    value, low, high = share([True] * 8 + [False] * 2)
    assert (value, low, high) == (
        0.8,
        pytest.approx(0.490, abs=1e-3),
        pytest.approx(0.943, abs=1e-3),
    )
    assert mean([1.0, 1.0]) == (1.0, 1.0, 1.0)
