"""AutoPrompt's first-order estimate against what the loss really does."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import InputError
from core.models import load_model
from core.prompts.reading import ReadPrompt
from core.prompts.search.ranking import Place, loss_changes, prompt_loss, tokens_of
from core.prompts.search.triggers import find_places
from core.prompts.search.vocabulary import trigger_words
from core.prompts.verbalizer import Verbalizer

TEMPLATES = {"bert": "{{ text }} [T] [T] [MASK].", "gpt2": "{{ text }} [T] [T]"}


def _exchanged(model, place, token):
    """The place with another token there."""
    tokens = list(tokens_of(model, place.prompt))
    tokens[place.at] = token
    middle = len(place.prompt.before)
    after = tokens[middle + 1 :] if model.kind == "masked" else tokens[middle:]
    prompt = replace(place.prompt, before=tuple(tokens[:middle]), after=tuple(after))
    return replace(place, prompt=prompt)


@pytest.fixture(params=["bert", "gpt2"])
def case(request, models, rows, verbalizer):
    model = models[request.param]
    if model.kind == "causal":
        verbalizer = Verbalizer({"positive": ["the", "is"], "negative": "and"})
    vocabulary = trigger_words(model, without=verbalizer.words)
    places = find_places(
        model, TEMPLATES[request.param], [vocabulary.start] * 2, 1, rows, verbalizer, vocabulary
    )
    return model, places, verbalizer, vocabulary


def test_a_small_step_towards_a_word_changes_the_loss_as_estimated(case):
    """HotFlip, Ebrahimi et al. 2018: (e_new − e_old) · ∇L is the derivative along that way."""
    model, places, verbalizer, vocabulary = case
    changes = loss_changes(model, places, verbalizer.owners)
    weight = model.network.get_input_embeddings().weight
    old = tokens_of(model, places[0].prompt)[places[0].at]
    before = prompt_loss(model, places, verbalizer.owners)
    kept, share = weight.data[old].clone(), 1e-2
    others = {id_ for place in places for id_ in tokens_of(model, place.prompt)} - {old}
    once = [place for place in places if tokens_of(model, place.prompt).count(old) == 1]
    if len(once) < len(places):  # its vector stands elsewhere too: take a copy of the word
        spare = next(int(id_) for id_ in vocabulary.ids if int(id_) not in others | {old})
        places = [_exchanged(model, place, spare) for place in places]
        with torch.no_grad():
            weight[spare] = kept
        changes, old = loss_changes(model, places, verbalizer.owners), spare
        before = prompt_loss(model, places, verbalizer.owners)
    for new in vocabulary.ids[::7][:6]:
        with torch.no_grad():
            weight[old] = kept + share * (weight[int(new)] - kept)
        moved = prompt_loss(model, places, verbalizer.owners)
        with torch.no_grad():
            weight[old] = kept
        assert (moved - before) / share == pytest.approx(changes[new], abs=2e-3, rel=0.1)


@pytest.mark.parametrize("family", ["bert", "gpt2"])
def test_the_estimate_ranks_words_as_the_true_changes_do(
    family, make_model, rows, verbalizer, tmp_path
):
    """Shin et al. 2020, section 2.2: the best of the estimate are worth trying.

    To first order: the words of this model lie close to each other, so that it is the first order.
    """
    model = load_model(str(make_model(family, tmp_path / "close")))
    weight = model.network.get_input_embeddings().weight
    with torch.no_grad():
        weight.copy_(weight.mean(dim=0) + (weight - weight.mean(dim=0)) / 10)
        if family == "bert":  # a loss that changes by more than float32 rounds away
            model.network.cls.predictions.transform.LayerNorm.weight *= 50
    vocabulary = trigger_words(model, without=verbalizer.words)
    places = find_places(
        model, TEMPLATES[family], [vocabulary.start] * 2, 0, rows, verbalizer, vocabulary
    )
    changes = loss_changes(model, places, verbalizer.owners)[vocabulary.ids]
    before = prompt_loss(model, places, verbalizer.owners)
    true = np.array(
        [
            prompt_loss(
                model,
                [_exchanged(model, place, int(id_)) for place in places],
                verbalizer.owners,
            )
            - before
            for id_ in vocabulary.ids
        ]
    )
    ranks = [np.argsort(np.argsort(each)) for each in (changes, true)]
    assert np.corrcoef(*ranks)[0, 1] > 0.9
    best = np.argsort(changes)[:10]
    assert int(true.argmin()) in best


def test_the_token_that_stands_there_changes_nothing(case):
    model, places, verbalizer, _vocabulary = case
    changes = loss_changes(model, places, verbalizer.owners)
    assert changes[tokens_of(model, places[0].prompt)[places[0].at]] == 0


def test_no_weight_of_the_shared_model_takes_a_gradient(case):
    model, places, verbalizer, _vocabulary = case
    loss_changes(model, places, verbalizer.owners)
    assert all(weight.grad is None for weight in model.network.parameters())


def test_a_word_of_several_tokens_is_refused(models):
    prompt = ReadPrompt(before=(2, 7, 8), after=(3,), words=((9,), (10, 11)))
    with pytest.raises(InputError, match="one token each"):
        loss_changes(models["bert"], [Place(prompt=prompt, at=1, label=0)], (0, 1))
