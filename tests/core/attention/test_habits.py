"""What heads do over many texts, and the built-in sentences."""

from __future__ import annotations

import numpy as np
import pytest

from core.attention import (
    capture_attention,
    head_habits,
    head_profile,
    known_heads,
    occurrences,
    sentences,
)
from core.attention.patterns import PATTERNS
from core.errors import InputError
from core.models import load_model

TEXTS = ("The street, the street is wide.", "The animal was too tired.", "One two three, one two")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_there_are_two_dozen_sentences_all_different_some_with_repeats(language):
    texts = sentences(language)
    assert len(set(texts)) == len(texts) == 24
    assert any(sign in text for text in texts for sign in "?？")
    assert any(sign.isdigit() for text in texts for sign in text)
    with pytest.raises(InputError, match="no sentences in “xx”: choose one of en, zh"):
        sentences("xx")


def test_habits_over_one_text_are_its_profile(model_folder):
    model = load_model(str(model_folder("bert")))
    habits = head_habits(model, TEXTS[:1])
    profile = head_profile(capture_attention(model, TEXTS[0]))
    assert list(habits.table.columns) == list(profile.columns)
    numbers = [name for name in profile.columns if name != "label"]
    assert np.allclose(habits.table[numbers], profile[numbers], atol=1e-5)
    assert habits.table["label"].tolist() == profile["label"].tolist()
    assert habits.known.keys() == known_heads(profile).keys()
    assert habits.count == 1


def test_each_score_is_the_mean_over_the_queries_that_could_show_it(model_folder):
    model = load_model(str(model_folder("gpt2")))
    habits = head_habits(model, TEXTS)
    captures = [capture_attention(model, text) for text in TEXTS]
    profiles = [head_profile(capture) for capture in captures]
    lengths = [len(capture.tokens) for capture in captures]
    for name, rows in (("self", lengths), ("previous", [count - 1 for count in lengths])):
        mean = sum(part[name] * many for part, many in zip(profiles, rows, strict=True)) / sum(rows)
        assert np.allclose(habits.table[name], mean, atol=1e-5)
    # Only where words come again could a head look at the same token.
    again = [part for part, text in zip(profiles, TEXTS, strict=True) if part["duplicate"].any()]
    assert len(again) < len(TEXTS)
    low = np.min([part["duplicate"] for part in again], 0)
    high = np.max([part["duplicate"] for part in again], 0)
    assert (habits.table["duplicate"] >= low - 1e-5).all()
    assert (habits.table["duplicate"] <= high + 1e-5).all()


def test_progress_is_told_and_a_stop_keeps_what_was_read(model_folder):
    model = load_model(str(model_folder("llama")))
    told = []
    habits = head_habits(
        model, TEXTS, progress=lambda *step: told.append(step), stop=lambda: len(told) == 2
    )
    assert told == [(1, 3), (2, 3)]
    assert habits.count == 2
    assert len(habits.table) == 8
    with pytest.raises(InputError, match="no texts to read"):
        head_habits(model, [])


def test_occurrences_are_the_strongest_weights_of_that_head(model_folder):
    model = load_model(str(model_folder("bert")))
    found = occurrences(model, 1, 2, TEXTS, count=3)
    assert {place.text for place in found} == set(TEXTS)
    assert sorted(found, key=lambda place: -place.weight) == list(found)
    for place in found:
        weights = capture_attention(model, place.text).head(1, 2)
        assert weights[place.query, place.key] == pytest.approx(place.weight, abs=1e-5)
        special = place.tokens.special
        assert not special[place.query]
        assert not special[place.key]
        assert place.query != place.key
        plain = [number for number, mark in enumerate(special) if not mark and number]
        inside = weights[np.ix_(plain, plain)] * (1 - np.eye(len(plain)))
        assert place.weight == pytest.approx(inside.max(), abs=1e-5)


def test_occurrences_of_a_pattern_are_among_its_pairs(model_folder):
    model = load_model(str(model_folder("gpt2")))
    for place in occurrences(model, 0, 1, TEXTS, pattern="duplicate"):
        assert place.tokens.ids[place.query] == place.tokens.ids[place.key]
        assert place.key < place.query
    assert all(place.key == 0 for place in occurrences(model, 0, 1, TEXTS, pattern="first"))
    assert occurrences(model, 0, 1, TEXTS, pattern="broad") == occurrences(model, 0, 1, TEXTS)
    with pytest.raises(InputError, match="no pattern"):
        occurrences(model, 0, 1, TEXTS, pattern="sideways")
    with pytest.raises(InputError, match="no head 9"):
        occurrences(model, 0, 9, TEXTS)


@pytest.mark.models
def test_the_built_in_encoder_keeps_its_habits():
    """Measured: layer 0 head 2 looks at the token before, layer 1 head 8 at the one after."""
    model = load_model("minilm-l6")
    habits = head_habits(model, sentences("en"))
    before, after = habits.known_for(0, 2), habits.known_for(1, 8)
    assert before.label == "previous"
    assert before.score > 0.99
    assert after.label == "next"
    assert after.score == pytest.approx(0.662, abs=0.01)
    assert set(habits.table["label"]) <= {*PATTERNS, "broad", ""}
