"""What a run from nothing takes, as it is told before it starts."""

import math

import pytest

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
