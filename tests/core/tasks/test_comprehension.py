"""Answers from a text: where they stand, and that there may be none."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from core.errors import UnsupportedError
from core.models import load_model
from core.prompts import PromptTemplate
from core.tasks import solve
from core.tasks.answer_heads import best_spans, has_answer_head
from core.tasks.answer_sentences import sentence_places
from core.tasks.comprehension import Passage, ReadingAnswer
from core.tasks.quality import contains, exact, normalised, overlap, questions

TEXT = "The street is wide. Paris is the capital of France."


def logits(size, **places):
    found = np.zeros(size, dtype=np.float32)
    for place, value in places.items():
        found[int(place[1:])] = value
    return found


def test_a_long_text_is_read_in_windows_that_a_small_model_can_read(tiny, monkeypatch):
    """A question and an answer must fit beside each: gpt2 here has 64 positions."""
    short = PromptTemplate("{{ text }} {{ question }}")
    monkeypatch.setattr("core.tasks.answer_prompts.PROMPT", short)
    (found,) = solve("reading", TEXT * 12, "wide?", way="prompted", model=tiny("gpt2"))
    assert not found.problem
    assert "windows" in found.note


def test_a_question_that_leaves_no_room_for_a_text_is_refused(tiny):
    (found,) = solve("reading", TEXT, "What is wide? " * 20, way="prompted", model=tiny("gpt2"))
    assert "no room" in found.problem


def test_the_best_span_begins_before_it_ends_and_lies_in_the_text():
    """Devlin et al. 2019, section 4.2: the maximum of S·Tᵢ + E·Tⱼ with j ≥ i."""
    inside = np.array([False, False, True, True, True, True])
    spans = [(0, 0), (0, 2), (0, 3), (4, 7), (8, 11), (12, 15)]
    starts, ends = logits(6, _4=9, _3=8, _1=20), logits(6, _3=7, _4=6, _1=20)
    found = best_spans(starts, ends, inside, spans, offset=100)
    assert (found.passages[0].start, found.passages[0].end) == (108, 111)
    allowed = np.array([0, 2, 3, 4, 5])
    share = np.exp(9) / np.exp(starts[allowed]).sum() * np.exp(6) / np.exp(ends[allowed]).sum()
    assert found.passages[0].probability == pytest.approx(share, rel=1e-5)
    assert found.margin > 0


def test_the_first_token_stands_for_no_answer():
    inside = np.array([False, True, True])
    found = best_spans(logits(3, _0=9), logits(3, _0=9), inside, [(0, 0), (0, 1), (2, 3)])
    assert found.margin < 0
    assert found.none > 0.99


def test_an_answer_or_its_absence_is_a_row():
    passages = (Passage(start=20, end=25, probability=0.7),)
    there = ReadingAnswer(text=TEXT, question="?", passages=passages, none=0.1, found=True)
    assert (there.answer, there.probability, there.cells()["start"]) == ("Paris", 0.7, 20)
    absent = ReadingAnswer(text=TEXT, question="?", passages=passages, none=0.8)
    assert (absent.answer, absent.probability) == ("", 0.8)
    assert absent.cells()["answer"] == "not in the text"
    assert set(there.cells()) == set(absent.cells())


def test_sentences_stand_where_they_stand():
    text = 'He said "Go." Then 3.5 km later\nhe slept！他睡了。'
    found = [text[start:end].strip() for start, end in sentence_places(text)]
    assert found == ['He said "Go."', "Then 3.5 km later", "he slept！", "他睡了。"]


def test_the_built_in_way_gives_a_sentence_of_the_text(tiny):
    (found,) = solve("reading", TEXT, "Paris is the capital of France.", model=tiny("bert"))
    assert found.answer == "Paris is the capital of France."
    assert found.passages[0].probability + found.none <= 1


def test_the_prompted_way_gives_words_of_the_text(tiny_long):
    model = tiny_long
    (found,) = solve("reading", TEXT, "What is wide?", way="prompted", model=model)
    assert all(TEXT[one.start : one.end].strip() for one in found.passages)
    assert 0 <= found.none <= 1
    assert sum(one.probability for one in found.passages) + found.none <= 1 + 1e-6


def test_a_long_text_is_read_in_windows_and_says_so(tiny_long):
    model = tiny_long
    (found,) = solve("reading", TEXT * 30, "What is wide?", way="prompted", model=model)
    assert "windows" in found.note


def test_a_head_for_answers_is_read_from_the_files_of_the_model(make_model, tmp_path):
    folder = make_model("bert", tmp_path / "squad")
    weights = load_file(folder / "model.safetensors")
    torch.manual_seed(1)
    head = torch.nn.Linear(32, 2)
    added = {"qa_outputs.weight": head.weight.detach(), "qa_outputs.bias": head.bias.detach()}
    save_file(weights | added, folder / "model.safetensors", metadata={"format": "pt"})
    model = load_model(str(folder))
    assert has_answer_head(model)
    (found,) = solve("reading", TEXT, "What is wide?", way="tuned", model=model)
    assert found.passages[0].end > found.passages[0].start


def test_a_model_without_such_a_head_is_refused(tiny):
    with pytest.raises(UnsupportedError, match="no head that finds answers"):
        solve("reading", TEXT, "What?", way="tuned", model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="causal"):
        solve("reading", TEXT, "What?", way="prompted", model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="encoder"):
        solve("reading", TEXT, "What?", model=tiny("llama"))


def test_no_question_and_no_text_are_told_in_their_row(tiny):
    found = solve("reading", [TEXT, " "], ["", "What?"], model=tiny("bert"))
    assert ["question" in found[0].problem, "empty" in found[1].problem] == [True, True]


def test_answers_are_scored_as_squad_scores_them():
    """Rajpurkar et al. 2016: articles, capitals and punctuation do not count."""
    assert normalised("The  Cat's, hat!") == "cats hat"
    assert exact("the Paris.", ("Paris",)) == 1
    assert overlap("city of Paris", ("Paris",)) == pytest.approx(0.5)
    assert [exact("", ()), overlap("x", ()), contains("", ())] == [1, 0, 1]


def test_every_answer_of_the_questions_stands_in_its_text():
    for one in questions():
        for right in one.answers:
            words = normalised(one.text).split()
            assert set(normalised(right).split()) <= set(words), right
