"""Generation: what each way writes, in windows, streamed, stopped and scored."""

from __future__ import annotations

import pytest

from core.errors import InputError, UnsupportedError
from core.generation import SamplingSettings, generate_steps
from core.models import load_model
from core.tasks import find_family, find_task, solve, task_writing
from core.tasks.extractive import central_sentences
from core.tasks.generation import write_answer
from core.tasks.task_writing import TaskWriting


def _never():
    return False


def test_every_task_has_its_example():
    family = find_family("generation")
    assert [task.id for task in family.tasks] == [
        *("summary", "to-english", "to-chinese", "continuation", "dialogue")
    ]
    assert all(task.example("zh").text for task in family.tasks)


def test_a_plain_continuation_is_that_of_generation(tiny):
    model = tiny("llama")
    writing = TaskWriting(find_task("continuation"), model, "The street", way="built-in", most=6)
    pieces = list(writing.pieces())
    steps = list(
        generate_steps(
            model, "The street", settings=SamplingSettings(greedy=True), max_new_tokens=6
        )
    )
    assert pieces == ["" if step.special else step.text for step in steps]
    assert writing.written == "".join(pieces)
    assert writing.tokens == len(steps)


def test_a_long_text_is_read_in_windows_that_lose_nothing(tiny_chat, monkeypatch):
    monkeypatch.setattr(task_writing, "WINDOW", 90)
    text = " ".join(["one two three four five six seven eight nine ten"] * 20)
    writing = TaskWriting(find_task("dialogue"), tiny_chat, text, most=2)
    assert writing.windows > 1
    list(writing.pieces())
    assert writing.tokens <= 2 * writing.windows
    answer = write_answer(find_task("dialogue"), tiny_chat, text, way="prompted", stop=_never)
    assert f"{writing.windows} windows" in answer.note
    with pytest.raises(InputError, match="more than 8 windows"):
        TaskWriting(find_task("dialogue"), tiny_chat, text * 9, most=2)


def test_a_text_that_is_cut_says_so(tiny):
    text = "one two three four five six seven eight nine ten " * 60
    task = find_task("continuation")
    answer = write_answer(task, tiny("llama"), text, way="built-in", stop=_never)
    assert "the rest is left out" in answer.note
    short = write_answer(task, tiny("llama"), "one two", way="built-in", stop=_never)
    assert "left out" not in short.note


def test_it_is_heard_while_it_is_written_and_ends_where_it_is_stopped(tiny_chat):
    heard = []
    answer = write_answer(
        find_task("dialogue"),
        tiny_chat,
        "The street",
        ["wide"],
        way="prompted",
        stop=lambda: len(heard) >= 3,
        heard=heard.append,
    )
    assert answer.tokens == len(heard) == 3
    assert answer.scores is not None
    assert heard[-1].strip() == answer.output


def test_many_texts_are_written_as_each_by_itself(tiny_chat):
    texts = ["The street", "one two", " ", "Paris"]
    found = solve("dialogue", texts, ["wide\nlong", "", "", ""], way="prompted", model=tiny_chat)
    assert "empty" in found[2].problem
    assert found[0].references == ("wide", "long")
    assert found[0].scores is not None
    assert found[1].scores is None
    for text, answer in zip(texts, found, strict=True):
        if text.strip():
            alone = write_answer(
                find_task("dialogue"), tiny_chat, text, way="prompted", stop=_never
            )
            assert alone.output == answer.output
    assert len({tuple(answer.cells()) for answer in found}) == 1


def test_too_many_texts_and_models_that_do_not_write_are_refused(tiny, tiny_chat):
    with pytest.raises(InputError, match="201 texts"):
        solve("dialogue", ["a"] * 201, way="prompted", model=tiny_chat)
    with pytest.raises(UnsupportedError, match="writes no text"):
        solve("continuation", "one", way="built-in", model=tiny("bert"))
    with pytest.raises(UnsupportedError, match="no vectors"):
        central_sentences(tiny("llama"), "One. Two.")


def test_the_central_sentence_is_one_of_the_text(tiny):
    text = "The street is wide. The capital of France is Paris.\nOne two three!"
    found = central_sentences(tiny("bert"), text, count=2)
    assert len(found.sentences) == 3
    assert found.chosen == tuple(sorted(found.chosen))
    assert all(sentence in text for sentence in found.sentences)
    assert all(found.sentences[place] in found.text for place in found.chosen)
    assert max(found.cosines) == found.cosines[list(found.chosen)].max()


@pytest.mark.models
def test_numbers_are_translated_into_both_languages_and_nothing_else_is():
    model = load_model("numbers-to-words", device="cpu")
    (english,) = solve("to-english", "30,528", "thirty", model=model)
    assert english.output == "thirty thousand five hundred and twenty-eight"
    (chinese,) = solve("to-chinese", "30528", "三万零五百二十八", model=model)
    assert (chinese.output, chinese.scores.exact) == ("三万零五百二十八", 1)
    for text in ("a cat", "1000000", "-3"):
        (wrong,) = solve("to-english", text, model=model)
        assert "whole numbers from 0 to 999,999" in wrong.problem
