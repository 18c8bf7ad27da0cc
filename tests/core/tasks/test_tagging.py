"""Tags of words: where they stand, what they make, and by which way."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UnsupportedError
from core.models import load_model
from core.tasks import solve
from core.tasks.tag_means import tag_means, word_vectors
from core.tasks.tagging import TagAnswer, words_of

NAMES = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def answer(text, tags):
    words = words_of(text)
    shares = np.full((len(words), len(NAMES)), 0.02, dtype=np.float32)
    for place, tag in enumerate(tags):
        shares[place, NAMES.index(tag)] = 0.9 - 0.1 * place
    return TagAnswer(text=text, words=words, label_names=NAMES, probabilities=shares)


def test_words_stand_where_they_stand():
    text = "It can't,  or 李明 won't."
    assert [text[word.start : word.end] for word in words_of(text)] == [
        *("It", "can't", ",", "or", "李", "明", "won't", ".")
    ]


def test_tags_that_begin_and_go_on_make_a_name():
    found = answer("李明去北京", ["B-PER", "I-PER", "O", "B-LOC", "I-LOC"])
    assert [(span.text, span.kind) for span in found.spans] == [("李明", "PER"), ("北京", "LOC")]
    assert found.spans[0].probability == pytest.approx(0.8)
    row = found.cells()
    assert row["spans"] == "李明 (PER); 北京 (LOC)"
    assert row["tagged"].startswith("李/B-PER 明/I-PER 去/O")


def test_a_word_that_was_not_read_has_no_tag():
    found = answer("李明", ["B-PER", "I-PER"])
    found.probabilities[1] = np.nan
    assert found.tags == ("B-PER", "")


def test_the_vector_of_a_word_is_the_mean_of_its_tokens(tiny):
    model = tiny("bert")
    text = "The street is wide."
    (found,) = word_vectors(model, text, [(4, 10)])
    tokens = model.encode(text)
    own = [n for n, span in enumerate(tokens.spans) if span and span[0] >= 4 and span[1] <= 10]
    import torch

    with torch.inference_mode():
        last = model.network.base_model(**model.inputs(tokens)).last_hidden_state[0]
    np.testing.assert_allclose(found, last[own].mean(0).numpy(), atol=1e-6)


def test_means_are_over_the_words_of_a_tag(tiny):
    model = tiny("bert")
    means = tag_means(model, [(("The", "street"), ("DET", "NOUN"))], " ")
    vectors = word_vectors(model, "The street", [(0, 3), (4, 10)])
    np.testing.assert_allclose(means["NOUN"], vectors[1], atol=1e-6)
    np.testing.assert_allclose(means["all"], vectors.mean(0), atol=1e-6)


def test_what_cannot_be_tagged_is_a_sentence(tiny):
    with pytest.raises(UnsupportedError, match="No mean vectors"):
        solve("parts-of-speech", "The street.", model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="learnt no labels"):
        solve("parts-of-speech", "The street.", way="tuned", model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="causal"):
        solve("parts-of-speech", "The street.", way="prompted", model=tiny("bert"))
    (empty,) = solve("parts-of-speech", " ", model=tiny("bert"))
    assert "empty" in empty.problem


def test_each_word_is_asked_about_by_prompt(tiny_long):
    (found,) = solve("parts-of-speech", "One two.", way="prompted", model=tiny_long)
    np.testing.assert_allclose(found.probabilities.sum(1), 1, atol=1e-5)
    assert [word.text for word in found.words] == ["One", "two", "."]


@pytest.mark.models
def test_the_stored_means_know_most_words():
    model = load_model("minilm-l6")
    (found,) = solve("parts-of-speech", "The old dog slept in a small house.", model=model)
    assert sum(tag == right for tag, right in zip(
        found.tags, ("DET", "ADJ", "NOUN", "VERB", "ADP", "DET", "ADJ", "NOUN", "."), strict=True
    )) >= 7  # fmt: skip
