"""Pseudo-log-likelihood: each token masked in turn, many at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.errors import InputError, UnsupportedError
from core.masked import pseudo_log_likelihood, variants

TEXT = "The animal didn't cross the street because it was too tired."


def one_by_one(model, tokens):
    """Salazar et al. 2020, equation 1, with one pass of transformers per token."""
    found = []
    for place, special in enumerate(tokens.special):
        if special:
            continue
        ids = torch.tensor([tokens.ids])
        ids[0, place] = model.tokenizer.mask_token_id
        with torch.inference_mode():
            logits = model.network(**model.inputs(tokens) | {"input_ids": ids}).logits[0, place]
        found.append(float(torch.log_softmax(logits, dim=-1)[tokens.ids[place]]))
    return found


@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "albert", "modernbert"])
def test_batches_equal_one_pass_per_token(family, tiny, monkeypatch):
    model = tiny(family)
    monkeypatch.setitem(variants.TOKENS_AT_ONCE, "cpu", 100)  # several batches
    found = pseudo_log_likelihood(model, TEXT)
    expected = one_by_one(model, found.tokens)
    assert np.allclose(found.per_token, expected, atol=1e-5)
    assert found.total == pytest.approx(sum(expected), abs=1e-4)
    assert found.pseudo_perplexity == pytest.approx(np.exp(-np.mean(expected)), rel=1e-4)
    assert [found.tokens.special[place] for place in found.positions] == [False] * len(expected)
    assert found.complete


def test_a_pair_is_scored_with_both_texts(tiny):
    model = tiny("bert")
    tokens = model.encode(TEXT, "It was wide.")
    found = pseudo_log_likelihood(model, tokens)
    assert np.allclose(found.per_token, one_by_one(model, tokens), atol=1e-5)


def test_a_mask_in_the_text_stays_and_is_not_scored(tiny):
    model = tiny("bert")
    found = pseudo_log_likelihood(model, "The [MASK] is wide.")
    assert 2 not in found.positions
    assert model.tokenizer.mask_token_id in found.tokens.ids
    with pytest.raises(InputError, match="no word that can be masked"):
        pseudo_log_likelihood(model, "[MASK]")


def test_it_tells_how_far_it_is_and_stops_with_what_there_is(tiny, monkeypatch):
    model = tiny("bert")
    monkeypatch.setitem(variants.TOKENS_AT_ONCE, "cpu", 100)
    seen = []
    whole = pseudo_log_likelihood(model, TEXT, progress=lambda *done: seen.append(done))
    count = len(whole.positions)
    assert seen[-1] == (count, count)
    part = pseudo_log_likelihood(
        model, TEXT, progress=lambda *done: seen.append(done), stop=lambda: len(seen) % 2 == 1
    )
    assert not part.complete
    assert np.isnan(part.per_token[-1])


def test_a_model_that_is_not_masked_has_none(tiny):
    with pytest.raises(UnsupportedError, match="Generation"):
        pseudo_log_likelihood(tiny("gpt2"), TEXT)
