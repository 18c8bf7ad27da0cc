"""Prediction of masks equals transformers' own fill-mask."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import pipeline

from core.errors import InputError
from core.masked import predict_masks, read_masks, with_masks

MASKED = ("bert", "roberta", "distilbert", "albert", "modernbert")
TEXT = "The [MASK] didn't cross the [MASK] because it was too tired."


def fill_mask(model, text, top_k):
    found = pipeline("fill-mask", model=str(model.folder), device="cpu")(
        text.replace("[MASK]", model.tokenizer.mask_token), top_k=top_k
    )
    return found if isinstance(found[0], list) else [found]


@pytest.mark.parametrize("family", MASKED)
def test_probabilities_equal_those_of_the_fill_mask_pipeline(family, tiny):
    model = tiny(family)
    ours = predict_masks(model, TEXT, top_k=7)
    theirs = fill_mask(model, TEXT, 7)
    assert len(ours) == len(theirs) == 2
    for own, other in zip(ours, theirs, strict=True):
        assert own.token_ids == tuple(row["token"] for row in other)
        assert np.allclose(own.probabilities, [row["score"] for row in other], atol=1e-5, rtol=0)


def test_probabilities_are_over_the_whole_vocabulary_and_sum_to_one(tiny):
    model = tiny("bert")
    (found, _second) = predict_masks(model, TEXT, top_k=10_000)
    assert len(found.token_ids) == model.shape.vocab
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-5)
    entropy = -(found.probabilities * np.log(found.probabilities)).sum()
    assert found.entropy == pytest.approx(float(entropy), abs=1e-4)


def test_texts_are_for_people_and_pieces_as_the_vocabulary_writes_them(tiny):
    model = tiny("bert")
    (found, _second) = predict_masks(model, TEXT, top_k=10_000)
    named = dict(zip(found.pieces, found.texts, strict=True))
    assert named["street"] == "street"
    inside = next(piece for piece in named if piece.startswith("##"))
    assert named[inside] == inside.removeprefix("##")


def test_the_original_word_has_a_rank_and_a_probability(tiny):
    model = tiny("bert")
    tokens = model.encode("The animal didn't cross the street.")
    masked = with_masks(model, tokens, [1, 2])
    everything = predict_masks(model, masked, top_k=10_000, originals=tokens)
    for found in everything:
        original = found.original
        assert original.token_id == tokens.ids[found.position]
        assert found.token_ids[original.rank - 1] == original.token_id
        assert found.probabilities[original.rank - 1] == pytest.approx(original.probability)


def test_an_original_may_be_named_and_must_be_in_the_vocabulary(tiny):
    model = tiny("bert")
    first, second = predict_masks(model, TEXT, originals={2: "street"})
    assert (first.original.text, second.original) == ("street", None)
    with pytest.raises(InputError, match=r"Token 1 \(the\) is no mask"):
        predict_masks(model, TEXT, originals={1: "street"})
    with pytest.raises(InputError, match="tokens"):
        predict_masks(model, TEXT, originals={2: "muppetcharacter"})
    with pytest.raises(InputError, match="lacks"):
        predict_masks(model, TEXT, originals={2: "Ω"})
    with pytest.raises(InputError, match="no token number"):
        predict_masks(model, TEXT, originals={2: 10_000})
    with pytest.raises(InputError, match="mask it again"):
        predict_masks(model, TEXT, originals=model.encode("Paris"))


def test_at_least_one_word_must_be_asked_for(tiny):
    with pytest.raises(InputError, match="at least 1"):
        predict_masks(tiny("bert"), TEXT, top_k=0)


def test_a_text_of_masks_only_is_predicted_all_the_same(tiny):
    model = tiny("bert")
    assert len(predict_masks(model, "[MASK] [MASK]")) == 2
    assert len(predict_masks(model, read_masks(model, "[MASK]", "A <mask>"))) == 2
