"""Next-sentence prediction: BERT's own head, index 0 is "is next"."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import BertForNextSentencePrediction

from core.errors import UnsupportedError
from core.masked import next_sentence, next_sentence_probability, predict_masks

FIRST, SECOND = "The animal didn't cross the street.", "It was too tired."


def test_index_0_of_berts_head_is_is_next(paired):
    """BertForNextSentencePrediction on the same weights."""
    network = BertForNextSentencePrediction.from_pretrained(paired.folder).eval()
    batch = paired.inputs(paired.encode(FIRST, SECOND))
    assert int(batch["token_type_ids"].max()) == 1  # the second sentence is told apart
    with torch.inference_mode():
        expected = torch.softmax(network(**batch).logits[0], dim=-1)
    found = next_sentence_probability(paired, FIRST, SECOND)
    assert found == pytest.approx(float(expected[0]), abs=1e-5)
    assert abs(found - 0.5) > 1e-4  # else the two indices could be confused


def test_the_pooled_path_leads_to_the_logits(paired):
    found = next_sentence(paired, FIRST, SECOND)
    dense = paired.network.bert.pooler.dense
    pooled = np.tanh(dense.weight.numpy() @ found.first_vector + dense.bias.numpy())
    assert np.allclose(found.pooled, pooled, atol=1e-5)
    head = paired.network.cls.seq_relationship
    assert np.allclose(found.logits, head.weight.numpy() @ pooled + head.bias.numpy(), atol=1e-5)
    assert found.tokens.segments.count(1) > 2


def test_the_order_of_the_sentences_matters(paired):
    one = next_sentence_probability(paired, FIRST, SECOND)
    assert one != pytest.approx(next_sentence_probability(paired, SECOND, FIRST), abs=1e-6)


@pytest.mark.parametrize("family", ["bert", "albert", "gpt2"])
def test_a_model_without_the_head_says_so(family, tiny):
    with pytest.raises(UnsupportedError, match="no head for next sentences"):
        next_sentence_probability(tiny(family), FIRST, SECOND)


def test_a_model_with_two_heads_predicts_masks_too(paired):
    (found,) = predict_masks(paired, "The [MASK] is wide.")
    assert found.position == 2
