"""What is cut out of a head; the blocks of a pair as bertviz cuts them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.attention import attention_region, capture_attention, combined_heads, second_text_start
from core.errors import InputError
from core.models import load_model

FIRST = "The animal didn't cross the street."
SECOND = "It was too tired."


@pytest.fixture(scope="module")
def bert(model_folder):
    return load_model(str(model_folder("bert")))


@pytest.fixture(scope="module")
def paired(bert):
    return capture_attention(bert, FIRST, SECOND)


def test_the_four_blocks_of_a_pair_rebuild_the_whole(paired):
    """bertviz, ``head_view`` with ``sentence_b_start``: slices up to it and from it on."""
    tokens, weights = paired.tokens, paired.head(1, 2)
    blocks = {
        part: attention_region(weights, tokens, part=part) for part in ("aa", "ab", "ba", "bb")
    }
    start = tokens.types.index(1)
    assert np.array_equal(blocks["aa"].weights, weights[:start, :start])
    assert np.array_equal(blocks["ab"].weights, weights[:start, start:])
    whole = np.block(
        [
            [blocks["aa"].weights, blocks["ab"].weights],
            [blocks["ba"].weights, blocks["bb"].weights],
        ]
    )
    assert np.array_equal(whole, weights)
    assert blocks["ba"].queries == tuple(range(start, len(tokens)))
    assert blocks["ba"].keys == tuple(range(start))
    assert [tokens.texts[place] for place in (0, start - 1, -1)] == ["[CLS]", "[SEP]", "[SEP]"]


@pytest.mark.parametrize(
    ("family", "before"), [("bert", "[SEP]"), ("roberta", "</s>"), ("albert", "[SEP]")]
)
def test_the_second_text_begins_at_its_first_word(family, before, model_folder):
    tokens = load_model(str(model_folder(family))).encode(FIRST, SECOND)
    start = second_text_start(tokens)
    assert tokens.segments[start] == 1
    assert 1 not in tokens.segments[:start]
    assert tokens.texts[start - 1] == before
    assert second_text_start(load_model(str(model_folder(family))).encode(FIRST)) is None


def test_a_special_token_that_opens_the_second_text_belongs_to_it(bert):
    """Templates of Llama's kind: <s> A <s> B with types 0 0 1 1."""
    tokens = bert.encode("the street", "it was")
    start = tokens.types.index(1)
    opened = replace(
        tokens, types=(*tokens.types[: start - 1], 1, *tokens.types[start:])
    )  # the [SEP] before B is B's
    assert second_text_start(opened) == start - 1


def test_two_identical_texts_are_two_parts(bert):
    capture = capture_attention(bert, FIRST, FIRST)
    region = attention_region(capture.head(0, 0), capture.tokens, part="ab")
    words = [
        [capture.tokens.texts[place] for place in places if not capture.tokens.special[place]]
        for places in (region.queries, region.keys)
    ]
    assert words[0] == words[1]
    assert not set(region.queries) & set(region.keys)


def test_special_tokens_leave_both_axes_and_what_they_took_is_told(paired):
    tokens, weights = paired.tokens, paired.head(1, 2)
    region = attention_region(weights, tokens, specials=False)
    kept = [place for place, special in enumerate(tokens.special) if not special]
    assert region.queries == region.keys == tuple(kept)
    assert np.array_equal(region.weights, weights[np.ix_(kept, kept)])
    taken = weights[kept][:, [place for place in range(len(tokens)) if place not in kept]]
    assert region.hidden_share == pytest.approx(taken.sum(1).mean(), abs=1e-6)
    assert not region.renormalised


def test_renormalised_rows_sum_to_one_and_rows_of_nothing_stay_nothing(paired):
    tokens, weights = paired.tokens, paired.head(1, 2).copy()
    region = attention_region(weights, tokens, part="bb", specials=False, renormalise=True)
    assert region.renormalised
    assert np.allclose(region.weights.sum(-1), 1, atol=1e-5)
    plain = attention_region(weights, tokens, part="bb", specials=False)
    assert region.hidden_share == plain.hidden_share > 0
    assert np.array_equal(weights, paired.head(1, 2))
    weights[plain.queries[0]] = 0
    weights[plain.queries[0], 0] = 1  # [CLS] has it all
    region = attention_region(weights, tokens, part="bb", specials=False, renormalise=True)
    assert not region.weights[0].any()
    assert np.isfinite(region.weights).all()


def test_the_whole_hides_nothing(paired):
    region = attention_region(paired.head(0, 0), paired.tokens)
    assert np.array_equal(region.weights, paired.head(0, 0))
    assert region.hidden_share == 0


def test_chosen_rows_come_in_their_order(paired):
    weights = paired.head(0, 1)
    region = attention_region(weights, paired.tokens, queries=[7, 3])
    assert region.queries == (7, 3)
    assert np.array_equal(region.weights, weights[[7, 3]])
    assert region.keys == tuple(range(len(paired.tokens)))
    with pytest.raises(InputError, match="no row for token 99"):
        attention_region(weights, paired.tokens, queries=[99])


def test_a_capture_of_some_rows_says_which_they_are(bert, paired):
    some = capture_attention(bert, FIRST, SECOND, queries=[3, 7])
    region = attention_region(some.head(0, 1), some.tokens, queries=[7], rows=some.queries_kept)
    assert region.queries == (7,)
    assert np.allclose(region.weights[0], paired.head(0, 1)[7], atol=1e-6)
    with pytest.raises(InputError, match="no row for token 5"):
        attention_region(some.head(0, 1), some.tokens, queries=[5], rows=some.queries_kept)


def test_cross_attention_has_other_tokens_for_its_keys(model_folder):
    model = load_model(str(model_folder("bart")))
    capture = capture_attention(model, FIRST, "le chat est assis")
    region = attention_region(
        capture.cross.head(0, 0), capture.decoder_tokens, specials=False, key_tokens=capture.tokens
    )
    assert not any(capture.tokens.special[key] for key in region.keys)
    assert region.weights.shape == (len(region.queries), len(region.keys))
    with pytest.raises(InputError, match="a pair of texts"):
        attention_region(
            capture.cross.head(0, 0),
            capture.decoder_tokens,
            part="ab",
            key_tokens=capture.tokens,
        )


def test_a_text_of_one_token_is_whole(model_folder):
    capture = capture_attention(load_model(str(model_folder("gpt2"))), "a")
    region = attention_region(capture.head(0, 0), capture.tokens, specials=False, renormalise=True)
    assert (region.weights.tolist(), region.hidden_share) == ([[1]], 0)


def test_a_text_of_special_tokens_only_has_nothing_to_show_without_them(bert):
    capture = capture_attention(bert, "[SEP] [SEP]")
    assert all(capture.tokens.special)
    weights = capture.head(0, 0)
    assert attention_region(weights, capture.tokens).weights.shape == (4, 4)
    with pytest.raises(InputError, match="show the special tokens"):
        attention_region(weights, capture.tokens, specials=False)


def test_a_part_of_a_single_text_and_weights_of_another_are_told_in_a_sentence(bert, paired):
    capture = capture_attention(bert, FIRST)
    with pytest.raises(InputError, match="Parts need a pair of texts"):
        attention_region(capture.head(0, 0), capture.tokens, part="ab")
    with pytest.raises(InputError, match="There is no part “cc”"):
        attention_region(paired.head(0, 0), paired.tokens, part="cc")
    with pytest.raises(InputError, match="take both from one text"):
        attention_region(paired.head(0, 0), capture.tokens)


def test_many_heads_as_one_are_their_mean_or_their_maximum(paired):
    weights = paired.weights
    assert np.allclose(combined_heads(paired), weights.mean((0, 1)), atol=1e-6)
    assert np.array_equal(combined_heads(paired, how="max"), weights.max((0, 1)))
    chosen = [(1, 3), (0, 0), (1, 3)]
    expected = np.stack([weights[1, 3], weights[0, 0]])
    assert np.allclose(combined_heads(paired.main, chosen), expected.mean(0), atol=1e-6)
    assert np.array_equal(combined_heads(paired, chosen, how="max"), expected.max(0))
    assert np.allclose(combined_heads(paired).sum(-1), 1, atol=1e-5)


def test_heads_that_are_not_there_and_no_heads_are_told_in_a_sentence(paired):
    with pytest.raises(InputError, match="does not hold layer 8"):
        combined_heads(paired, [(8, 0)])
    with pytest.raises(InputError, match="No head was chosen"):
        combined_heads(paired, [])
