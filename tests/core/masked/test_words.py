"""Whole words of several pieces: the product of their pieces, left to right."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from core.errors import InputError
from core.masked import read_masks, word_candidates

TEXT = "The [MASK] [MASK] is yellow and [MASK]."


def chances(model, ids, position):
    with torch.inference_mode():
        logits = model.network(input_ids=torch.tensor([ids])).logits[0, position]
    return torch.softmax(logits, dim=-1).numpy()


def by_hand(model, first, second):
    """P(first | masks) · P(second | first), with passes of transformers alone."""
    ids = list(read_masks(model, TEXT).ids)
    one = chances(model, ids, 2)[first]
    ids[2] = first
    return one, chances(model, ids, 3)[second]


def test_no_word_goes_on_with_a_sign_of_punctuation(tiny):
    model = tiny("roberta")
    found = word_candidates(model, "The <mask><mask> is yellow.", top_k=20)
    for word in found.candidates:
        rest = "".join(model.reader.read_ids(word.token_ids[1:]).texts)
        assert not rest or rest.isalnum()


def test_a_word_has_the_product_of_its_pieces_filled_from_left_to_right(tiny):
    model = tiny("bert")
    found = word_candidates(model, TEXT, top_k=5, whole=False)
    assert found.positions == (2, 3)
    for word in found.candidates:
        parts = by_hand(model, *word.token_ids)
        assert word.piece_probabilities == pytest.approx(parts, rel=1e-4)
        assert word.probability == pytest.approx(parts[0] * parts[1], rel=1e-4)


def test_the_beam_finds_the_best_words_of_all(tiny):
    model = tiny("bert")
    ids = list(read_masks(model, TEXT).ids)
    first = chances(model, ids, 2)
    scores = {}
    for one in np.argsort(-first)[:32]:
        ids[2] = int(one)
        second = chances(model, ids, 3)
        scores.update(
            {(int(one), int(two)): first[one] * second[two] for two in range(len(second))}
        )
    best = sorted(scores, key=lambda word: -scores[word])[:3]
    found = word_candidates(model, TEXT, top_k=3, whole=False).candidates
    assert [word.token_ids for word in found] == best


def test_whole_words_begin_once_and_go_on(tiny):
    model = tiny("bert")
    for word in word_candidates(model, TEXT).candidates:
        first, second = model.tokenizer.convert_ids_to_tokens(word.token_ids)
        assert not first.startswith("##")
        assert second.startswith("##")
        assert word.text == first + second.removeprefix("##")


def test_whole_words_of_a_byte_level_vocabulary_have_no_space_inside(tiny):
    model = tiny("roberta")
    words = word_candidates(model, TEXT).candidates
    assert len(words) == 10
    assert not any(" " in word.text for word in words)


def test_the_word_that_was_masked_is_measured_by_the_same_rule(tiny):
    model = tiny("bert")
    word = tuple(model.tokenizer.convert_tokens_to_ids(["street", "is"]))
    found = word_candidates(model, TEXT, original=word)
    assert found.original.piece_probabilities == pytest.approx(by_hand(model, *word), rel=1e-4)
    top = found.candidates[0]
    again = word_candidates(model, TEXT, original=top.token_ids).original
    assert again.probability == pytest.approx(top.probability, rel=1e-4)
    with pytest.raises(InputError, match="3 pieces and there are 2 masks"):
        word_candidates(model, TEXT, original=(7, 8, 9))


def test_masks_of_a_word_stand_side_by_side(tiny):
    model = tiny("bert")
    tokens = read_masks(model, TEXT)
    last = [place for place, text in enumerate(tokens.texts) if text == "[MASK]"][-1]
    assert word_candidates(model, TEXT, [last]).positions == (last,)
    with pytest.raises(InputError, match="side by side"):
        word_candidates(model, TEXT, [2, last])
    with pytest.raises(InputError, match="no mask"):
        word_candidates(model, TEXT, [1])
    assert all(a < b for a, b in itertools.pairwise(word_candidates(model, TEXT).positions))
