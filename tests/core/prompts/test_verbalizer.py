"""Verbalizers: words of labels, and one probability of several."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.prompts import Verbalizer, evaluate_prompt, read_verbalizer, written_verbalizer


def test_the_probability_of_a_label_is_the_mean_of_its_words_over_the_sum_of_all():
    verbalizer = Verbalizer({"a": ["x", "y"], "b": "z"})
    scores = np.log(np.array([[0.1, 0.3, 0.4]]))
    assert verbalizer.probabilities(scores) == pytest.approx(np.array([[0.2, 0.4]]) / 0.6)


@pytest.mark.parametrize(("averaging", "first"), [("sum", 0.4), ("max", 0.3), ("mean", 0.2)])
def test_other_averages_are_what_they_are_called(averaging, first):
    verbalizer = Verbalizer({"a": ["x", "y"], "b": "z"}, averaging=averaging)
    scores = np.log(np.array([[0.1, 0.3, 0.4]]))
    assert verbalizer.probabilities(scores)[0, 0] == pytest.approx(first / (first + 0.4))


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"a": "good", "b": "good"}, "two labels"),
        ({"a": ["x", "good"], "b": ["good", "y"]}, "two labels"),
        ({"a": "x"}, "at least 2"),
        ({"a": "x", "b": ""}, "no word"),
        ({"a": "x", "b": []}, "no word"),
    ],
)
def test_a_verbalizer_that_cannot_be_is_refused(mapping, said):
    with pytest.raises(InputError, match=said):
        Verbalizer(mapping)


def test_a_word_that_a_model_reads_as_nothing_or_as_another_is_refused(tiny, rows):
    model = tiny("bert")
    with pytest.raises(InputError, match="nothing that"):
        evaluate_prompt(
            model, "{{ text }} [MASK]", rows, verbalizer={"a": "\u200b\u200b", "b": "wide"}
        )
    with pytest.raises(InputError, match="the same"):
        evaluate_prompt(model, "{{ text }} [MASK]", rows, verbalizer={"a": "Wide", "b": "wide"})


def test_a_verbalizer_is_written_as_it_is_read():
    verbalizer = read_verbalizer("bad: bad, awful\ngood：好，great\nneutral")
    assert verbalizer.mapping == {
        "bad": ("bad", "awful"),
        "good": ("好", "great"),
        "neutral": ("neutral",),
    }
    assert read_verbalizer(written_verbalizer(verbalizer)) == verbalizer
    with pytest.raises(InputError, match="two lines"):
        read_verbalizer("a: x\na: y")
