"""Written answers and their measures; the tokens of a prompt and their scores; the script."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.errors import InputError, UnsupportedError
from core.prompts import PromptSettings, PromptTemplate, Verbalizer, evaluate_prompt, write_prompt
from core.prompts.answer_scores import score_answers
from core.prompts.generated import generate_answers
from core.prompts.script import prompt_script
from core.prompts.token_scores import score_answer
from core.prompts.tokens import prompt_tokens


def test_answers_are_those_of_transformers_one_by_one(tiny, rows):
    model = tiny("llama")
    found = generate_answers(model, "Say: {{ text }}", rows, max_new_tokens=5, lines=True)
    for row, answer in zip(rows, found.answers, strict=True):
        ids = model.tokenizer(f"Say: {row['text']}", return_tensors="pt")["input_ids"]
        with torch.no_grad():
            alone = model.network.generate(
                input_ids=ids, max_new_tokens=5, do_sample=False, pad_token_id=0
            )
        text = model.tokenizer.decode(alone[0, ids.shape[1] :], skip_special_tokens=True)
        assert answer == text


def test_answers_of_a_stopped_job_belong_to_the_rows_that_are_named(tiny, rows, monkeypatch):
    """The shortest prompts are answered first, not the first ones."""
    monkeypatch.setattr("core.prompts.generated._TOKENS_AT_ONCE", {"cpu": 1})
    model, asked = tiny("llama"), []
    whole = generate_answers(model, "Say: {{ text }}", rows, answer="label", max_new_tokens=5)
    found = generate_answers(
        *(model, "Say: {{ text }}", rows),
        answer="label",
        max_new_tokens=5,
        stop=lambda: len(asked) == len(rows) + 2 or asked.append(1),  # asked while it reads, too
    )
    assert whole.rows == (0, 1, 2, 3)
    assert not found.complete
    assert len(found.rows) == 2
    assert found.rows != (0, 1)
    for at, row in enumerate(found.rows):
        assert found.answers[at] == whole.answers[row]
        assert found.wanted[at] == rows[row]["label"]


def test_a_job_that_is_stopped_while_it_reads_has_no_answer(tiny, rows):
    found = generate_answers(tiny("llama"), "Say: {{ text }}", rows, stop=lambda: True)
    assert (found.rows, found.answers, found.complete) == ((), (), False)


def test_no_answer_goes_past_what_a_model_can_read(tiny, rows):
    model = tiny("gpt2")  # of 64 positions
    with pytest.raises(InputError, match=r"60 more are asked for; the limit .* is 64"):
        generate_answers(model, "Say: {{ text }}", rows, max_new_tokens=60)


def test_a_masked_model_writes_no_answers(tiny, rows):
    with pytest.raises(UnsupportedError):
        generate_answers(tiny("bert"), "{{ text }}", rows)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [("exact", [1, 0, 0]), ("json", [0, 1, 0]), ("regex", [0, 1, 0])],
)
def test_answers_are_measured_as_they_are_called(metric, expected):
    answers, wanted = ["Yes. ", '{"a": 1}', "no way"], ["yes", "x", "no"]
    found = score_answers(answers, wanted, metric, pattern=r"\d")
    assert list(found.rows) == expected
    assert found.value == pytest.approx(sum(expected) / 3)
    assert found.low < found.value < found.high


def test_rouge_is_the_f1_of_the_longest_common_subsequence():
    """By hand: 3 of 4 and of 3 words in common."""
    found = score_answers(["the cat sat down"], ["the cat sat"], "rouge")
    assert found.value == pytest.approx(2 * (3 / 4) * 1 / (3 / 4 + 1))
    assert score_answers(["猫坐下"], ["猫坐"], "rouge").value == pytest.approx(0.8)


def test_bleu_is_that_of_sacrebleu():
    from sacrebleu.metrics.bleu import BLEU

    answers = ["the cat sat on the mat today", "a dog barked at the man"]
    wanted = ["the cat sat on the mat", "a dog barked loudly at the man"]
    whole = BLEU().corpus_score(answers, [wanted]).score / 100
    assert score_answers(answers, wanted, "bleu").value == pytest.approx(whole)


@pytest.mark.parametrize("pattern", ["", "(", "x" * 501])
def test_what_is_no_pattern_is_said(pattern):
    with pytest.raises(InputError):
        score_answers(["a"], ["a"], "regex", pattern=pattern)


def test_the_tokens_of_a_prompt_say_which_part_they_come_from(tiny, rows):
    written = write_prompt(
        PromptTemplate("Say: {{ text }}. It was [MASK]."), rows[0], demonstrations=rows[1:2]
    )
    for family in ("llama", "bert"):
        found = prompt_tokens(tiny(family), written, PromptSettings())
        assert len(found.sources) == len(found.tokens)
        said = "".join(
            text
            for text, source in zip(found.tokens.texts, found.sources, strict=True)
            if source == "variable"
        )
        assert said.replace(" ", "").lower() == "theanimalwastired"
        assert set(found.counts) >= {"demonstration", "template", "variable"}
        assert ("answer" in found.counts) == (family == "bert")


def test_the_score_of_an_answer_is_that_of_its_word(tiny, rows):
    model, words = tiny("llama"), Verbalizer({"a": "yellow street", "b": "wide"})
    template = PromptTemplate("Say: {{ text }}. It is")
    found = evaluate_prompt(model, template, rows[:1], verbalizer=words)
    for word, score in zip(words.words, found.word_scores[0], strict=True):
        one = score_answer(model, write_prompt(template, rows[0]), word, PromptSettings())
        assert one.answer_total == pytest.approx(score, abs=1e-5)
        assert np.isfinite(one.answer).all()


def test_the_script_runs_and_prints_what_was_found(tiny, rows, capsys):
    model = tiny("llama")
    words = {"a": ["tired"], "b": ["wide"]}
    script = prompt_script(
        model.id, 'Say "{{ text }}". It is', rows, words=words, demonstrations=rows[:1]
    )
    exec(compile(script, "script", "exec"), {})  # noqa: S102 - what is tested
    found = evaluate_prompt(
        model, 'Say "{{ text }}". It is', rows, verbalizer=words, demonstrations=rows[:1]
    )
    printed = capsys.readouterr().out
    assert [line.split("\t")[0] for line in printed.splitlines()[:4]] == list(found.predictions)
    assert f"accuracy {found.accuracy:.3f}" in printed


def test_a_pattern_that_takes_for_ever_is_given_up(monkeypatch):
    from core.prompts import answer_scores

    monkeypatch.setattr(answer_scores, "_PATTERN_SECONDS", -4.5)
    with pytest.raises(InputError, match="too long"):
        score_answers(["a" * 40 + "b"], ["a"], "regex", pattern="(a+)+$")
