"""Logits at chosen positions are those of a whole pass."""

from __future__ import annotations

import copy

import pytest
import torch

from core.models import load_model
from core.prediction import install, logits_at
from core.products import FEW, PART

TEXT = "The animal didn't cross the street because it was too tired."
FAMILIES = (
    *("bert", "roberta", "distilbert", "albert", "modernbert"),
    *("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "bart", "marian", "t5", "bloom"),
)


def inputs_of(model):
    target = model.encode_target("Le chat est assis.") if model.kind == "seq2seq" else None
    return model.inputs(model.encode(TEXT), target)


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_at_positions_equal_those_of_a_whole_pass(family, model_folder):
    model = load_model(str(model_folder(family)))
    inputs = inputs_of(model)
    seen = []
    head = model.network.get_output_embeddings()
    handle = head.register_forward_hook(lambda _module, args, _output: seen.append(args[0].shape))
    found = logits_at(model.network, inputs, [3, 0])
    handle.remove()
    with torch.inference_mode():
        whole = model.network(**inputs).logits
    assert torch.allclose(found, whole[:, [3, 0]], atol=1e-6, rtol=1e-5)
    assert seen == [(1, 2, seen[0][-1])]  # the vocabulary saw two tokens only


def test_every_row_of_a_batch_may_have_positions_of_its_own(model_folder):
    model = load_model(str(model_folder("bert")))
    inputs = {name: part.repeat(3, 1) for name, part in inputs_of(model).items()}
    places = torch.tensor([[1], [4], [2]])
    found = logits_at(model.network, inputs, places)
    with torch.inference_mode():
        whole = model.network(**inputs).logits
    assert torch.allclose(found[:, 0], whole[torch.arange(3), places[:, 0]], atol=1e-6, rtol=1e-5)


def test_a_network_with_a_way_of_its_own_to_the_vocabulary_is_cut_afterwards():
    class Own(torch.nn.Module):
        def forward(self, rows):
            return {"logits": rows}

    rows = torch.arange(12.0).view(1, 4, 3)
    assert torch.equal(logits_at(Own(), {"rows": rows}, [2]), rows[:, [2]])


class _Head(torch.nn.Module):
    """A network that is nothing but the layer before the vocabulary."""

    def __init__(self, words, *, bias):
        super().__init__()
        self.head = torch.nn.Linear(24, words, bias=bias)

    def get_output_embeddings(self):
        return self.head

    def forward(self, vectors):
        return {"logits": self.head(vectors)}


@pytest.mark.parametrize("words", [3, PART, 5 * PART + 7])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("copied", [True, False])
def test_a_few_vectors_times_a_vocabulary_in_parts_are_those_times_the_whole(words, bias, copied):
    torch.manual_seed(0)
    network = _Head(words, bias=bias)
    install(network)
    if copied:
        network = copy.deepcopy(network)
        torch.nn.init.normal_(network.head.weight)
    for rows in (1, 2, FEW, FEW + 1):
        vectors = torch.randn(rows, 3, 24)
        expected = torch.nn.functional.linear(vectors, network.head.weight, network.head.bias)
        found = logits_at(network, {"vectors": vectors}, [-1])
        torch.testing.assert_close(found, expected[:, -1:], rtol=1e-5, atol=1e-5)
