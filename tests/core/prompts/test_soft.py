"""A soft prompt's nearest words, with their distances."""

import dataclasses

import numpy as np
import pytest
import torch

from core.errors import InputError, UnsupportedError
from core.models import load_model
from core.models.virtual import VirtualTokens, add_vectors
from core.prompts.soft import soft_tokens


@pytest.fixture(params=["bert", "gpt2"])
def tuned(request, model_folder):
    """A tiny model with three virtual tokens: two words, one moved, and a vector far off."""
    model = load_model(str(model_folder(request.param)))
    weight = model.network.get_input_embeddings().weight
    ids = model.tokenizer(" street animal", add_special_tokens=False)["input_ids"]
    words = [model.tokenizer.decode([ids[0]]), model.tokenizer.decode([ids[-1]])]
    torch.manual_seed(0)
    vectors = torch.stack(
        [weight[ids[0]], weight[ids[-1]] * 1.5, 50 * torch.randn(weight.shape[1])]
    ).detach()
    first = len(weight)
    add_vectors(model.network, first, vectors)
    return dataclasses.replace(model, virtual=VirtualTokens(first=first, count=3)), words, vectors


def test_a_word_is_its_own_nearest_and_a_moved_one_is_known_by_its_angle(tuned):
    model, words, vectors = tuned
    found = soft_tokens(model, top_k=3)
    assert [each.number for each in found.tokens] == [1, 2, 3]
    assert [each.words[0] for each in found.tokens[:2]] == words
    assert found.tokens[0].distances[0] == pytest.approx(0, abs=1e-3)
    assert found.tokens[0].cosines[0] == pytest.approx(1, abs=1e-5)
    assert found.tokens[1].cosines[0] == pytest.approx(1, abs=1e-5)
    expected = float(vectors[1].norm()) / 3
    assert found.tokens[1].distances[0] == pytest.approx(expected, rel=1e-2)
    assert found.tokens[2].length == pytest.approx(float(vectors[2].norm()))
    assert found.tokens[2].distances[0] > 10 * found.word_distance
    assert all((np.diff(each.cosines) <= 0).all() for each in found.tokens)


def test_by_distance_the_nearest_comes_first_and_words_lie_apart(tuned):
    found = soft_tokens(tuned[0], top_k=4, measure="euclidean")
    assert all((np.diff(each.distances) >= -1e-4).all() for each in found.tokens)
    assert 0 < found.word_distance < 2 * found.word_length
    assert -1 <= found.word_cosine <= 1


def test_no_special_token_is_a_word(tuned):
    model = tuned[0]
    found = soft_tokens(model, top_k=model.shape.vocab)
    special = {model.tokenizer.decode([id_]) for id_ in model.tokenizer.all_special_ids}
    assert not special & set(found.tokens[0].words)


def test_a_model_without_trained_vectors_is_refused(model_folder, tuned):
    with pytest.raises(UnsupportedError, match="no soft prompt"):
        soft_tokens(load_model(str(model_folder("bert"))))
    with pytest.raises(InputError, match="no measure"):
        soft_tokens(tuned[0], measure="luck")
