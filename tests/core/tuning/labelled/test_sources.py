"""Sources opened: previews of uploads, and datasets of the catalogue."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from core.tuning.labelled import DataSource, catalogued, prepare, preview, store_upload


def test_a_preview_shows_the_first_rows_and_guesses(headlight_home):
    long = "word " * 100
    kept = store_upload("a.csv", io.BytesIO(f"id,文本,标签\n1,{long},好\n2,b,坏\n".encode()))
    seen = preview(file=kept)
    assert seen.kind == "classification"
    assert (seen.guessed.text, seen.guessed.label) == ("文本", "标签")
    assert seen.numbers == (2, 3)
    assert len(seen.rows[0][1]) == 301
    assert seen.rows[1] == ("2", "b", "坏")


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ("words,tags", "tagging"),
        ("premise,hypothesis,label", "pair"),
        ("prompt,completion", "completion"),
        ("question,answer", "completion"),
        ("tweet,sentiment", "classification"),
        ("id,text", "causal"),
    ],
)
def test_a_kind_is_guessed_by_the_names_of_columns(headlight_home, columns, kind):
    rows = "".join(",".join(f"{n} {c}" for c in columns.split(",")) + "\n" for n in range(5))
    kept = store_upload("a.csv", io.BytesIO(f"{columns}\n{rows}".encode()))
    assert preview(file=kept).kind == kind


def test_a_dataset_of_the_catalogue_keeps_the_order_of_its_labels(monkeypatch):
    rows = [
        (f"Film number {n}", ("positive", "neutral", "negative")[n % 3], 0.0) for n in range(30)
    ]
    frame = pd.DataFrame(rows, columns=["text", "label", "score"])
    monkeypatch.setattr(catalogued, "read_dataset", lambda _id, _progress: frame)
    found = prepare(DataSource(kind="classification", dataset="tweets"))
    assert found.train.label_names == ("negative", "neutral", "positive")
    assert found.report.name == "Tweets"
    assert found.train.rows[0] >= 1


def test_film_reviews_with_a_score_of_0_are_no_class_but_still_texts(monkeypatch):
    labels = ("positive", "neutral", "negative")
    rows = [(f"Film number {n}", labels[n % 3], 1.0 - n % 3) for n in range(30)]
    frame = pd.DataFrame(rows, columns=["text", "label", "score"])
    monkeypatch.setattr(catalogued, "read_dataset", lambda _id, _progress: frame)
    found = prepare(DataSource(kind="classification", dataset="movie-snippets"))
    assert found.train.label_names == ("negative", "positive")
    assert (found.report.rows, found.report.left_out) == (30, 10)
    assert [(each.name, each.count) for each in found.report.problems] == [("undecided", 10)]
    assert found.report.problems[0].rows[:2] == (2, 5)
    texts = prepare(DataSource(kind="masked", dataset="movie-snippets"))
    assert texts.report.left_out == 0


def test_tagged_words_of_the_catalogue_are_tagging_or_running_text(monkeypatch):
    rows = [(("中央", f"电视台{n}"), ("n", "v")) for n in range(10)]
    frame = pd.DataFrame(rows, columns=["words", "tags"])
    monkeypatch.setattr(catalogued, "read_dataset", lambda _id, _progress: frame)
    assert prepare(DataSource(kind="tagging", dataset="news-zh")).train.label_names == ("n", "v")
    assert prepare(DataSource(kind="masked", dataset="news-zh")).train.texts[0].startswith("中央电")
