import numpy as np
import pytest

from core.tuning.batches import pair_marks
from core.tuning.pairs import IS_NEXT, NOT_NEXT, draw_pairs


@pytest.fixture(scope="module")
def pairs(texts, tokenizer):
    return draw_pairs(texts.sentences, pair_marks(tokenizer), rows=400, tokens=64, seed=(0,))


def _halves(pairs, row):
    ids, types = pairs.input_ids[row], pairs.token_type_ids[row]
    inside = pairs.attention_mask[row] == 1
    return ids[inside & (types == 0)][1:-1], ids[inside & (types == 1)][:-1]


def _places(bank, ids):
    """Where a sentence stands: every (document, number) whose tokens are ``ids``."""
    return {
        (int(np.searchsorted(bank.firsts, at, side="right")) - 1, at)
        for at in range(len(bank.starts) - 1)
        if np.array_equal(bank.tokens[bank.starts[at] : bank.starts[at + 1]], ids)
    }


def test_half_are_next_and_bert_calls_that_0(pairs):
    assert (IS_NEXT, NOT_NEXT) == (0, 1)
    assert (pairs.labels == IS_NEXT).mean() == pytest.approx(0.5, abs=0.1)


def test_what_is_next_follows_in_the_same_document(pairs, texts):
    for row in np.flatnonzero(pairs.labels == IS_NEXT)[:20]:
        first, second = (_places(texts.sentences, half) for half in _halves(pairs, row))
        assert any((document, at + 1) in second for document, at in first)


def test_what_is_not_next_comes_from_another_document_of_the_source(pairs, texts):
    bank = texts.sentences
    for row in np.flatnonzero(pairs.labels == NOT_NEXT)[:20]:
        first, second = (_places(bank, half) for half in _halves(pairs, row))
        assert any(
            one != other and bank.sources[one] == bank.sources[other]
            for one, _at in first
            for other, _at in second
        )
        assert any(at not in bank.firsts[:-1] for _document, at in second)


def test_rows_are_written_as_the_tokenizer_writes_a_pair(pairs, tokenizer):
    first, second = _halves(pairs, 0)
    texts = (tokenizer.decode(first), tokenizer.decode(second))
    written = tokenizer(*texts, return_token_type_ids=True)
    inside = pairs.attention_mask[0] == 1
    assert pairs.input_ids[0][inside].tolist() == written["input_ids"]
    assert pairs.token_type_ids[0][inside].tolist() == written["token_type_ids"]


def test_where_two_sentences_meet_nothing_is_cut(texts, tokenizer, pairs):
    marks = pair_marks(tokenizer)
    short = draw_pairs(texts.sentences, marks, rows=50, tokens=15, seed=(0,))
    assert short.input_ids.shape[1] == 15
    for row in range(5):
        first, second = _halves(short, row)
        assert _ends_some_sentence(texts.sentences, first)
        assert len(first) == len(second) == 6


def _ends_some_sentence(bank, ids):
    return any(np.array_equal(bank.tokens[end - len(ids) : end], ids) for end in bank.starts[1:])


def test_with_context_rows_are_fuller(texts, tokenizer):
    marks = pair_marks(tokenizer)
    bare, full = (
        draw_pairs(texts.sentences, marks, rows=50, tokens=64, seed=(0,), with_context=share)
        for share in (0.0, 1.0)
    )
    assert full.attention_mask.sum() > 1.2 * bare.attention_mask.sum()
