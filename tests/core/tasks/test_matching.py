"""Matching: rankings, pairs, prompts; a bad row stops no other."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core.embedding.sentences import embed_texts
from core.errors import InputError, UnsupportedError
from core.tasks import find_family, find_task, solve
from core.tasks.matching import PARAPHRASE_THRESHOLD
from core.tasks.matching_scores import matching_label, prompt_of
from core.tasks.pairs import pair_rows
from core.tasks.token_similarity import token_similarity
from core.tasks.yes_no import calibrated, word_probabilities
from core.tuning import predicting

LINES = "one two three\nParis\n\nThe street is wide."


def test_every_task_has_its_example_and_its_models():
    family = find_family("matching")
    assert [task.id for task in family.tasks] == [
        *("similarity", "paraphrase", "entailment", "answer-retrieval", "search")
    ]
    assert all(task.example("zh").text for task in family.tasks)


def test_similarity_of_many_texts_can_be_stopped(tiny, monkeypatch):
    monkeypatch.setattr("core.embedding.sentences.length_batches", lambda lengths, _device: [
        [place] for place in range(len(lengths))
    ])  # fmt: skip
    with pytest.raises(InputError, match="Stopped"):
        solve("similarity", "The street is wide.", LINES, model=tiny("bert"), stop=lambda: True)


def test_many_pairs_are_laid_out_in_parts(tiny, monkeypatch):
    monkeypatch.setattr("core.tasks.matching_scores._AT_ONCE", 2)
    model = tiny("bert")
    (answer,) = solve("similarity", "The street is wide.", LINES, model=model)
    vectors = embed_texts(model, ["The street is wide.", *answer.candidates]).vectors
    assert np.allclose(answer.scores, vectors[1:] @ vectors[0], atol=1e-5)


def test_a_text_in_a_language_that_the_answering_model_knows_is_not_warned_of(tiny, monkeypatch):
    """Another model may know another language than the task's own."""
    monkeypatch.setattr("core.tasks.matching.known_languages", lambda model, task: ("zh",))
    (answer,) = solve("similarity", "这条街很宽。", "街道很宽", model=tiny("bert"))
    assert "English" not in answer.note


def test_candidates_are_ranked_by_cosine(tiny):
    model = tiny("bert")
    (answer,) = solve("similarity", "The street is wide.", LINES, model=model)
    vectors = embed_texts(model, ["The street is wide.", *answer.candidates]).vectors
    assert np.allclose(answer.scores, vectors[1:] @ vectors[0], atol=1e-5)
    assert answer.best == "The street is wide."
    assert answer.cells()["match_1"] == answer.best
    assert answer.cells()["score_1"] == pytest.approx(1, abs=1e-5)
    assert answer.order[0] == 2


def test_a_bad_text_has_its_sentence_and_stops_no_other(tiny):
    good, bad = solve("similarity", ["Paris", " "], LINES, model=tiny("bert"))
    assert good.best == "Paris"
    assert "empty" in bad.problem
    assert set(bad.cells()) == set(good.cells())


def test_what_cannot_be_matched_is_refused(tiny):
    with pytest.raises(InputError, match="0 lines"):
        solve("similarity", "one", " ", model=tiny("bert"))
    with pytest.raises(InputError, match="50,001 lines"):
        solve("search", "one", "\n".join(map(str, range(50_001))), model=tiny("bert"))
    with pytest.raises(InputError, match="2,000,000 pairs"):
        solve("search", ["one"] * 100, "\n".join(map(str, range(20_000))), model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="encoder"):
        solve("similarity", "one", LINES, model=tiny("llama"))
    with pytest.raises(UnsupportedError, match="cannot tell what follows"):
        solve("entailment", "one", "two", model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="learnt no labels"):
        solve("paraphrase", "one", "two", way="tuned", model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="writes no text"):
        solve("paraphrase", "one", "two", way="prompted", model=tiny("bert"))


def test_a_threshold_decides_what_is_a_paraphrase(tiny):
    same, _other = solve("paraphrase", ["one two", "one"], ["one two", "Paris"], model=tiny("bert"))
    assert (same.label, same.threshold) == ("yes", PARAPHRASE_THRESHOLD)
    assert same.cosine == pytest.approx(1, abs=1e-5)


def test_a_prompt_gives_probabilities_of_its_words(tiny_chat):
    words = ("one", "two", "four")
    prompts = ["The street", "The capital of France is Paris; and the street is wide."]
    found = word_probabilities(tiny_chat, prompts, words)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    for prompt, row in zip(prompts, found, strict=True):  # alone as in a batch
        assert np.allclose(word_probabilities(tiny_chat, [prompt], words)[0], row, atol=1e-5)
    assert np.isnan(word_probabilities(tiny_chat, prompts, words, stop=lambda: True)).all()
    with pytest.raises(UnsupportedError, match="same token"):
        word_probabilities(tiny_chat, prompts, ("one", "one"))


def test_a_prompt_that_loses_its_end_is_refused(tiny):
    """Without a chat template the last word is "Answer:", which must not be cut off."""
    with pytest.raises(InputError, match="Too long"):
        word_probabilities(tiny("gpt2"), ["The street is wide. " * 40], ("yellow", "wide"))


def test_calibration_maps_what_has_no_content_to_uniform():
    """Zhao et al. 2021: the content-free distribution becomes uniform."""
    empty = np.array([0.7, 0.2, 0.1], dtype=np.float32)
    assert np.allclose(calibrated(empty[None], empty), 1 / 3)


def test_prompted_pairs_have_a_label_each(tiny_chat):
    (answer,) = solve("entailment", "one", "two", way="prompted", model=tiny_chat)
    assert answer.label in {"entailment", "neutral", "contradiction"}
    assert answer.probabilities.sum() == pytest.approx(1, abs=1e-5)
    task = find_task("paraphrase")
    assert "A {{ text }}" not in prompt_of(task, "x", "y")


def test_a_run_of_pairs_ranks_by_the_label_that_means_a_match(tiny, monkeypatch):
    shares = {"near": (0.1, 0.9), "far": (0.8, 0.2)}
    learnt = SimpleNamespace(kind="pair", label_names=("different", "paraphrase"))
    monkeypatch.setattr(predicting, "task_of", lambda _model: learnt)
    monkeypatch.setattr(
        predicting,
        "predict",
        lambda _model, texts, seconds, **_others: [
            SimpleNamespace(probabilities=np.array([shares[each]], dtype=np.float32))
            for _text, each in zip(texts, seconds, strict=True)
        ],
    )
    model = tiny("bert")
    (ranked,) = solve("similarity", "one", "far\nnear", way="tuned", model=model)
    assert (ranked.best, ranked.scores.tolist()) == ("near", pytest.approx([0.2, 0.9]))
    assert "paraphrase" in ranked.note
    (pair,) = solve("paraphrase", "one", "far", way="tuned", model=model)
    assert (pair.label, pair.score) == ("different", pytest.approx(0.8))
    learnt.kind = "classification"
    with pytest.raises(UnsupportedError, match="learnt no pairs"):
        solve("paraphrase", "one", "far", way="tuned", model=model)


def test_the_label_that_means_a_match_is_found_by_its_name():
    assert matching_label(("no", "Yes")) == 1
    assert matching_label(("entailment", "neutral")) == 0
    assert matching_label(("left", "right")) == 1


def test_tokens_are_compared_without_special_ones(tiny):
    found = token_similarity(tiny("bert"), "one two", "two three four")
    assert found.cosines.shape == (2, 3)
    assert (found.first_labels, found.second_labels) == (("one", "two"), ("two", "three", "four"))
    same = token_similarity(tiny("bert"), "one two", "one two")
    assert np.allclose(np.diag(same.cosines), 1, atol=1e-5)
    assert same.recall == pytest.approx(1, abs=1e-5)


def test_the_pairs_of_the_project_are_whole():
    rows = pair_rows()
    assert len(rows) == 24
    assert len({row.text for row in rows}) == 24
    assert all(row.question.endswith("?") for row in rows)


@pytest.mark.models
def test_the_threshold_makes_few_mistakes_on_pairs_it_was_not_chosen_on(encoder):
    rows = pair_rows()[12:]
    texts = [row.text for row in rows] * 4
    seconds = [
        *(row.paraphrase for row in rows),
        *(row.follows for row in rows),
        *(row.open for row in rows),
        *(row.contradicts for row in rows),
    ]
    found = solve("paraphrase", texts, seconds, model=encoder)
    right = [answer.label == ("yes" if at < 12 else "no") for at, answer in enumerate(found)]
    assert sum(right) / len(right) >= 0.85


@pytest.mark.models
def test_similarity_is_not_meaning(encoder):
    (answer,) = solve(
        "similarity",
        "The company fired its chief executive on Monday.",
        "On Monday the firm dismissed its CEO.\nThe chief executive was promoted on Monday.",
        model=encoder,
    )
    assert "promoted" in answer.best


@pytest.mark.models
def test_a_language_the_encoder_does_not_know_is_said(encoder):
    (answer,) = solve("similarity", "这只动物没有过马路，因为它太累了。", "one\ntwo", model=encoder)
    assert "Chinese" in answer.note
    assert "unknown" in answer.note
