"""Figures of an evaluation: intervals, calibration, mistakes, margins; two and more compared."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from core.errors import InputError
from core.prompts import Calibration, PromptEvaluation
from core.prompts.comparison import compare_evaluations, holm, mcnemar, significance
from core.prompts.figures import figures, narrow_margins, reliability, worst_mistakes
from core.prompts.stored import plain_evaluation, read_evaluation
from core.prompts.verbalizer import Verbalizer
from core.tuning.outcome.intervals import wilson


def evaluation(shares, truths, **changes):
    raw = np.array([[1 - share, share] for share in shares])
    found = {
        "model": "tiny",
        "labels": ("a", "b"),
        "truths": tuple(truths),
        "word_scores": np.log(raw),
        "raw": raw,
        "probabilities": raw,
        "calibration": None,
        "tokens": np.full(len(raw), 7),
        "shared": 2,
        "seconds": 1.0,
    }
    return PromptEvaluation(**(found | changes))


SHARES = (0.9, 0.8, 0.3, 0.45, 0.6, 0.2)
TRUTHS = ("b", "b", "a", "b", "a", "a")


def test_accuracy_has_wilsons_interval_and_the_commonest_label_its_share():
    found = figures(evaluation(SHARES, TRUTHS))
    accuracy = found.measure("accuracy")
    assert accuracy.value == pytest.approx(4 / 6)
    assert (accuracy.low, accuracy.high) == wilson(4, 6)
    assert found.majority == 0.5
    assert found.rows == 6


def test_the_calibration_error_is_that_of_guo_and_others():
    """Guo et al. 2017, equation 3, by hand: two bins of two rows."""
    found = reliability(evaluation((0.95, 0.91, 0.65, 0.61), ("b", "a", "b", "b")))
    expected = 0.5 * abs(0.5 - 0.93) + 0.5 * abs(1.0 - 0.63)
    assert found.ece == pytest.approx(expected)
    assert found.counts[9] == found.counts[6] == 2


def test_probabilities_that_mean_what_they_say_have_no_calibration_error():
    shares = [0.75] * 4
    assert reliability(evaluation(shares, "bbba")).ece == pytest.approx(0)


def test_the_worst_mistake_is_the_surest_one():
    one = evaluation(SHARES, TRUTHS)
    texts, numbers = [f"text {n}" for n in range(6)], [10 + n for n in range(6)]
    worst = worst_mistakes(one, texts, numbers)
    assert [each.row for each in worst] == [14, 13]
    assert worst[0].expected == "a"
    assert worst[0].probability == pytest.approx(0.4)
    narrow = narrow_margins(one, texts, numbers, most=2)
    assert [each.row for _margin, each in narrow] == [13, 14]
    assert narrow[0][0] == pytest.approx(0.1)


def test_rows_without_labels_give_no_figures():
    with pytest.raises(InputError, match="No row has a label"):
        figures(evaluation((0.5, 0.6), ("", "")))


@pytest.mark.parametrize(("broken", "fixed"), [(0, 5), (2, 9), (7, 7), (30, 60)])
def test_mcnemars_p_is_the_binomial_of_a_fair_coin(broken, fixed):
    throws = broken + fixed
    tail = sum(comb(throws, k) for k in range(min(broken, fixed) + 1)) / 2**throws
    assert mcnemar(broken, fixed) == pytest.approx(min(1.0, 2 * tail))


def test_flips_are_told_by_row_and_few_of_them_are_noise():
    first = evaluation(SHARES, TRUTHS)
    second = evaluation((0.9, 0.2, 0.3, 0.6, 0.4, 0.2), TRUTHS)
    flips = compare_evaluations(first, second)
    assert flips.fixed == (3, 4)
    assert flips.broken == (1,)
    assert flips.changed == (1, 3, 4)
    assert flips.difference == pytest.approx(1 / 6)
    assert flips.low <= flips.difference <= flips.high
    assert flips.noise
    with pytest.raises(InputError, match="other rows"):
        compare_evaluations(first, evaluation(SHARES, reversed(TRUTHS)))


def test_many_tests_are_corrected_after_holm():
    """Holm 1979, by hand: the smallest p counts as often as there are tests."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])


def test_significance_is_symmetric_and_one_on_the_diagonal():
    truths = ["b"] * 40
    good, bad = evaluation([0.9] * 40, truths), evaluation([0.1] * 40, truths)
    p = significance([good, bad, good])
    assert np.array_equal(p, p.T)
    assert (np.diag(p) == 1).all()
    assert p[0, 1] < 0.001 < p[0, 2]


def test_an_evaluation_that_is_written_down_comes_back_equal():
    shares = np.array([[0.7, 0.3]])
    one = evaluation(SHARES, TRUTHS, calibration=Calibration(inputs=("N/A",), probabilities=shares))
    again = read_evaluation(plain_evaluation(one), Verbalizer({"a": "x", "b": "y"}))
    assert again.raw == pytest.approx(one.raw, abs=1e-6)
    assert again.probabilities == pytest.approx(one.calibration.apply(one.raw), abs=1e-6)
    assert again.truths == one.truths
    with pytest.raises(ValueError, match="together"):
        read_evaluation(plain_evaluation(one) | {"truths": ["a"]}, Verbalizer({"a": "x", "b": "y"}))
