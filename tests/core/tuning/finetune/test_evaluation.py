"""Figures that can be checked by hand."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from transformers.modeling_outputs import SequenceClassifierOutput

from core.tuning.finetune.batches import Collator
from core.tuning.finetune.evaluation import Score, evaluate, macro_f1
from core.tuning.finetune.features import featurize
from core.tuning.finetune.loss import predictions


def test_macro_f1_is_the_mean_over_labels():
    """By hand: 2·4/(5+6) and 2·3/(6+5)... of a 3 × 3 table with a label that never occurs."""
    confusion = np.array([[4, 1, 0], [2, 3, 0], [0, 0, 0]])
    assert macro_f1(confusion) == pytest.approx((8 / 11 + 6 / 9) / 2)


def test_macro_f1_of_the_majority_class_alone_is_low():
    assert macro_f1(np.array([[9, 0], [1, 0]])) == pytest.approx((18 / 19) / 2)


def test_perplexity_is_e_to_the_loss():
    assert Score(loss=math.log(65), accuracy=0.1, count=3).perplexity == pytest.approx(65)
    assert Score(loss=1e4, accuracy=0.0, count=3).perplexity == math.inf


class _Fixed(nn.Module):
    """Says ``positive`` with probability 3/4 to whatever it is asked."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, input_ids, attention_mask):
        logits = torch.log(torch.tensor([[0.75, 0.25]])).repeat(len(input_ids), 1)
        return SequenceClassifierOutput(logits=logits + self.weight)


def test_a_score_by_hand(tokenizers, make_examples):
    features = featurize(make_examples("classification", 8), tokenizers["bert"], limit=32,
                         typed=False)  # fmt: skip
    network = _Fixed().train()
    score = evaluate(network, features, Collator(padding=0, typed=False), classes=2)
    assert score.loss == pytest.approx(-(math.log(0.75) + math.log(0.25)) / 2)
    assert (score.accuracy, score.count) == (0.5, 8)
    assert score.confusion.tolist() == [[4, 0], [4, 0]]
    assert score.values()["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)
    assert network.training


def test_tokens_of_an_adapter_stand_before_those_of_the_text():
    logits = torch.arange(2 * 5 * 3, dtype=torch.float32).reshape(2, 5, 3)
    labels = torch.tensor([[-100, 1, 2], [-100, 0, -100]])
    found, asked = predictions(logits, labels, shifted=False)
    assert asked.tolist() == [1, 2, 0]
    assert torch.equal(found, torch.stack([logits[0, 3], logits[0, 4], logits[1, 3]]))
    found, asked = predictions(logits, labels, shifted=True)
    assert torch.equal(found, torch.stack([logits[0, 2], logits[0, 3], logits[1, 2]]))


def test_choices_are_the_words_of_the_labels():
    logits = torch.arange(6, dtype=torch.float32).reshape(1, 1, 6)
    found, asked = predictions(logits, torch.tensor([[1]]), shifted=False, choices=(4, 2))
    assert found.tolist() == [[4.0, 2.0]]
    assert asked.tolist() == [1]
