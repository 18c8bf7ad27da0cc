"""The loss of masked language modelling equals transformers' own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from core.errors import InputError
from core.masked import mask_tokens, masked_loss

TEXT = "The animal didn't cross the street because it was too tired."


@pytest.mark.parametrize("pair", [None, "It was wide."])
@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "albert", "modernbert"])
def test_the_loss_equals_that_of_the_models_own_labels(family, pair, tiny):
    """BertForMaskedLM(labels=...) and its kin, the mean over the labels that are not −100."""
    model = tiny(family)
    example = mask_tokens(model.encode(TEXT, pair), rate=0.4, seed=4, model=model)
    assert {"masked", "untouched"} <= set(example.kinds)
    found = masked_loss(model, example)
    network = AutoModelForMaskedLM.from_pretrained(model.folder).eval()
    inputs = model.inputs(example.tokens) | {"input_ids": torch.tensor(example.input_ids)[None]}
    with torch.inference_mode():
        theirs = network(**inputs, labels=torch.tensor(example.labels)[None])
    assert found.loss == pytest.approx(float(theirs.loss), abs=1e-5)
    places = list(found.positions)
    hits = theirs.logits[0, places].argmax(-1).numpy() == example.labels[places]
    assert found.accuracy == pytest.approx(hits.mean())
    assert found.right == tuple(hits.tolist())


def test_the_loss_is_the_mean_and_the_total_the_sum_of_what_each_token_has(tiny):
    model = tiny("bert")
    found = masked_loss(model, mask_tokens(model.encode(TEXT), rate=0.5, seed=1, model=model))
    assert found.loss == pytest.approx(np.mean(found.per_token))
    assert found.total == pytest.approx(np.sum(found.per_token))
    assert len(found.per_token) == len(found.positions) > 2


def test_a_draw_that_chose_nothing_has_no_loss(tiny):
    model = tiny("bert")
    example = mask_tokens(model.encode("street"), rate=0.001, seed=0, model=model)
    with pytest.raises(InputError, match="draw again"):
        masked_loss(model, example)
