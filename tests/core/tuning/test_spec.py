import dataclasses

import pytest

from core.errors import InputError
from core.tuning import BatchShape, MaskedSpec, Schedule, TextShare
from core.tuning.masked import masked_spec


def test_a_spec_survives_json():
    spec = masked_spec(1)
    assert MaskedSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"texts": 3}', "[" * 100_000, "null"])
def test_what_is_no_spec_is_a_sentence(text):
    with pytest.raises(InputError, match="no description of a run"):
        MaskedSpec.from_json(text)


def test_a_field_that_nobody_knows_is_a_sentence():
    text = masked_spec(1).to_json().replace('"seed"', '"sead"')
    with pytest.raises(InputError, match="sead"):
        MaskedSpec.from_json(text)


@pytest.mark.parametrize(
    "change",
    [
        {"texts": ()},
        {"held_out": 0.0},
        {"held_out": 0.9},
        {"seed": -1},
        {"precision": "int8"},
    ],
)
def test_a_spec_that_cannot_be_run_is_refused(spec, change):
    with pytest.raises(InputError, match="it must be"):
        dataclasses.replace(spec, **change)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (Schedule, {"steps": 0}),
        (Schedule, {"steps": 10, "warmup": 8, "decay": 8}),
        (Schedule, {"steps": 1000, "body_rate": 0.0}),
        (Schedule, {"steps": 1000, "head_rate": 100.0}),
        (BatchShape, {"block_rows": 0}),
        (BatchShape, {"pairs_every": 1}),
        (BatchShape, {"block_tokens": 4}),
        (TextShare, {"dataset": "brown", "share": 0.0}),
    ],
)
def test_a_part_that_makes_no_sense_is_refused(part, change):
    with pytest.raises(InputError, match="it must be"):
        part(**change)


def test_the_rate_rises_stays_level_and_falls_to_nothing():
    schedule = Schedule(steps=100, warmup=10, decay=20)
    factors = [schedule.factor(step) for step in range(101)]
    assert factors[0] == pytest.approx(0.1)
    assert factors[9:81] == [1.0] * 72
    assert factors[90] == pytest.approx(0.5)
    assert factors[100] == 0.0


def test_while_the_rate_is_level_it_does_not_depend_on_the_steps_to_come():
    short, long = (Schedule(steps=steps, warmup=10, decay=20) for steps in (100, 500))
    assert [short.factor(step) for step in range(80)] == [long.factor(step) for step in range(80)]
