"""Prompts over rows: equal to plain transformers, and what cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.errors import InputError, UnsupportedError
from core.prompts import (
    CONTENT_FREE,
    PromptSettings,
    PromptTemplate,
    Verbalizer,
    evaluate_prompt,
    write_prompt,
)
from core.prompts.packing import packs
from core.prompts.tokens import prompt_tokens

WORDS = {"a": ["tired", "yellow street"], "b": "wide"}
TEMPLATE = "Say: {{ text }}. It is"


def plain_causal(model, text, words):
    """log P of each word after ``text``, read by transformers alone, row by row."""
    ids = model.tokenizer(text)["input_ids"]
    scores = []
    for word in words:
        pieces = model.tokenizer(f" {word}", add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            logits = model.network(input_ids=torch.tensor([ids + pieces])).logits[0]
        logs = torch.log_softmax(logits.float(), -1)
        scores.append(sum(float(logs[len(ids) - 1 + at, id_]) for at, id_ in enumerate(pieces)))
    return scores


@pytest.mark.parametrize(
    ("family", "packed"),
    [
        *(("llama", True), ("gpt2", True), ("gpt_neox", True), ("opt", True), ("qwen3", True)),
        *(("gemma2", False), ("bloom", False)),
    ],
)
def test_a_causal_model_scores_as_transformers_does_row_by_row(tiny, rows, family, packed):
    model = tiny(family)
    assert packs(model) is packed
    found = evaluate_prompt(
        model, TEMPLATE, rows, verbalizer=WORDS, demonstrations=rows[:2]
    ).word_scores
    shown = "".join(
        f"Say: {row['text']}. It is {word}\n\n"
        for row, word in zip(rows[:2], ["tired", "wide"], strict=True)
    )
    words = Verbalizer(WORDS).words
    expected = [plain_causal(model, f"{shown}Say: {row['text']}. It is", words) for row in rows]
    assert found == pytest.approx(np.array(expected), abs=2e-5)


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_a_masked_model_scores_as_transformers_does_row_by_row(tiny, rows, family):
    model = tiny(family)
    verbalizer = Verbalizer({"a": "tired", "b": "wide"})
    found = evaluate_prompt(model, "{{ text }}. It was [MASK].", rows, verbalizer=verbalizer)
    tokenizer = model.tokenizer
    for row, scores in zip(rows, found.word_scores, strict=True):
        text = f"{row['text']}. It was {tokenizer.mask_token}."
        for word, score in zip(verbalizer.words, scores, strict=True):
            pieces = tokenizer(f" {word}", add_special_tokens=False)["input_ids"]
            masks = tokenizer.mask_token_id
            ids = tokenizer(text, truncation=False, padding=False)["input_ids"]
            at = ids.index(masks)
            total = 0.0
            for step in range(len(pieces)):
                filled = [*pieces[:step], *[masks] * (len(pieces) - step)]
                read = torch.tensor([[*ids[:at], *filled, *ids[at + 1 :]]])
                with torch.no_grad():
                    logits = model.network(input_ids=read).logits[0, at + step]
                total += float(torch.log_softmax(logits.float(), -1)[pieces[step]])
            assert score == pytest.approx(total, abs=2e-5)


def test_predictions_accuracy_and_confusion_agree_with_the_probabilities(tiny, rows):
    found = evaluate_prompt(tiny("llama"), TEMPLATE, rows, verbalizer=WORDS)
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(4))
    truths = [row["label"] for row in rows]
    right = sum(one == other for one, other in zip(found.predictions, truths, strict=True))
    assert found.accuracy == right / 4
    assert found.confusion.sum() == 4
    assert np.trace(found.confusion) == right


def test_rows_without_labels_are_answered_and_not_counted(tiny):
    found = evaluate_prompt(tiny("llama"), TEMPLATE, [{"text": "One"}], verbalizer=WORDS)
    assert len(found.predictions) == 1
    assert np.isnan(found.accuracy)


def test_the_averaged_content_free_distribution_maps_to_uniform(tiny, rows):
    """Zhao et al. 2021, section 4."""
    found = evaluate_prompt(tiny("llama"), TEMPLATE, rows, verbalizer=WORDS, calibrate=True)
    calibration = found.calibration
    assert calibration.inputs == CONTENT_FREE
    assert calibration.apply(calibration.average[None]) == pytest.approx(np.array([[0.5, 0.5]]))
    assert found.before.probabilities == pytest.approx(found.raw)
    expected = found.raw / calibration.average
    expected /= expected.sum(axis=1, keepdims=True)
    assert found.probabilities == pytest.approx(expected)


def test_a_cloze_prompt_and_a_plain_one_can_be_put_to_both_kinds_of_model(tiny, rows):
    for family in ("llama", "bert"):
        for template in ("{{ text }} It was [MASK].", "{{ text }} It was"):
            found = evaluate_prompt(
                tiny(family), template, rows, verbalizer={"a": "tired", "b": "wide"}
            )
            assert len(found) == 4


def test_a_causal_model_reads_a_spelled_mask_as_it_stands(tiny):
    """It has none; and "[MASK]" is a content-free input of the paper."""
    model, template = tiny("llama"), PromptTemplate("{{ text }} It was [MASK].")
    prompt = write_prompt(template, {"text": "One [MASK] two <mask>"})
    assert prompt.text == "One [MASK] two <mask> It was"
    read = prompt_tokens(model, prompt, PromptSettings())
    assert read.text == "One [MASK] two <mask> It was"
    assert "[ MASK] two < mask>" in prompt_tokens(tiny("bert"), prompt, PromptSettings()).text


def test_a_mask_in_a_row_is_text(tiny):
    rows = [{"text": "One [MASK] two <mask>"}]
    found = evaluate_prompt(
        tiny("bert"), "{{ text }} It was [MASK].", rows, verbalizer={"a": "tired", "b": "wide"}
    )
    assert len(found) == 1


@pytest.mark.parametrize(
    ("template", "rows", "said"),
    [
        (TEMPLATE, [], "0 rows"),
        (TEMPLATE, [{"body": "x"}], "“text”"),
        ("{{ text }} [MASK] or else", [{"text": "x"}], "comes last"),
        ("{{ text }} [MASK] [MASK]", [{"text": "x"}], "2 masks"),
        (TEMPLATE, [{"text": "x " * 80}], "the limit of .* is 64"),
        (TEMPLATE, [{"text": "x", "label": "c"}], "“c”"),
        ("{{ text }}", [{"text": " "}], "writes nothing"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(tiny, template, rows, said):
    with pytest.raises(InputError, match=said):
        evaluate_prompt(tiny("llama"), template, rows, verbalizer=WORDS)


def test_models_that_answer_no_prompts_are_named(tiny, rows):
    with pytest.raises(UnsupportedError, match="answers no prompts"):
        evaluate_prompt(tiny("t5"), TEMPLATE, rows, verbalizer=WORDS)
    with pytest.raises(UnsupportedError, match="chat template"):
        evaluate_prompt(
            tiny("llama"), TEMPLATE, rows, verbalizer=WORDS, settings=PromptSettings(chat=True)
        )


def test_a_stop_keeps_the_rows_that_are_done(tiny, rows):
    many = list(rows) * 100
    told = []
    found = evaluate_prompt(
        tiny("llama"),
        TEMPLATE,
        many,
        verbalizer=WORDS,
        progress=lambda done, total: told.append((done, total)),
        stop=lambda: len(told) > 0 and told[-1][0] > 260,
    )
    assert not found.complete
    assert len(found) == len(found.truths) == len(found.tokens) == 256
    assert told[-1][1] == 400


def test_a_frame_of_pandas_is_a_table_too(tiny):
    import pandas as pd

    frame = pd.DataFrame({"text": ["One", "Two"], "label": ["a", "b"]})
    assert len(evaluate_prompt(tiny("llama"), TEMPLATE, frame, verbalizer=WORDS)) == 2
