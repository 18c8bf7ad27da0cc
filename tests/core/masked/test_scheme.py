"""BERT's masking scheme on one text: the rates hold, drawn independently."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import InputError, UnsupportedError
from core.masked import mask_tokens, masking_counts
from core.models import load_tokenizer

TEXT = "The animal didn't cross the street because it was too tired."


@pytest.fixture(scope="module")
def model(tiny):
    return tiny("bert")


@pytest.fixture(scope="module")
def examples(model):
    tokens = model.encode(TEXT)
    return [mask_tokens(tokens, seed=seed, model=model) for seed in range(1500)]


def test_of_bert_over_many_draws_15_percent_are_chosen(examples):
    """Devlin et al. 2019, section 3.1; drawn independently, five standard errors."""
    chosen = np.array([example.labels[1:-1] != -100 for example in examples])
    assert chosen.mean() == pytest.approx(0.15, abs=5 * (0.15 * 0.85 / chosen.size) ** 0.5)


def test_of_bert_80_percent_become_masks_10_others_10_stay(examples):
    """Devlin et al. 2019, section 3.1; of a vocabulary of 260 one in 255 is replaced by itself."""
    kinds = [kind for example in examples for kind in example.kinds if kind != "untouched"]
    error = 5 * (0.8 * 0.2 / len(kinds)) ** 0.5
    for kind, share in {"masked": 0.8, "replaced": 0.1, "kept": 0.1}.items():
        assert kinds.count(kind) / len(kinds) == pytest.approx(share, abs=error)


def test_the_count_is_drawn_and_varies_as_a_binomial_one(examples):
    counts = np.array([len(example.positions) for example in examples])
    eligible = len(examples[0].kinds) - 2
    assert counts.var() == pytest.approx(eligible * 0.15 * 0.85, rel=0.2)
    assert counts.min() == 0  # a draw may choose nothing


def test_special_tokens_are_never_chosen(model):
    example = mask_tokens(model.encode(TEXT, "It was wide."), rate=1, seed=0, model=model)
    special = np.array(example.tokens.special)
    assert set(np.array(example.kinds)[special]) == {"untouched"}
    assert (example.labels != -100).tolist() == (~special).tolist()


def test_kinds_say_what_became_of_every_token(model):
    example = mask_tokens(model.encode(TEXT), rate=0.9, mask=0.4, random=0.3, seed=1, model=model)
    ids, mask = np.array(example.tokens.ids), model.tokenizer.mask_token_id
    for kind, holds in {
        "masked": (example.input_ids == mask) & (example.labels == ids),
        "replaced": (example.input_ids != mask) & (example.input_ids != ids),
        "kept": (example.input_ids == ids) & (example.labels == ids),
        "untouched": (example.input_ids == ids) & (example.labels == -100),
    }.items():
        assert [kind == own for own in example.kinds] == holds.tolist()
        assert holds.any()


def test_the_same_seed_masks_the_same_and_a_tokenizer_suffices(model):
    tokens = model.encode(TEXT)
    alone = load_tokenizer(model.id)
    first, again = (mask_tokens(tokens, seed=3, model=one) for one in (model, alone))
    assert (first.input_ids == again.input_ids).all()
    assert first.kinds == again.kinds


def test_counts_over_many_draws_hold_the_rates_of_short_texts_too(model):
    """A batch of training has at least one chosen token; a histogram of 3 tokens must not."""
    found = masking_counts(model.encode("street"), seed=0, draws=40_000, model=model)
    error = 5 * (0.15 * 0.85 / (found.eligible * 40_000)) ** 0.5
    assert found.rate == pytest.approx(0.15, abs=error)
    masked, replaced, kept = found.shares
    assert masked == pytest.approx(0.8, abs=0.02)
    assert replaced == pytest.approx(0.1, abs=0.02)
    assert masked + replaced + kept == pytest.approx(1)
    assert len(found.chosen) == 40_000


def test_a_tokenizer_without_a_mask_is_refused(tiny):
    causal = tiny("gpt2")
    with pytest.raises(UnsupportedError, match="no mask token"):
        mask_tokens(causal.encode(TEXT), seed=0, model=causal)


def test_shares_that_are_none_and_a_text_of_special_tokens_are_refused(model):
    with pytest.raises(InputError, match="more than all that is chosen"):
        mask_tokens(model.encode(TEXT), mask=0.8, random=0.4, seed=0, model=model)
    with pytest.raises(InputError, match="special tokens only"):
        mask_tokens(model.encode("[MASK]"), seed=0, model=model)


def test_tokens_know_who_read_them(model):
    tokens = model.encode("The animal crossed the street.")
    told, own = mask_tokens(tokens, seed=3, model=model), mask_tokens(tokens, seed=3)
    assert own.kinds == told.kinds
    assert own.input_ids.tolist() == told.input_ids.tolist()


def test_tokens_of_a_model_that_is_gone_ask_for_one(model):
    tokens = replace(model.encode("The animal crossed the street."), tokenizer=lambda: None)
    with pytest.raises(InputError, match="no longer loaded"):
        mask_tokens(tokens, seed=3)
