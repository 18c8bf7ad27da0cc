"""Head scores on patterns made by hand (TransformerLens, ``head_detector``), and small pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.attention import (
    AttentionCapture,
    AttentionStack,
    capture_attention,
    head_profile,
    known_heads,
    notable_heads,
    pattern_evidence,
    pool_starts,
    pooled_heads,
    share_received,
    sink_columns,
)
from core.attention.patterns import PATTERNS, punctuation
from core.attention.recording import LayerRecord
from core.errors import InputError
from core.models import load_model
from core.tokens import Tokens

LENGTH = 12
REPEATED = [*range(20, 26), *range(20, 26)]  # six random tokens, twice


def tokens_of(ids, special=(), texts=None):
    count = len(ids)
    return Tokens(
        ids=tuple(ids),
        pieces=tuple(map(str, ids)),
        texts=tuple(map(str, ids)) if texts is None else tuple(texts),
        special=tuple(place in special for place in range(count)),
        segments=(0,) * count,
        types=(0,) * count,
        spans=(None,) * count,
        groups=tuple(range(count)),
        data=(b"",) * count,
        continues=(False,) * count,
        unknown=(False,) * count,
    )


def capture_of(heads, ids=REPEATED, *, causal=True, special=(), texts=None):
    """A capture of one layer whose weights are ``heads``: their logarithms are the bias."""
    weights = np.stack(heads).astype(np.float32)
    count, length, _ = weights.shape
    with np.errstate(divide="ignore"):
        bias = np.maximum(np.log(weights), -1e9).astype(np.float32)
    record = LayerRecord(
        heads=tuple(range(count)),
        kv_heads=tuple(range(count)),
        queries=np.zeros((count, length, 1), np.float32),
        keys=np.zeros((count, length, 1), np.float32),
        values=None,
        scaling=1.0,
        softcap=None,
        bias=bias,
        visible=np.tril(np.ones((1, length, length), bool)) if causal else None,
    )
    stack = AttentionStack(layers=(0,), heads=tuple(range(count)), causal=causal, records=(record,))
    return AttentionCapture(
        model="made by hand",
        kind="causal" if causal else "encoder",
        tokens=tokens_of(ids, special, texts),
        queries_kept=tuple(range(length)),
        main=stack,
    )


def shifted(by):
    """Every query looks ``by`` tokens back, or at the first."""
    weights = np.zeros((LENGTH, LENGTH))
    for query in range(LENGTH):
        weights[query, query - by if query >= by else 0] = 1
    return weights


def uniform(*, causal=True):
    weights = np.ones((LENGTH, LENGTH))
    weights = np.tril(weights) if causal else weights
    return weights / weights.sum(-1, keepdims=True)


def column(place):
    weights = np.zeros((LENGTH, LENGTH))
    weights[:, place] = 1
    return weights


@pytest.mark.parametrize(
    ("pattern", "weights", "causal"),
    [
        ("previous", shifted(1), True),
        ("self", np.eye(LENGTH), True),
        ("first", column(0), True),
        ("duplicate", shifted(6), True),
        ("induction", shifted(5), True),
        ("next", np.roll(np.eye(LENGTH), 1, axis=1), False),
        ("separator", column(LENGTH - 1), False),
    ],
)
def test_a_pattern_made_by_hand_scores_one_and_is_labelled(pattern, weights, causal):
    ids = REPEATED if causal else range(20, 20 + LENGTH)
    special = () if causal else (0, LENGTH - 1)
    capture = capture_of([weights], ids, causal=causal, special=special)
    (row,) = head_profile(capture).to_dict("records")
    assert row[pattern] == pytest.approx(1, abs=1e-5)
    assert row["label"] == pattern
    assert row["entropy"] == pytest.approx(0, abs=1e-5)


def test_attention_to_punctuation_scores_one_on_its_pattern():
    """Clark et al. 2019, "What Does BERT Look At?": heads on periods and commas."""
    texts = ["[CLS]", "Anna", "a", "Eva", "，", "Bo", "b.c", "a", "b", "c", "…", "[SEP]"]
    weights = np.zeros((LENGTH, LENGTH))
    weights[:, [4, 10]] = 0.5
    weights[[4, 10]] = np.eye(LENGTH)[[10, 4]]
    capture = capture_of(
        [weights], range(20, 32), causal=False, special=(0, LENGTH - 1), texts=texts
    )
    assert np.flatnonzero(punctuation(capture.tokens)).tolist() == [4, 10]
    (row,) = head_profile(capture).to_dict("records")
    assert row["punctuation"] == pytest.approx(1, abs=1e-5)
    assert row["label"] == "punctuation"
    pairs = pattern_evidence(capture, 0, 0, "punctuation", count=3)
    assert [pair.weight for pair in pairs] == pytest.approx([1, 1, 0.5])
    assert [(pair.query, pair.key) for pair in pairs[:2]] == [(4, 10), (10, 4)]


def test_evidence_shows_the_pairs_of_the_pattern_strongest_first():
    weights = 0.5 * shifted(5) + 0.5 * np.eye(LENGTH)
    weights[8] = np.eye(LENGTH)[3]
    capture = capture_of([weights])
    pairs = pattern_evidence(capture, 0, 0, "induction")
    assert len(pairs) == 5
    assert (pairs[0].query, pairs[0].key, pairs[0].weight) == (8, 3, pytest.approx(1))
    assert {pair.query - pair.key for pair in pairs} == {5}
    assert pattern_evidence(capture, 0, 0, "next") == ()
    assert pattern_evidence(capture, 0, 0, "broad") == ()
    with pytest.raises(InputError, match="no pattern “sideways”: choose one of previous, next"):
        pattern_evidence(capture, 0, 0, "sideways")
    with pytest.raises(InputError, match="does not hold head 9"):
        pattern_evidence(capture, 0, 9, "self")


def test_a_head_points_as_strongly_as_its_largest_weight_between_distant_words():
    weights = column(0) * 0.4
    weights[8, [0, 3, 7, 8]] = (0.1, 0.2, 0.6, 0.1)  # 7 is beside 8
    (row,) = head_profile(capture_of([weights / weights.sum(-1, keepdims=True)])).to_dict("records")
    assert row["pointed"] == pytest.approx(0.2, abs=1e-5)


def test_uniform_attention_scores_near_one_over_the_length_and_is_broad():
    capture = capture_of([uniform(causal=False)], range(20, 32), causal=False, special=(0, 11))
    (row,) = head_profile(capture).to_dict("records")
    for pattern in ("previous", "next", "self", "first", "separator"):
        assert row[pattern] == pytest.approx(1 / LENGTH, abs=1e-5)
    assert (row["duplicate"], row["induction"]) == (0, 0)
    assert row["entropy"] == pytest.approx(1, abs=1e-5)
    assert row["label"] == "broad"
    (row,) = head_profile(capture_of([uniform()])).to_dict("records")
    assert row["entropy"] == pytest.approx(1, abs=1e-5)
    assert row["induction"] < 0.2
    assert row["label"] == "broad"
    half = 0.5 * uniform() + 0.5 * column(0)
    (row,) = head_profile(capture_of([half])).to_dict("records")
    assert row["label"] == "first"  # a label of a pattern comes first


def test_the_distance_is_in_tokens():
    profile = head_profile(capture_of([np.eye(LENGTH), shifted(1)]))
    assert profile["distance"].tolist() == pytest.approx([0, 11 / 12], abs=1e-5)


def test_notable_heads_differ_from_each_other_first():
    far = np.eye(LENGTH)
    far[9] = 0.5 * np.eye(LENGTH)[9] + 0.5 * np.eye(LENGTH)[2]
    heads = [column(0)] * 3 + [shifted(1), uniform(), shifted(5), shifted(1), shifted(6), far]
    profile = head_profile(capture_of(heads))
    chosen = notable_heads(profile, count=7)
    labels = [head.label for head in chosen]
    assert set(labels[:4]) == {"previous", "self", "duplicate", "induction"}
    assert labels[4:] == ["", "first", "broad"]
    assert (chosen[4].head, chosen[4].score) == (1, 0)  # none of the others points
    assert notable_heads(profile, count=7) == chosen
    assert set(known_heads(profile)) == {(0, head) for head in range(9)}
    assert known_heads(profile)[0, 4].score == pytest.approx(1, abs=1e-5)
    assert len(notable_heads(profile, count=20)) == 9


def test_heads_that_point_come_after_the_labelled_ones_and_before_those_on_a_sink():
    profile = head_profile(capture_of([shifted(1), column(0), column(0)]))
    more = profile.assign(layer=1, label="", pointed=[0.9, 0.8, 0.1])
    least = profile.assign(layer=2, label="", pointed=[0.3, 0.2, 0.1])
    chosen = notable_heads(pd.concat([profile, more, least], ignore_index=True), count=6)
    assert [(head.layer, head.head) for head in chosen] == [
        *[(0, 0), (1, 0), (2, 0), (0, 2), (1, 1), (0, 1)],
    ]
    assert chosen[1].score == pytest.approx(0.9)


def test_a_profile_has_one_row_per_head_and_every_score_between_0_and_1(model_folder):
    for family in ("bert", "llama"):
        model = load_model(str(model_folder(family)))
        profile = head_profile(capture_attention(model, "The street, the street is wide."))
        assert len(profile) == 8
        assert list(profile.columns) == [
            *("layer", "head"),
            *PATTERNS,
            *("entropy", "distance", "pointed", "label"),
        ]
        scores = profile[[*PATTERNS, "entropy", "pointed"]].to_numpy()
        assert (scores >= 0).all()
        assert (scores <= 1 + 1e-5).all()


def test_a_text_of_one_token_has_a_profile(model_folder):
    model = load_model(str(model_folder("gpt2")))
    profile = head_profile(capture_attention(model, "a"))
    assert profile.notna().all(axis=None)
    assert len(notable_heads(profile)) == 6


def test_thumbnails_keep_the_largest_weight_of_each_bin():
    chance = np.random.default_rng(0)
    weights = chance.dirichlet(np.ones(LENGTH), size=(2, LENGTH))
    capture = capture_of(list(weights), causal=False)
    small = pooled_heads(capture, side=5)
    assert small.shape == (1, 2, 5, 5)
    starts = [*pool_starts(LENGTH, 5), LENGTH]
    for row in range(5):
        for place in range(5):
            part = weights[:, starts[row] : starts[row + 1], starts[place] : starts[place + 1]]
            assert np.allclose(small[0, :, row, place], part.max((1, 2)), atol=1e-6)
    assert np.allclose(pooled_heads(capture)[0], weights, atol=1e-6)


@pytest.mark.parametrize("count", [1, 3, 64, 65, 300, 512])
def test_position_p_falls_into_bin_p_times_bins_over_count(count):
    starts = pool_starts(count, 64)
    bins = len(starts)
    for place in range(count):
        assert starts.searchsorted(place, side="right") - 1 == place * bins // count


def test_shares_sum_to_one_and_the_sink_is_found():
    capture = capture_of([column(0), shifted(1)])
    shares = share_received(capture)
    assert np.allclose(shares.sum(-1), 1)
    assert shares[0, 0, 0] == pytest.approx(1)
    (sink,) = sink_columns(capture)
    assert (sink.position, sink.share) == (0, pytest.approx((1 + 2 / 12) / 2, abs=1e-5))
    assert sink_columns(capture_of([uniform(causal=False)], causal=False)) == ()
