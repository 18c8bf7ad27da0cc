"""The figures of a search and of a ladder hold the numbers they are given."""

import numpy as np
import pytest

from components.figures.interval_dots import Dot, interval_dots
from components.figures.label_curve import LabelLine, label_curve
from components.figures.ladder import LadderPoint, ladder
from components.figures.larger import enlarge
from components.figures.line_map import line_map
from components.figures.palette import DARK, LIGHT
from components.figures.reliability import reliability_plot
from components.figures.search_curve import SearchTry, search_curve


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_search_shows_every_try_the_best_and_the_rows_apart(palette):
    tries = [
        SearchTry(number=1, score=0.5, best=0.5, held_out=0.48, name="the the"),
        SearchTry(number=2, score=0.4, best=0.5, held_out=None, name="a"),
        SearchTry(number=3, score=0.7, best=0.7, held_out=0.6, name="b"),
    ]
    figure = search_curve(
        tries, palette=palette, tries_name="tries", score_name="accuracy", best_name="best",
        try_name="try", held_out_name="apart",
    )  # fmt: skip
    each, best, apart = figure.data
    assert list(each.y) == [0.5, 0.4, 0.7]
    assert list(best.y) == [0.5, 0.5, 0.7]
    assert (list(apart.x), list(apart.y)) == ([1, 3], [0.48, 0.6])
    assert figure.layout.paper_bgcolor == palette.background


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_ladder_puts_what_takes_nothing_at_the_edge_each_in_a_place_of_its_own(palette):
    points = [
        LadderPoint(name=str(cost), cost=cost, accuracy=0.6, low=0.55, high=0.66)
        for cost in (0, 0, 7680, 22_000_000)
    ]
    figure = ladder(
        points, palette=palette, cost_name="parameters", accuracy_name="accuracy",
        nothing_name="none",
    )  # fmt: skip
    places = [trace.x[0] for trace in figure.data]
    assert len(set(places)) == 4
    assert places[2:] == [7680, 22_000_000]
    assert max(places[:2]) < 1000
    assert figure.layout.xaxis.ticktext[0] == "none"
    assert [trace.customdata[0] for trace in figure.data] == [0, 0, 7680, 22_000_000]
    first = figure.data[0].error_y
    assert (first.array[0], first.arrayminus[0]) == pytest.approx((0.06, 0.05))


def test_a_ladder_where_nothing_costs_is_drawn():
    point = LadderPoint(name="a", cost=0, accuracy=0.5, low=0.4, high=0.6)
    figure = ladder([point], palette=LIGHT, cost_name="s", accuracy_name="a", nothing_name="none")
    assert len(figure.data) == 1


def test_every_figure_grows_as_a_whole_for_a_projector():
    point = LadderPoint(name="a", cost=10, accuracy=0.5, low=0.4, high=0.6)
    tried = SearchTry(number=1, score=0.5, best=0.5, held_out=0.48, name="the")
    figures = [
        ladder([point], palette=LIGHT, cost_name="s", accuracy_name="a", nothing_name="none"),
        search_curve(
            [tried], palette=LIGHT, tries_name="tries", score_name="accuracy", best_name="best",
            try_name="try", held_out_name="apart",
        ),
        reliability_plot(
            [0.0, 0.5, 1.0], [0.4, 0.8], [0.3, 0.7], [5, 6], palette=LIGHT, confidence_name="c",
            accuracy_name="a", ideal_name="i", count_name="n",
        ),
        interval_dots([Dot(name="a", value=0.5, low=0.4, high=0.6)], palette=LIGHT, value_name="v"),
        line_map(
            np.zeros((3, 2)), np.zeros(3, dtype=int), ["a", "b", "c"], names=["one"],
            palette=LIGHT,
        ),
        label_curve(
            [LabelLine(name="a", labels=(8,), accuracy=(0.5,), low=(0.4,), high=(0.6,))],
            floor=None, palette=LIGHT, labels_name="l", accuracy_name="a", floor_name="f",
        ),
    ]  # fmt: skip
    for figure in figures:
        before = figure.layout.height, figure.layout.font.size, figure.layout.margin.b
        enlarge(figure, 1.375)
        after = figure.layout.height, figure.layout.font.size, figure.layout.margin.b
        assert after == pytest.approx([1.375 * length for length in before])
