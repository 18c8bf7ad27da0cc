"""Batches of like length: every row once, little padding, and no more tokens than fit."""

import numpy as np
import pytest
import torch

from core.length_batches import length_batches

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize("device", [CPU, GPU], ids=str)
def test_every_row_stands_in_one_batch_the_longest_first(device):
    lengths = np.random.default_rng(0).integers(1, 512, size=700)
    batches = list(length_batches(lengths, device))
    assert sorted(np.concatenate(batches).tolist()) == list(range(700))
    firsts = [lengths[batch[0]] for batch in batches]
    assert firsts == sorted(firsts, reverse=True)
    assert all(lengths[batch].max() == lengths[batch[0]] for batch in batches)


def test_a_batch_holds_1024_tokens_on_a_cpu_and_more_on_a_gpu():
    lengths = [64] * 100
    assert {len(batch) for batch in length_batches(lengths, CPU)} == {16, 4}
    assert len(next(length_batches(lengths, GPU))) == 100


def test_a_row_that_is_longer_than_a_batch_stands_alone():
    assert [batch.tolist() for batch in length_batches([2000, 3, 3], CPU)] == [[0], [1, 2]]


def test_no_rows_make_no_batch():
    assert list(length_batches([], CPU)) == []
