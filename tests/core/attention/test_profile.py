"""Head scores on patterns made by hand (TransformerLens, ``head_detector``), and small pictures."""

from __future__ import annotations

import numpy as np
import pytest

from core.attention import (
    AttentionCapture,
    AttentionStack,
    capture_attention,
    head_profile,
    known_heads,
    notable_heads,
    pool_starts,
    pooled_heads,
    share_received,
    sink_columns,
)
from core.attention.profile import PATTERNS
from core.attention.recording import LayerRecord
from core.models import load_model
from core.tokens import Tokens

LENGTH = 12
REPEATED = [*range(20, 26), *range(20, 26)]  # six random tokens, twice


def tokens_of(ids, special=()):
    count = len(ids)
    return Tokens(
        ids=tuple(ids),
        pieces=tuple(map(str, ids)),
        texts=tuple(map(str, ids)),
        special=tuple(place in special for place in range(count)),
        segments=(0,) * count,
        types=(0,) * count,
        spans=(None,) * count,
        groups=tuple(range(count)),
        data=(b"",) * count,
        continues=(False,) * count,
        unknown=(False,) * count,
    )


def capture_of(heads, ids=REPEATED, *, causal=True, special=()):
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
        tokens=tokens_of(ids, special),
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


def test_uniform_attention_scores_near_one_over_the_length_and_has_no_label():
    capture = capture_of([uniform(causal=False)], range(20, 32), causal=False, special=(0, 11))
    (row,) = head_profile(capture).to_dict("records")
    for pattern in ("previous", "next", "self", "first", "separator"):
        assert row[pattern] == pytest.approx(1 / LENGTH, abs=1e-5)
    assert (row["duplicate"], row["induction"]) == (0, 0)
    assert row["entropy"] == pytest.approx(1, abs=1e-5)
    assert row["label"] == ""
    (row,) = head_profile(capture_of([uniform()])).to_dict("records")
    assert row["entropy"] == pytest.approx(1, abs=1e-5)
    assert row["induction"] < 0.2
    assert row["label"] == ""


def test_the_distance_is_in_tokens():
    profile = head_profile(capture_of([np.eye(LENGTH), shifted(1)]))
    assert profile["distance"].tolist() == pytest.approx([0, 11 / 12], abs=1e-5)


def test_notable_heads_differ_from_each_other_first():
    heads = [column(0)] * 3 + [shifted(1), uniform(), shifted(5), shifted(1), shifted(6)]
    profile = head_profile(capture_of(heads))
    chosen = notable_heads(profile, count=6)
    assert {head.label for head in chosen[:4]} == {"first", "previous", "duplicate", "induction"}
    assert chosen[3].label == "first"
    assert (chosen[4].head, chosen[4].label) == (6, "previous")
    assert (chosen[5].head, chosen[5].label) == (4, "")
    assert notable_heads(profile, count=6) == chosen
    assert set(known_heads(profile)) == {(0, head) for head in (0, 1, 2, 3, 5, 6, 7)}
    assert len(notable_heads(profile, count=20)) == 8


def test_a_profile_has_one_row_per_head_and_every_score_between_0_and_1(model_folder):
    for family in ("bert", "llama"):
        model = load_model(str(model_folder(family)))
        profile = head_profile(capture_attention(model, "The street, the street is wide."))
        assert len(profile) == 8
        assert list(profile.columns) == [
            *("layer", "head"),
            *PATTERNS,
            *("entropy", "distance", "label"),
        ]
        scores = profile[[*PATTERNS, "entropy"]].to_numpy()
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
