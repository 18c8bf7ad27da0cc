from __future__ import annotations

import json
import math

import numpy as np
import pytest

from components.figures.palette import DARK, LIGHT
from components.figures.training import Level, Line, TrainingLines, training_curves


def line(name, values):
    return Line(name=name, steps=np.arange(1, len(values) + 1), values=np.array(values, float))


def figure(lines, palette=LIGHT, revision="a"):
    return training_curves(
        lines,
        palette=palette,
        revision=revision,
        step_name="step",
        loss_name="loss",
        metric_name="share",
    )


LOSSES = TrainingLines(loss=line("raw", [2, 1, 0.5]), smoothed=line("smooth", [2, 1.5, 1]))
ALL = TrainingLines(
    loss=line("raw", [2, 1, 0.5]),
    smoothed=line("smooth", [2, 1.5, 1]),
    validation=line("validation", [1.9, 1.2]),
    metrics=(line("accuracy", [0.5, 0.8]),),
    loss_levels=(Level(name="guessing", value=math.log(2)),),
    metric_levels=(Level(name="majority", value=0.52),),
)


def test_losses_alone_fill_the_picture():
    drawn = figure(LOSSES)
    assert [trace.name for trace in drawn.data] == ["raw", "smooth"]
    assert drawn.layout.yaxis.domain == (0, 1)
    assert "yaxis2" not in drawn.layout


def test_metrics_stand_below_the_losses_on_the_same_steps():
    drawn = figure(ALL)
    by_name = {trace.name: trace for trace in drawn.data}
    assert by_name["accuracy"].yaxis == by_name["majority"].yaxis == "y2"
    assert by_name["validation"].yaxis == by_name["guessing"].yaxis == "y"
    assert {trace.xaxis for trace in drawn.data} == {None}
    assert drawn.layout.yaxis2.domain[1] < drawn.layout.yaxis.domain[0]


def test_a_level_reaches_from_the_first_step_to_the_last():
    levels = {trace.name: trace for trace in figure(ALL).data}
    assert list(levels["guessing"].x) == [1, 3]
    assert list(levels["guessing"].y) == [math.log(2)] * 2


def test_every_line_differs_from_the_others_by_more_than_its_colour():
    signs = [
        (trace.line.dash, trace.line.width, trace.mode, trace.marker.symbol, trace.yaxis)
        for trace in figure(ALL).data
    ]
    assert len(set(signs)) == len(signs)


def test_the_colours_are_those_of_the_palette():
    for palette in (LIGHT, DARK):
        drawn = figure(ALL, palette)
        assert drawn.layout.paper_bgcolor == palette.background
        assert {trace.line.color for trace in drawn.data} <= set(palette.categorical)


def test_a_zoom_outlasts_new_points_of_the_same_run():
    assert figure(LOSSES, revision="a").layout.uirevision == "a"
    assert [trace.uid for trace in figure(LOSSES).data] == ["y raw", "y smooth"]


def test_a_value_that_is_no_number_leaves_a_gap():
    broken = TrainingLines(loss=line("raw", [1, math.nan]), smoothed=line("smooth", [1, 1]))
    assert math.isnan(figure(broken).data[0].y[1])


def test_a_run_without_points_is_an_empty_picture():
    empty = line("raw", [])
    drawn = figure(TrainingLines(loss=empty, smoothed=empty, loss_levels=ALL.loss_levels))
    assert len(drawn.data) == 3


def test_six_hundred_points_are_sent_in_few_bytes():
    many = line("raw", [0.123456789] * 600)
    drawn = figure(TrainingLines(loss=many, smoothed=many))
    drawn.layout.template = None
    assert len(drawn.to_json()) < 20_000
    assert json.loads(drawn.to_json())["data"][0]["y"]["dtype"] == "f4"


def test_a_line_has_as_many_steps_as_values():
    with pytest.raises(ValueError, match="as many steps"):
        Line(name="raw", steps=np.array([1]), values=np.array([1.0, 2.0]))
