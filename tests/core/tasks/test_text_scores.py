"""Known answers of ROUGE, BLEU and chrF, with several references and in Chinese."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.tasks.text_scores import score_text, score_texts


def test_rouge_by_hand():
    """3 of 4 words and 3 of 6: F1 = 2 · (3/4)(3/6) / (3/4 + 3/6) = .6."""
    found = score_text("the cat sat here", ["the cat sat on the mat"])
    assert found.rouge1 == pytest.approx(0.6)
    assert found.rouge2 == pytest.approx(2 * (2 / 3) * (2 / 5) / (2 / 3 + 2 / 5))
    assert found.rouge_l == pytest.approx(0.6)


def test_the_same_text_has_the_best_scores():
    found = score_text("Seven men sat down.", ["Seven men sat down."])
    assert (found.rouge1, found.exact) == (1, 1)
    assert found.bleu == pytest.approx(100)
    assert found.chrf == pytest.approx(100)


def test_of_several_references_the_best_counts():
    found = score_text("twenty-one", ["something else", "twenty-one"])
    assert (found.rouge1, found.exact) == (1, 1)


def test_chinese_is_compared_by_characters():
    found = score_text("三万零五百二十九", ["三万零五百二十八"])
    assert found.rouge1 == pytest.approx(7 / 8)
    assert found.bleu > 50


def test_without_a_reference_there_is_no_score():
    assert score_text("a", []) is None
    assert score_texts(["a"], [[" "]]) is None


def test_many_texts_are_scored_as_a_corpus():
    found = score_texts(["a b c d", "x"], [["a b c d"], ["y", "x"]])
    assert (found.exact, found.rouge1, found.count) == (1, 1, 2)
    assert found.bleu == pytest.approx(100)


def test_references_of_another_length_are_refused():
    with pytest.raises(InputError, match="2 references came with 3 texts"):
        score_texts(["a", "b", "c"], [["a"], ["b"]])


def test_a_text_that_is_too_long_to_be_compared_is_refused():
    """The table of the longest common subsequence has a cell for each pair of words."""
    with pytest.raises(InputError, match="20,001"):
        score_text("a b c", ["a" * 20_001])
