"""From a source to examples: what is mended and told, what is refused, and how it splits."""

from __future__ import annotations

import io
import json
from collections import Counter

import pytest

from core.tuning.labelled import DataSource, prepare, store_upload

REVIEWS = "text,label\n" + "".join(
    f"Review {word} of the film {number}.,{label}\n"
    for number in range(20)
    for word, label in (("good", "positive"), ("bad", "negative"), ("poor", "negative"))
)


def problems(found):
    return {each.name: each for each in found.report.problems}


def labels(examples):
    return [examples.label_names[label] for label in examples.labels]


def test_a_table_is_split_with_the_proportions_of_its_labels(prepared):
    found = prepared(REVIEWS, validation=0.2)
    assert found.train.label_names == ("negative", "positive")
    assert Counter(labels(found.train)) == {"negative": 32, "positive": 16}
    assert Counter(labels(found.validation)) == {"negative": 8, "positive": 4}
    assert (found.report.rows, found.report.train, found.report.validation) == (60, 48, 12)
    assert found.report.left_out == 0
    assert found.report.problems == ()
    assert found.report.majority == pytest.approx(2 / 3)
    assert [(each.name, each.train, each.validation) for each in found.report.classes] == [
        ("negative", 32, 8),
        ("positive", 16, 4),
    ]


def test_the_rows_of_examples_are_those_of_the_file(prepared):
    found = prepared(REVIEWS)
    lines = REVIEWS.splitlines()
    for part in (found.train, found.validation):
        for text, row, label in zip(part.texts, part.rows, labels(part), strict=True):
            assert lines[row - 1] == f"{text},{label}"
    assert sorted(found.train.rows + found.validation.rows) == list(range(2, 62))


def test_the_same_seed_splits_alike_and_another_does_not(prepared):
    assert prepared(REVIEWS, seed=1) == prepared(REVIEWS, seed=1)
    assert prepared(REVIEWS, seed=1).train != prepared(REVIEWS, seed=2).train


def test_a_limit_takes_rows_in_proportion_and_tells_what_was_not_taken(prepared):
    found = prepared(REVIEWS, limit=30, validation=0.5)
    assert Counter(labels(found.train)) == {"negative": 10, "positive": 5}
    assert (found.report.not_taken, found.report.left_out) == (30, 0)


def test_repeats_go_before_the_split_and_are_told_by_their_rows(prepared):
    found = prepared(REVIEWS + "Review good of  the film 0.,positive\n" * 30)
    assert found.report.train + found.report.validation == 60
    assert problems(found)["duplicates"].count == 30
    assert problems(found)["duplicates"].rows == tuple(range(62, 82))
    assert "30 (row 62, 63," in problems(found)["duplicates"].sentence
    assert problems(found)["duplicates"].sentence.count("…") == 1


def test_a_text_under_two_labels_is_left_out_each_time(prepared):
    found = prepared(REVIEWS + "Review good of the film 3.,negative\n")
    assert problems(found)["conflicts"].rows == (11, 62)
    assert "Review good of the film 3." not in found.train.texts + found.validation.texts


def test_missing_texts_and_labels_are_told_by_their_rows(prepared):
    more = " ,positive\nWithout,\nNot a number,NaN\nNothing,null\n"
    found = prepared(REVIEWS + more)
    assert problems(found)["no_text"].rows == (62,)
    assert problems(found)["no_label"].rows == (63, 64, 65)
    assert found.report.left_out == 4


def test_what_is_no_character_is_left_out(prepared):
    rows = [{"text": f"text number {n}", "label": n % 2} for n in range(10)]
    rows += [{"text": "half \ud800", "label": 1}, {"text": "zero \0", "label": 1}]
    found = prepared("\n".join(map(json.dumps, rows)), "a.jsonl")
    assert problems(found)["characters"].rows == (11, 12)


def test_equal_numbers_are_one_class_and_stand_by_size(prepared):
    numbers = (1, "1.0", 1.0, 10, 10.0, "2", 2)
    rows = [{"text": f"text number {n}", "label": numbers[n % 7]} for n in range(28)]
    found = prepared("\n".join(map(json.dumps, rows)), "a.jsonl")
    assert found.train.label_names == ("1", "2", "10")


def test_codes_that_a_programming_language_would_read_as_numbers_stay_as_they_are(prepared):
    codes = ("0_0", "0_1", "1_0", "1e2", "1234567890123456789", "007")
    rows = [{"text": f"text number {n}", "label": codes[n % 6]} for n in range(36)]
    found = prepared("\n".join(map(json.dumps, rows)), "a.jsonl")
    assert set(found.train.label_names) == set(codes)


def test_large_numbers_lose_no_digit(prepared):
    numbers = ("1234567890123456789", "1234567890123456788")
    rows = [{"text": f"text number {n}", "label": numbers[n % 2]} for n in range(20)]
    found = prepared("\n".join(map(json.dumps, rows)), "a.jsonl")
    assert found.train.label_names == tuple(sorted(numbers))


def test_measurements_are_no_classes(refused):
    rows = "".join(f"text {n},{n / 7:.3f}\n" for n in range(1, 60))
    assert "which are no classes" in refused("text,label\n" + rows)


def test_one_label_is_refused(refused):
    assert "one label only (“a”)" in refused("text,label\nx,a\ny,a\nz,a\n")


def test_labels_of_their_own_are_refused(refused):
    assert "a label of its own" in refused("text,label\nx,a\ny,b\nz,c\n")


def test_a_text_in_the_place_of_a_label_is_refused(refused):
    long = "x" * 201
    assert "row 2 has 201 characters" in refused(f"text,label\na,{long}\nb,{long}\nc,y\n")


def test_a_label_with_one_row_is_learnt_from_and_told(prepared):
    found = prepared(REVIEWS + "The only one,neutral\n")
    assert "The only one" in found.train.texts
    assert problems(found)["single"].rows == (62,)
    assert "“neutral” (row 62)" in problems(found)["single"].sentence


def test_uneven_labels_are_told_with_their_numbers(prepared):
    many = "".join(f"Fine number {n},positive\n" for n in range(600))
    assert "“positive” has " in problems(prepared(REVIEWS + many))["uneven"].sentence


def test_validation_does_not_repeat_the_words_of_training(prepared):
    shouted = "".join(
        f"REVIEW {word} of the film {number}!,{label}\n"
        for number in range(20)
        for word, label in (("good", "positive"), ("bad", "negative"))
    )
    found = prepared(REVIEWS + shouted, validation=0.5)
    plain = [text.casefold().rstrip(".!") for text in found.train.texts]
    assert not {text.casefold().rstrip(".!") for text in found.validation.texts} & set(plain)
    assert problems(found)["leaks"].count == found.report.left_out > 0


def test_a_split_of_the_source_is_kept_and_what_training_never_sees_is_left_out(prepared):
    lines = ["text,label,split"]
    lines += [f"Text {n},{'ab'[n % 2]},train" for n in range(10)]
    lines += ["New one,a,validation", "New two,c,dev", "text 3!,b,validation", "Last,a,test"]
    found = prepared("\n".join(lines))
    assert found.report.given_split
    assert found.report.train == 10
    assert found.validation.texts == ("New one",)
    assert problems(found)["unseen"].rows == (13,)
    assert problems(found)["leaks"].rows == (14,)
    assert problems(found)["test"].rows == (15,)
    assert found.train.label_names == ("a", "b")


def test_rows_for_testing_are_never_learnt_from_and_validation_is_drawn_from_the_others(prepared):
    """Train and test alone is the commonest table."""
    lines = ["text,label,split"]
    lines += [f"Text {n},{'ab'[n % 2]},train" for n in range(20)]
    lines += [f"Asked {n},{'ab'[n % 2]},test" for n in range(4)]
    found = prepared("\n".join(lines))
    assert not found.report.given_split
    assert problems(found)["test"].count == 4
    every = (*found.train.texts, *found.validation.texts)
    assert sorted(every) == sorted(f"Text {n}" for n in range(20))
    assert found.validation.texts


def test_a_table_of_rows_for_testing_alone_is_split_anew(prepared):
    lines = ["text,label,split"] + [f"Text {n},{'ab'[n % 2]},test" for n in range(20)]
    found = prepared("\n".join(lines))
    assert len(found.train.texts) + len(found.validation.texts) == 20


def test_a_split_whose_training_rows_have_one_label_is_refused(refused):
    lines = ["text,label,split"] + [f"Text {n},{'ab'[n // 8]},train" for n in range(8)]
    lines += [f"Text {n},{'ab'[n // 8]},validation" for n in range(8, 12)]
    assert "one label only (“a”)" in refused("\n".join(lines))


def test_a_column_called_split_with_anything_else_is_no_split(prepared):
    lines = ["text,label,split"] + [f"Text {n},{'ab'[n % 2]},{n}" for n in range(10)]
    assert not prepared("\n".join(lines)).report.given_split


@pytest.mark.parametrize("tags", [["N", "V"], [0, 1]])
def test_words_and_tags_are_read_from_lists(prepared, tags):
    rows = [{"words": [f"dog{n}", "ran"], "tags": tags} for n in range(10)]
    rows.append({"words": ["one", "two"], "tags": tags[:1]})
    found = prepared("\n".join(map(json.dumps, rows)), "a.jsonl", "tagging")
    assert found.train.label_names == tuple(map(str, tags))
    assert found.train.tags == ((0, 1),) * 8
    assert found.train.texts[0] == " ".join(found.train.words[0])
    assert problems(found)["tags"].rows == (11,)
    assert found.report.classes[0].train == 8


def test_words_and_tags_are_read_from_cells_with_spaces(prepared):
    rows = "".join(f"dog{n} ran far,N V R\n" for n in range(10))
    found = prepared("words,tags\n" + rows, kind="tagging")
    assert found.train.words[0][1:] == ("ran", "far")


def test_pairs_need_both_texts_and_contradict_only_as_a_pair(prepared):
    rows = "".join(f"Same,Other {n},{'yn'[n % 2]}\n" for n in range(20))
    found = prepared("sentence1,sentence2,label\n" + rows + "One,,y\n", kind="pair")
    assert found.report.train == 16
    assert problems(found)["no_second"].rows == (22,)


def test_prompts_and_completions_are_read_without_labels(prepared):
    rows = [{"prompt": f"Add {n}", "completion": n + 1} for n in range(10)]
    found = prepared("\n".join(map(json.dumps, rows)), "a.jsonl", "completion")
    assert found.train.seconds[0] == str(int(found.train.texts[0].split()[1]) + 1)
    assert found.report.classes == ()


def test_lines_of_a_text_are_examples(prepared):
    found = prepared("\n\n".join(f"Line {n}." for n in range(10)), "a.txt", "causal")
    assert len(found.train) == 8
    assert set(found.train.rows + found.validation.rows) == set(range(1, 20, 2))


def test_one_text_leaves_nothing_to_check_with(refused):
    assert "nothing to check with" in refused("Only one.\n", "a.txt", "causal")


def test_rows_without_anything_leave_nothing_to_learn_from(refused):
    assert "Nothing can be learnt" in refused("text,label\nx,\n,a\n")


def test_columns_are_named_by_the_user_or_known(prepared, refused):
    data = REVIEWS.replace("text,label", "what,verdict")
    assert prepared(data).report.train == 48
    assert prepared(data, text="what", label="verdict").report.train == 48
    assert "no column “mark”: choose one of “what”, “verdict”" in refused(data, label="mark")
    assert "chosen twice" in refused(data, text="verdict", label="verdict")
    assert "Choose the column of the prompt" in refused(data, kind="completion")
    assert "the second text" in refused(data, kind="pair", text="what", label="verdict")


def test_progress_is_told_and_can_stop(headlight_home):
    kept = store_upload("a.csv", io.BytesIO(REVIEWS.encode()))
    told = []
    source = DataSource(kind="classification", file=kept)
    prepare(source, progress=lambda fraction, _said: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0
