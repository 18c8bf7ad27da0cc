"""Many sentences at once equal each by itself, and a bad one stops no other."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError, UnsupportedError
from core.masked import predict_many, predict_masks, variants

SENTENCES = [
    "The [MASK] is wide.",
    "The capital of France is [MASK]; the capital of Japan is <mask>.",
    "[MASK]",
    "The animal didn't cross the street because [MASK] was too tired.",
    "One two [MASK] four [MASK] six [MASK] eight nine ten.",
] * 3


@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "albert", "modernbert"])
def test_every_sentence_has_what_it_has_by_itself(family, tiny, monkeypatch):
    model = tiny(family)
    monkeypatch.setitem(variants.TOKENS_AT_ONCE, "cpu", 60)  # several batches
    found = predict_many(model, SENTENCES, top_k=4)
    assert found.complete
    assert [row.text for row in found.sentences] == SENTENCES
    for row in found.sentences:
        expected = predict_masks(model, row.text, top_k=4)
        assert len(row.predictions) == len(expected)
        for own, other in zip(row.predictions, expected, strict=True):
            assert (own.position, own.token_ids) == (other.position, other.token_ids)
            assert np.allclose(own.probabilities, other.probabilities, atol=1e-5)
            assert own.entropy == pytest.approx(other.entropy, abs=1e-4)


def test_a_sentence_with_a_problem_gets_a_sentence_and_stops_no_other(tiny):
    model = tiny("bert")
    texts = ["The [MASK] is wide.", "no mask here", "", "A \0 [MASK]", "one " * 90 + "[MASK]"]
    good, *bad = predict_many(model, texts).sentences
    assert good.predictions
    assert good.problem is None
    for row, part in zip(bad, ["no mask", "empty", "NUL", "shorten it"], strict=True):
        assert part in row.problem
        assert row.predictions == ()


def test_the_table_has_a_row_per_mask_and_tells_the_problems(tiny):
    table = predict_many(tiny("bert"), [*SENTENCES[:2], "no mask"], top_k=2).table
    assert table["sentence"].tolist() == [1, 2, 2, 3]
    assert list(table.columns) == [
        *("sentence", "text", "mask", "word_1", "probability_1", "word_2", "probability_2"),
        "problem",
    ]
    assert table["problem"].notna().tolist() == [False, False, False, True]
    assert (table["probability_1"].dropna() >= table["probability_2"].dropna()).all()


def test_it_tells_how_far_it_is_and_stops_with_what_there_is(tiny, monkeypatch):
    model = tiny("bert")
    monkeypatch.setitem(variants.TOKENS_AT_ONCE, "cpu", 60)
    seen = []
    predict_many(model, SENTENCES, progress=lambda *done: seen.append(done))
    assert seen[-1] == (len(SENTENCES), len(SENTENCES))
    part = predict_many(
        model,
        SENTENCES,
        progress=lambda *done: seen.append(done),
        stop=lambda: len(seen) % 2 == 1,
    )
    done = [bool(row.predictions) for row in part.sentences]
    assert not part.complete
    assert any(done) != all(done)


def test_at_least_1_and_at_most_1000_sentences(tiny):
    model = tiny("bert")
    for count in (0, 1001):
        with pytest.raises(InputError, match="at most 1,000"):
            predict_many(model, ["The [MASK]."] * count)
    with pytest.raises(UnsupportedError, match="Generation"):
        predict_many(tiny("gpt2"), ["The [MASK]."])
