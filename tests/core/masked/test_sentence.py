"""A text whose tokens became others, written out."""

from __future__ import annotations

import pytest

from core.masked import read_masks, respelled, sentence, with_ids, with_masks
from core.models import load_model

TEXT = "The animal didn't  cross the street, because it was tired!"


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_what_was_not_replaced_stays_to_the_letter(family, model_folder):
    model = load_model(str(model_folder(family)))
    tokens = read_masks(model, TEXT)
    assert sentence(TEXT, tokens, tokens) == TEXT
    place = tokens.texts.index(next(text for text in tokens.texts if text.strip() == "street"))
    mask = model.tokenizer.mask_token
    masked = with_masks(model, tokens, [place])
    assert sentence(TEXT, tokens, masked) == TEXT.replace("street", mask)


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_what_is_written_is_read_as_the_same_tokens(family, model_folder):
    model = load_model(str(model_folder(family)))
    tokens = read_masks(model, TEXT)
    words = [place for place, special in enumerate(tokens.special) if not special]
    masked = with_masks(model, tokens, [words[0], words[3], words[-2]])
    assert read_masks(model, sentence(TEXT, tokens, masked)).ids == masked.ids


@pytest.mark.models
def test_chinese_masks_side_by_side_stay_side_by_side():
    """A space is a token of this model."""
    model, text = load_model("chinese-masked"), "我在这里工作。"
    tokens = read_masks(model, text)
    places = [tokens.texts.index(sign) for sign in "这里"]
    masked = with_masks(model, tokens, places)
    assert sentence(text, tokens, masked) == "我在[MASK][MASK]工作。"
    assert read_masks(model, sentence(text, tokens, masked)).ids == masked.ids
    filled = with_ids(
        model, masked, dict(zip(places, model.encode("北京").ids[-3:-1], strict=True))
    )
    assert sentence(text, tokens, filled) == "我在北京工作。"
    for place, written in ((places[0], "我在北[MASK]工作。"), (places[1], "我在[MASK]京工作。")):
        half = with_ids(model, masked, {place: filled.ids[place]})
        assert sentence(text, tokens, half) == written


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_a_mask_in_any_spelling_gives_way_to_the_word_filled_in(family, model_folder):
    model = load_model(str(model_folder(family)))
    text = respelled(model, "The <mask> of the [MASK].")
    tokens = read_masks(model, text)
    mask = model.tokenizer.mask_token_id
    first, second = (place for place, id_ in enumerate(tokens.ids) if id_ == mask)
    street = model.encode("the street").ids[2 if family == "bert" else -2]
    filled = with_ids(model, tokens, {first: street})
    assert sentence(text, tokens, filled) == f"The street of the {model.tokenizer.mask_token}."
    assert second > first
