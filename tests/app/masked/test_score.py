"""The room "Score", as a page that holds nothing else, and its table."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.masked.score import computed_part, least_expected, score_csv
from core.export import CSV_SKIP
from core.masked import PseudoLikelihood, pseudo_log_likelihood
from core.models import load_model

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("known")]

TEXT = "The animal didn't cross the street because it was too tired."


@pytest.fixture(scope="module")
def model():
    return load_model("minilm-l6-masked")


def room(text, masks):
    from app.masked.look import Look
    from app.masked.score import show_score

    show_score(Look(model="minilm-l6-masked", title="MiniLM", text=text, masks=masks))


def shown(text=TEXT, masks=()):
    from app import resources

    page = AppTest.from_function(room, default_timeout=60, kwargs={"text": text, "masks": masks})
    page.run()
    job = resources.jobs().get(("minilm-l6-masked", "score", text))
    if job is not None and not job.done:  # on a busy machine the bar is shown first
        assert job.wait(60)
        page.run()
    assert not page.exception
    return page


def said(page):
    return "\n".join(part.value for part in page.markdown)


def test_the_sum_and_the_pseudo_perplexity_are_those_of_the_model(model):
    found = pseudo_log_likelihood(model, TEXT)
    page = said(shown())
    assert f"**{found.total:.3f}**".replace("-", "−") in page
    assert f"**{found.pseudo_perplexity:,.2f}**" in page
    assert "PLL = log P(the) + log P(animal)" in page


def test_masks_that_were_typed_stay_and_are_not_scored():
    page = said(shown("The [MASK] of the street is wide.", masks=(1,)))
    assert "not scored: 1." in page
    assert "exp(−PLL / 7)" in page
    assert "masked by a click are scored" in page


def test_a_text_without_words_gets_one_sentence():
    assert "no word that can be masked" in shown("[MASK]").error[0].value


def test_tokens_unknown_to_the_model_are_said_to_be():
    assert "unknown to this model: 8." in said(shown("这只动物没有过马路"))


def test_a_word_of_several_pieces_brings_its_warning_along():
    assert "Kauf and Ivanova" in said(shown("It was unbelievableness."))
    assert "Kauf and Ivanova" not in said(shown("It was late."))


def test_of_a_stopped_computation_there_is_what_was_computed(model):
    whole = pseudo_log_likelihood(model, TEXT)
    scores = whole.per_token.copy()
    scores[3:] = np.nan
    part = computed_part(
        PseudoLikelihood(tokens=whole.tokens, positions=whole.positions, per_token=scores)
    )
    assert part.positions == whole.positions[:3]
    assert part.total == pytest.approx(float(whole.per_token[:3].sum()))
    assert computed_part(whole) is whole


def test_the_least_expected_tokens_come_first(model):
    whole = pseudo_log_likelihood(model, TEXT)
    places = least_expected(whole, 3)
    assert [score for _place, score in places] == sorted(whole.per_token.tolist())[:3]
    assert all(whole.per_token[whole.positions.index(place)] == score for place, score in places)


def test_the_table_reads_back_exactly_and_runs_no_formula(model, look):
    scored = pseudo_log_likelihood(model, "=1 street")
    lines = score_csv(look("=1 street"), scored).removeprefix("\ufeff").splitlines()
    rows = list(csv.reader(lines[CSV_SKIP:]))
    assert [row[:2] for row in rows[2:]] == [["1", "'="], ["2", "1"], ["3", "street"]]
    assert rows[1] == ["", "", "log P", "P"]
    for row, score in zip(rows[2:], scored.per_token, strict=True):
        assert np.float32(row[2]) == score
        assert float(row[3]) == pytest.approx(math.exp(score), rel=1e-5)
