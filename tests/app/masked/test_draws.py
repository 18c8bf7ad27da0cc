"""Draws of the scheme as the page counts them: the binomial beside them, and their bars."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.masked.draws import (
    DRAWS,
    Rates,
    bars,
    expected_counts,
    many_draws,
    one_draw,
    typed_specials,
)
from core.masked import MaskingCounts

TEXT = "The animal didn't cross the street because it was too tired."
BERT = Rates(rate=0.15, mask=0.8, random=0.1)


def counts_of(eligible, *chosen):
    none = np.zeros(len(chosen), dtype=np.int64)
    return MaskingCounts(eligible=eligible, masked=np.array(chosen), replaced=none, kept=none)


def test_of_two_coins_half_the_throws_show_one_head():
    assert expected_counts(2, 0.5, 100) == pytest.approx([25, 50, 25])


def test_expected_counts_are_the_binomial_distribution():
    """n choose k · pᵏ · (1 − p)ⁿ⁻ᵏ, with Python's own binomial coefficients."""
    own = [math.comb(14, k) * 0.15**k * 0.85 ** (14 - k) for k in range(15)]
    assert expected_counts(14, 0.15, 1) == pytest.approx(own)


@pytest.mark.parametrize("rate", [0.01, 0.15, 0.5, 0.99])
def test_expected_counts_of_the_longest_text_still_sum_to_all_draws(rate):
    expected = expected_counts(8190, rate, 1000)
    assert sum(expected) == pytest.approx(1000)
    assert sum(count * mean for count, mean in enumerate(expected)) == pytest.approx(
        8_190_000 * rate
    )


def test_at_a_rate_of_one_every_draw_chooses_every_token():
    assert expected_counts(3, 1, 1000) == pytest.approx([0, 0, 0, 1000])


def test_bars_leave_out_counts_at_both_ends_that_never_occur_and_hardly_would():
    assert bars(counts_of(6, 2, 4, 4), [0, 0, 1, 1, 1, 0, 0], 4) == (2, [1, 0, 2])


def test_the_draw_that_is_shown_has_a_bar_though_no_other_draw_chose_as_many():
    assert bars(counts_of(6, 2, 4, 4), [0, 0, 1, 1, 1, 0, 0], 6) == (2, [1, 0, 2, 0, 0])


def test_what_is_neither_masked_nor_replaced_is_kept():
    assert BERT.kept == pytest.approx(0.1)
    assert Rates(rate=1, mask=0.8, random=0.2).kept == 0


@pytest.mark.models
def test_masks_that_were_typed_are_counted_and_the_templates_tokens_are_not(look):
    assert typed_specials(look("The [MASK] of the <mask> is wide.").original()) == 2
    assert typed_specials(look(TEXT).original()) == 0


@pytest.mark.models
def test_a_draw_has_a_guess_for_each_chosen_token_that_agrees_with_its_loss(look):
    draw = one_draw(look(TEXT), Rates(rate=0.6, mask=0.5, random=0.3), 1)
    assert draw.loss is not None
    assert len(draw.guesses) == len(draw.example.positions) > 1
    assert draw.read.ids == tuple(draw.example.input_ids.tolist())
    for guess, loss, right in zip(draw.guesses, draw.loss.per_token, draw.loss.right, strict=True):
        assert -math.log(guess.original.probability) == pytest.approx(loss, abs=1e-4)
        assert (guess.original.rank == 1) == right
        assert (guess.first == guess.original.text) == right


@pytest.mark.models
def test_words_masked_by_a_click_are_drawn_from_like_all_others(look):
    one, other = (one_draw(look(TEXT, masks), BERT, 5) for masks in ((), (2, 5)))
    assert one.example.kinds == other.example.kinds
    assert one.read == other.read


@pytest.mark.models
def test_a_draw_that_chooses_nothing_has_no_loss(look):
    draw = one_draw(look("word"), Rates(rate=0.01, mask=0.8, random=0.1), 0)
    assert draw.loss is None
    assert draw.guesses == ()


@pytest.mark.models
def test_many_draws_of_the_page_hold_the_rate(look):
    many = many_draws(look(TEXT), BERT)
    assert many.rate == pytest.approx(0.15, abs=5 * (0.15 * 0.85 / (many.eligible * DRAWS)) ** 0.5)
