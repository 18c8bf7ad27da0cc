"""Filling masks one by one: orders, choices, going back, branching, replaying."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError, UnsupportedError
from core.masked import FillSession, fill_steps, predict_masks, replay
from core.models import load_model

TEXT = "The [MASK] of the [MASK] is the [MASK]."


@pytest.fixture(scope="module")
def model(tmp_path_factory, make_model):
    """With weights so large that one word changes what the others are expected to be."""
    folder = make_model("bert", tmp_path_factory.mktemp("certain"), initializer_range=0.6)
    return load_model(str(folder))


def places(model):
    return [found.position for found in predict_masks(model, TEXT)]


def words(steps):
    return {step.position: step.token_id for step in steps}


@pytest.mark.parametrize("choose", ["greedy", "sample"])
@pytest.mark.parametrize("order", ["confidence", "left", "right", "random"])
def test_every_step_is_the_prediction_of_the_text_as_it_stands(order, choose, model):
    for step in fill_steps(model, TEXT, order=order, choose=choose, top_k=4, seed=2):
        expected = predict_masks(
            model, step.before, top_k=10_000, originals={step.position: step.token_id}
        )
        own = next(found for found in expected if found.position == step.position)
        assert step.top_ids == own.token_ids[:4]
        assert step.top_texts == own.texts[:4]
        assert np.allclose(step.top_probabilities, own.probabilities[:4], atol=1e-6)
        assert step.probability == pytest.approx(own.original.probability)
        assert (step.rank, step.entropy) == (own.original.rank, pytest.approx(own.entropy))
        if choose == "greedy":
            assert step.rank == 1
        assert step.tokens.ids[step.position] == step.token_id
        assert step.text == own.original.text


def test_left_right_and_given_orders_are_kept(model):
    first, second, third = places(model)
    for order, expected in {
        "left": [first, second, third],
        "right": [third, second, first],
        (second, third, first): [second, third, first],
        (third,): [third, first, second],
    }.items():
        steps = fill_steps(model, TEXT, order=order)
        assert [step.position for step in steps] == expected


def test_by_confidence_the_surest_mask_comes_first(model):
    session = FillSession(model, TEXT)
    while session.open:
        surest = max(session.predictions(), key=lambda found: found.probabilities[0])
        assert session.step().position == surest.position


def test_orders_by_chance_follow_the_seed(model):
    orders = {
        seed: tuple(step.position for step in fill_steps(model, TEXT, order="random", seed=seed))
        for seed in range(12)
    }
    assert orders[3] == tuple(
        step.position for step in fill_steps(model, TEXT, order="random", seed=3)
    )
    assert len(set(orders.values())) > 2


def test_another_order_can_give_another_sentence(model):
    found = {
        tuple(words(fill_steps(model, TEXT, order=order)).items()) for order in ("left", "right")
    }
    assert len({frozenset(one) for one in found}) == 2


def test_sampled_words_come_as_often_as_they_are_probable(model):
    (expected, *_rest) = predict_masks(model, TEXT, top_k=10_000)
    drawn = [
        next(fill_steps(model, TEXT, order="left", choose="sample", seed=seed)).token_id
        for seed in range(300)
    ]
    share = drawn.count(expected.token_ids[0]) / len(drawn)
    chance = float(expected.probabilities[0])
    assert share == pytest.approx(chance, abs=5 * (chance * (1 - chance) / len(drawn)) ** 0.5)


def test_changes_tell_of_the_open_masks_before_and_after(model):
    session = FillSession(model, TEXT, top_k=3)
    before = {found.position: found for found in session.predictions()}
    step = session.step()
    after = {found.position: found for found in session.predictions()}
    assert [change.position for change in step.changes] == list(session.open)
    for change in step.changes:
        assert change.before.token_ids == before[change.position].token_ids
        assert change.after.token_ids == after[change.position].token_ids
        assert np.allclose(change.after.probabilities, after[change.position].probabilities)
        assert change.changed == (change.before.token_ids[0] != change.after.token_ids[0])
        assert change.divergence > 0
    assert [session.step().changes for _mask in range(2)][-1] == ()


def test_going_back_and_stepping_again_gives_the_same(model):
    session = FillSession(model, TEXT, choose="sample", seed=5)
    first = [session.step() for _mask in range(3)]
    session.back(2)
    assert session.steps == (first[0],)
    assert session.tokens == first[0].tokens
    again = [session.step() for _mask in range(2)]
    assert words(again) == words(first[1:])
    with pytest.raises(InputError, match="9 steps cannot be taken back: there are 3"):
        session.back(9)
    session.back(3)
    assert (session.path, session.log_probability) == ((), 0)


def test_a_branch_goes_its_own_way(model):
    session = FillSession(model, TEXT, order="left")
    session.step()
    branch = session.branch()
    mask = session.open[0]
    chosen = branch.step(mask, 7)
    usual = session.step()
    assert (chosen.token_id, chosen.position, usual.position) == (7, mask, mask)
    assert usual.token_id != 7
    assert len(session.steps) == len(branch.steps) == 2
    assert branch.steps[0] is session.steps[0]


def test_a_path_and_the_text_tell_a_session_wholly(model):
    session = FillSession(model, TEXT, order="random", choose="sample", seed=9)
    session.step()
    session.step(session.open[-1], 11)
    again = replay(model, TEXT, session.path, order="random", choose="sample", seed=9)
    assert again.tokens == session.tokens
    assert again.log_probability == session.log_probability
    assert again.step().token_id == session.step().token_id


def test_a_path_that_does_not_fit_is_told(model):
    first = places(model)[0]
    with pytest.raises(InputError, match="no open mask at token 3"):
        replay(model, TEXT, [(3, 7)])
    with pytest.raises(InputError, match="no open mask"):
        replay(model, TEXT, [(first, 7), (first, 8)])
    with pytest.raises(InputError, match="no token number 99999"):
        replay(model, TEXT, [(first, 99_999)])


def test_a_mask_may_be_filled_with_any_token_even_a_mask(model):
    session = FillSession(model, TEXT)
    session.step(session.open[0], model.tokenizer.mask_token_id)
    assert len(session.open) == 2


def test_bad_wishes_are_told_before_the_first_step(model, tiny):
    with pytest.raises(InputError, match="no mask"):
        fill_steps(model, "The street is wide.")
    with pytest.raises(InputError, match="no order “up”"):
        fill_steps(model, TEXT, order="up")
    with pytest.raises(InputError, match="no open mask at token 0"):
        fill_steps(model, TEXT, order=[0])
    with pytest.raises(UnsupportedError, match="Generation"):
        fill_steps(tiny("gpt2"), TEXT)
    session = FillSession(model, TEXT)
    for _mask in range(3):
        session.step()
    with pytest.raises(InputError, match="Every mask is filled"):
        session.step()
