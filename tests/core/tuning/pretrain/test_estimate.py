"""What a run from nothing takes, as it is told before it starts."""

import math
from dataclasses import replace

import pytest

from core.errors import TooLargeError
from core.tuning.pretrain import TOKENIZERS, default_spec
from core.tuning.pretrain.estimate import expect
from core.tuning.pretrain.networks import parameters_of


@pytest.mark.parametrize("objective", TOKENIZERS)
def test_every_objective_can_be_estimated(objective):
    spec = default_spec(objective)
    found = expect(spec)
    estimate = found.estimate
    assert estimate.steps == 600
    assert estimate.seconds > 0
    assert estimate.trainable == estimate.parameters == parameters_of(spec, found.vocabulary)
    assert estimate.memory > 16 * estimate.parameters
    pairs = math.log(2) if objective == "masked" else 0
    assert found.loss == pytest.approx(math.log(found.vocabulary) + pairs)


def test_numbers_have_the_few_tokens_that_they_are_made_of():
    """Ten digits, thirty English words, fifteen Chinese ones, and a few signs."""
    assert 50 < expect(default_spec("seq2seq")).vocabulary < 100
    assert expect(default_spec("masked")).vocabulary == 4_000


@pytest.mark.parametrize(
    "shape",
    [{"hidden": 4096, "heads": 64, "layers": 48}, {"block": 4096, "vocabulary": 100_000}],
)
def test_what_does_not_fit_into_memory_is_refused_before_a_weight_is_made(monkeypatch, shape):
    """The two steps are taken in the process that serves everybody."""
    monkeypatch.setattr("core.models.room.available_memory", lambda device: 8 * 10**9)
    monkeypatch.setattr("core.tuning.pretrain.estimate.new_network", None)
    with pytest.raises(TooLargeError, match="smaller model"):
        expect(replace(default_spec("causal"), **shape))
