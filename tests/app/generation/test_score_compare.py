"""Scores of one text by models with other tokenizers are compared over what both scored."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from app.generation.score.compare import differing_words, shared_part
from app.generation.score.two import cautions, part_table, short_names, verdict
from core.generation import score_text
from core.models import load_model
from tests.core.conftest import llama2_tokenizer, make_model

TEXT = "The capital of Japan is Tokyo: 12 streets, 这只动物 and one 🏳️‍🌈."


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Two models with byte-level pieces, and one of SentencePiece with an opening token."""
    root = tmp_path_factory.mktemp("tiny")
    made = {name: make_model(name, root / name) for name in ("gpt2", "llama")}
    made["metaspace"] = make_model("llama", root / "metaspace", vocab_size=700)
    llama2_tokenizer().save_pretrained(made["metaspace"])
    return {name: load_model(str(folder)) for name, folder in made.items()}


@pytest.mark.parametrize("one", ["gpt2", "llama", "metaspace"])
@pytest.mark.parametrize("two", ["gpt2", "llama", "metaspace"])
def test_both_sums_are_of_the_same_characters(one, two, models):
    first, second = (score_text(models[name], TEXT) for name in (one, two))
    part = shared_part(TEXT, first, second)
    assert part is not None
    for score, own in ((first, part.first), (second, part.second)):
        texts = "".join(score.tokens.texts[-own.tokens :]).strip()
        assert texts.endswith(part.text)
        assert own.total == pytest.approx(
            float(score.log_probabilities[-own.tokens :].astype(np.float64).sum())
        )
    assert part.first.characters == part.second.characters
    assert part.same_tokens == (first.tokens.pieces == second.tokens.pieces)


def test_bits_per_character_follow_from_the_sum(models):
    score = score_text(models["gpt2"], "The capital is Tokyo")
    part = shared_part("The capital is Tokyo", score, score)
    assert part is not None
    assert part.text == "capital is Tokyo"
    assert not part.whole
    assert part.first.characters == 16
    assert part.first.bits == pytest.approx(-score.total / math.log(2) / 16)
    assert part.first.perplexity == pytest.approx(score.perplexity)


def test_spaces_around_a_text_belong_to_no_character(models):
    plain, spaced = "The capital is Tokyo", "  The capital is Tokyo \n "
    first, second = (score_text(models[name], spaced) for name in ("gpt2", "metaspace"))
    part = shared_part(spaced, first, second)
    assert part is not None
    assert plain.endswith(part.text)


def test_of_a_score_that_was_stopped_the_common_part_is_compared(models):
    long = " ".join([TEXT] * 10)
    whole = score_text(models["gpt2"], long)
    stopped = score_text(models["metaspace"], long, stop=lambda: True)
    part = shared_part(long, whole, stopped)
    assert part is not None
    assert not part.whole
    assert part.second.tokens <= stopped.scored
    assert len(part.text) < len(long) / 2


def test_where_one_model_scored_nothing_there_is_nothing_to_compare(models):
    score = score_text(models["gpt2"], TEXT)
    nothing = replace(score, ranks=np.zeros_like(score.ranks))
    assert shared_part(TEXT, score, nothing) is None


def test_the_words_that_differ_most_come_first_and_are_those_of_the_text(models):
    first, second = (score_text(models[name], TEXT) for name in ("gpt2", "metaspace"))
    words = differing_words(TEXT, first, second, 5)
    assert 0 < len(words) <= 5
    sizes = [abs(word.difference) for word in words]
    assert sizes == sorted(sizes, reverse=True)
    known = {word.text: word.log_probability for word in first.words()}
    for word in words:
        assert word.text in TEXT
        assert known[word.text] == pytest.approx(word.first)


def test_the_sentence_names_the_model_with_fewer_bits(models):
    first, second = (score_text(models[name], TEXT) for name in ("gpt2", "metaspace"))
    part = shared_part(TEXT, first, second)
    assert part is not None
    surer = "one" if part.first.bits < part.second.bits else "two"
    assert verdict(part, "one", "two").startswith(f"**{surer}** expects")
    assert part_table(part, "one", "a|b").splitlines()[0] == "|  | one | a\\|b |"


def test_a_model_beside_itself_expects_alike_and_its_perplexities_compare(models):
    score = score_text(models["gpt2"], TEXT)
    part = shared_part(TEXT, score, score)
    assert part is not None
    assert "alike" in verdict(part, "one", "one")
    assert any("compare too" in sentence for sentence in cautions(part))


def test_of_long_names_the_part_that_differs_is_enough():
    assert short_names("SmolLM2 135M", "org/gpt2") == ("SmolLM2 135M", "gpt2")
    assert short_names("one/gpt2", "two/gpt2") == ("one/gpt2", "two/gpt2")
    assert short_names("/", "//") == ("/", "//")
