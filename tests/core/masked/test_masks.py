"""Masks of a text: how they are spelled, where they stand, what stands there instead."""

from __future__ import annotations

import pytest

from core.errors import InputError, TextError, UnsupportedError
from core.masked import mask_positions, only_masks, read_masks, with_ids, with_masks

TEXT = "The [MASK] is a yellow [MASK]."


@pytest.mark.parametrize("spelled", ["[MASK]", "<mask>", "<|mask|>", "[mask]", "<MASK>"])
@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "albert", "modernbert"])
def test_a_mask_is_understood_whatever_model_it_was_spelled_for(family, spelled, tiny):
    model = tiny(family)
    own = model.encode(TEXT.replace("[MASK]", model.tokenizer.mask_token))
    assert read_masks(model, TEXT.replace("[MASK]", spelled)) == own
    assert len(mask_positions(model, own)) == 2


def test_the_second_text_of_a_pair_may_have_masks_too(tiny):
    model = tiny("bert")
    tokens = read_masks(model, "The <mask> is wide.", "It was [MASK].")
    first, second = mask_positions(model, tokens)
    assert (tokens.segments[first], tokens.segments[second]) == (0, 1)


def test_a_text_without_a_mask_is_told_how_to_write_one(tiny):
    model = tiny("roberta")
    with pytest.raises(InputError, match=r"no mask: write <mask>"):
        mask_positions(model, read_masks(model, "The street is wide."))
    with pytest.raises(TextError, match="empty"):
        read_masks(model, "  ")


@pytest.mark.parametrize(
    ("family", "page"), [("gpt2", "Generation"), ("t5", "Generation"), ("encoder", "Attention")]
)
def test_a_model_that_is_not_masked_is_told_which_page_fits(family, page, tiny, encoder):
    model = encoder if family == "encoder" else tiny(family)
    with pytest.raises(UnsupportedError, match=page):
        read_masks(model, TEXT)


def test_a_mask_behind_the_limit_is_told_and_a_cut_behind_the_last_mask_is_not(tiny):
    model = tiny("bert")
    limit = model.shape.max_tokens
    long = "one two three " * limit
    with pytest.raises(InputError, match=f"reads {limit}: shorten it, 1 of its masks"):
        read_masks(model, f"[MASK] {long} [MASK]")
    tokens = read_masks(model, f"[MASK] {long}")
    assert tokens.cut is not None
    assert mask_positions(model, tokens) == (1,)


def test_only_masks_are_told_from_masks_among_words(tiny):
    model = tiny("bert")
    assert only_masks(model, read_masks(model, "[MASK] [MASK]"))
    assert not only_masks(model, read_masks(model, TEXT))


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_masking_a_token_and_putting_it_back_gives_the_same_tokens(family, tiny):
    model = tiny(family)
    tokens = model.encode("The animal didn't cross the street, 动物.")
    masked = with_masks(model, tokens, [2, 4])
    assert [masked.ids[place] for place in (2, 4)] == [model.tokenizer.mask_token_id] * 2
    assert masked.special[2]
    assert masked.texts[3] == tokens.texts[3]
    assert with_ids(model, masked, {place: tokens.ids[place] for place in (2, 4)}) == tokens


def test_special_tokens_and_places_that_are_not_there_cannot_be_masked(tiny):
    model = tiny("bert")
    tokens = model.encode("The street is wide.")
    with pytest.raises(InputError, match=r"Token 0 \(\[CLS\]\) is special"):
        with_masks(model, tokens, [0])
    with pytest.raises(InputError, match="There is no token 99"):
        with_masks(model, tokens, [99])
