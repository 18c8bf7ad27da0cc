"""The distribution of the next token: transformers' own logits processors, in its order."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from core.errors import InputError
from core.generation import (
    RULES,
    SamplingSettings,
    filtered_distribution,
    next_token_distribution,
)

VOCABULARY = 400


def _theirs(logits: np.ndarray, settings: SamplingSettings, previous: list[int]) -> np.ndarray:
    """What ``generate`` draws from, in float64. (vocab,)"""
    chain = LogitsProcessorList()
    if settings.repetition_penalty != 1:
        chain.append(RepetitionPenaltyLogitsProcessor(settings.repetition_penalty))
    if settings.temperature != 1:
        chain.append(TemperatureLogitsWarper(settings.temperature))
    if settings.top_k:
        chain.append(TopKLogitsWarper(settings.top_k))
    if settings.top_p < 1:
        chain.append(TopPLogitsWarper(settings.top_p))
    if settings.min_p > 0:
        chain.append(MinPLogitsWarper(settings.min_p))
    scores = chain(torch.tensor([previous]), torch.from_numpy(logits)[None].double())
    return torch.softmax(scores[0], dim=-1).numpy()


def _random_settings(chance: np.random.Generator) -> SamplingSettings:
    return SamplingSettings(
        temperature=float(chance.choice([0.1, 0.7, 1.0, 1.3, 5.0])),
        top_k=int(chance.choice([0, 0, 1, 5, 50, 10_000])),
        top_p=float(chance.choice([1.0, 0.0, 0.1, 0.5, 0.9, 0.999])),
        min_p=float(chance.choice([0.0, 0.0, 0.02, 0.3, 1.0])),
        repetition_penalty=float(chance.choice([1.0, 0.8, 1.2, 3.0])),
    )


@pytest.mark.parametrize("seed", range(60))
def test_it_equals_the_logits_processors_of_transformers(seed: int) -> None:
    chance = np.random.default_rng(seed)
    for _number in range(5):
        settings = _random_settings(chance)
        logits = chance.normal(0, chance.choice([0.5, 2, 6]), VOCABULARY)
        previous = chance.integers(0, VOCABULARY, 12).tolist()
        ours = next_token_distribution(logits, settings, previous)
        theirs = _theirs(logits, settings, previous)
        np.testing.assert_array_equal(ours > 0, theirs > 1e-40, err_msg=str(settings))
        np.testing.assert_allclose(ours, theirs, atol=1e-6, err_msg=str(settings))
        assert ours.dtype == np.float32
        assert ours.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("settings", [{"top_k": 2}, {"min_p": 0.9}, {"min_p": 1.0}])
def test_ties_are_kept_together_as_transformers_does(settings: dict[str, float]) -> None:
    logits = np.array([1.0, 3.0, 3.0, 3.0, -2.0])
    chosen = SamplingSettings(**settings)
    np.testing.assert_allclose(
        next_token_distribution(logits, chosen), _theirs(logits, chosen, []), atol=1e-6
    )


def test_of_tokens_that_tie_top_p_takes_as_many_as_transformers() -> None:
    logits, chosen = np.zeros(10), SamplingSettings(top_p=0.35)
    ours = next_token_distribution(logits, chosen)
    assert sorted(ours) == pytest.approx(sorted(_theirs(logits, chosen, [])))


@pytest.mark.parametrize("width", [10, 64, 65, 1000])
def test_top_p_looks_at_the_whole_vocabulary(width: int) -> None:
    logits = np.random.default_rng(0).normal(0, 0.01, width)  # so even that hundreds are needed
    chosen = SamplingSettings(top_p=0.9)
    ours = next_token_distribution(logits, chosen)
    np.testing.assert_allclose(ours, _theirs(logits, chosen, []), atol=1e-6)
    assert abs(np.count_nonzero(ours) - 0.9 * width) < 2


@pytest.mark.parametrize(
    "settings",
    [
        SamplingSettings(temperature=0),
        SamplingSettings(greedy=True),
        SamplingSettings(top_k=1),
        SamplingSettings(top_p=0),
        SamplingSettings(min_p=1),
        SamplingSettings(temperature=0, top_k=40, top_p=0.5),
    ],
)
def test_one_token_is_left_where_all_is_cut(settings: SamplingSettings) -> None:
    logits = np.array([0.0, 2.0, 5.0, 4.9])
    found = filtered_distribution(logits, settings)
    assert found.after.tolist() == [0, 0, 1, 0]
    assert found.kept_count == 1
    assert found.mass_cut == pytest.approx(1 - found.scaled[2], abs=1e-6)


def test_greedy_takes_the_first_of_equal_ones_after_the_penalty() -> None:
    settings = SamplingSettings(greedy=True, repetition_penalty=2.0)
    assert next_token_distribution([3.0, 5.0, 3.0], settings, [1]).tolist() == [1, 0, 0]


def test_the_penalty_counts_a_token_once_and_multiplies_negative_logits() -> None:
    settings = SamplingSettings(repetition_penalty=2.0)
    found = filtered_distribution([2.0, -2.0, 1.0], settings, [0, 0, 1])
    expected = np.exp([1.0, -4.0, 1.0])
    assert found.scaled == pytest.approx(expected / expected.sum(), abs=1e-6)


def test_each_rule_is_named_with_what_it_cut() -> None:
    probabilities = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    found = filtered_distribution(np.log(probabilities), SamplingSettings(top_k=4, top_p=0.8))
    assert [found.candidate(id_).cut_by for id_ in range(5)] == [None, None, None, "top_p", "top_k"]
    assert found.mass_cut_by == pytest.approx({"top_k": 0.05, "top_p": 0.1})
    assert found.mass_cut == pytest.approx(0.15)
    assert found.kept.tolist() == [True, True, True, False, False]
    assert [candidate.token_id for candidate in found.top(3)] == [0, 1, 2]
    assert found.candidate(1).after == pytest.approx(0.3 / 0.85)
    assert set(RULES) == {"top_k", "top_p", "min_p", "greedy"}


def test_entropy_and_rank_are_those_of_the_model_itself() -> None:
    probabilities = np.array([0.5, 0.25, 0.125, 0.125])
    found = filtered_distribution(np.log(probabilities), SamplingSettings(top_k=1))
    assert found.entropy == pytest.approx(1.75 * math.log(2))
    assert found.entropy_after == 0
    assert [found.rank(id_) for id_ in range(4)] == [1, 2, 3, 3]


def test_draws_follow_the_probabilities() -> None:
    found = filtered_distribution(np.log([0.2, 0.5, 0.3]), SamplingSettings())
    assert [found.draw(share) for share in (0.0, 0.19, 0.21, 0.69, 0.71, 0.999999)] == [
        *(0, 0, 1, 1, 2, 2)
    ]
    assert filtered_distribution([1.0, 9.0], SamplingSettings(top_k=1)).draw(0.9999999) == 1


def test_an_impossible_token_stays_impossible() -> None:
    found = filtered_distribution([-np.inf, 0.0, 0.0], SamplingSettings(temperature=50, min_p=0.1))
    assert found.after.tolist() == [0, 0.5, 0.5]


@pytest.mark.parametrize(
    "logits", [[], [[1.0, 2.0]], [np.nan, 1.0], [-np.inf, -np.inf], [np.inf, 0.0]]
)
def test_what_is_no_distribution_is_refused(logits: list[object]) -> None:
    with pytest.raises(InputError):
        filtered_distribution(logits, SamplingSettings())


def test_a_token_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="the largest is 1"):
        filtered_distribution([0.0, 1.0], SamplingSettings()).candidate(2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": 1000},
        {"top_p": 1.1},
        {"top_p": -0.1},
        {"min_p": 2},
        {"top_k": -1},
        {"top_k": 1.5},
        {"repetition_penalty": 0},
        {"repetition_penalty": float("inf")},
    ],
)
def test_a_setting_out_of_range_is_refused_with_its_limit(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="choose"):
        SamplingSettings(**wrong)


def test_settings_that_have_no_effect_are_named() -> None:
    settings = SamplingSettings(greedy=True, temperature=0.5, top_k=3, top_p=0.5, min_p=0.1)
    assert settings.ignored == ("temperature", "top_k", "top_p", "min_p")
    assert SamplingSettings(temperature=0).ignored == ()
    assert SamplingSettings(top_k=3).ignored == ()
