"""Parts of the room "New run" that need no page."""

from __future__ import annotations

import pandas as pd
import pytest

from app import resources
from app.train import new_start
from app.train.new import run_name
from app.train.new_data import classes_table, preview_table
from app.train.new_model import about_methods, fitting_methods, fitting_models, method_names
from app.train.new_settings import described_settings, read_words
from app.train.new_source import Origin
from app.train.new_start import duration
from core.errors import InputError
from core.tuning.finetune import METHODS, default_spec
from core.tuning.labelled import ClassCount, Columns, DataReport, DataSource, Preview, catalogued


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "Less than a minute"),
        (61, "About 2 minutes"),
        (600, "About 10 minutes"),
        (36_000, "About 10 hours"),
    ],
)
def test_a_time_is_said_in_minutes_or_hours(seconds, said):
    assert duration(seconds) == said


def test_words_of_labels_are_read_line_by_line():
    assert read_words("positive = great\n\n a = b = c \n") == (
        ("positive", "great"),
        ("a = b", "c"),
    )


@pytest.mark.parametrize("line", ["great", "= great", "positive ="])
def test_a_line_without_label_or_word_is_refused(line):
    with pytest.raises(InputError, match="Line 2"):
        read_words(f"a = b\n{line}")


def test_an_encoder_has_no_words_and_a_causal_classifier_no_prompt_tuning():
    assert "pet" not in fitting_methods("classification", "minilm-l6")
    assert "pet" in fitting_methods("classification", "minilm-l6-masked")
    assert "prompt" not in fitting_methods("classification", "smollm2-135m-instruct")
    assert fitting_methods("pair", "a-folder") == METHODS["pair"]


def test_models_of_an_unknown_kind_are_offered_for_everything(monkeypatch):
    there = {"minilm-l6": "A", "minilm-l6-masked": "B", "a-folder": "C"}
    monkeypatch.setattr(resources, "available_models", lambda: there)
    assert list(fitting_models("masked")) == ["minilm-l6-masked", "a-folder"]
    assert list(fitting_models("causal")) == ["a-folder"]


def test_every_method_and_setting_has_a_name_and_a_line():
    methods = {method for each in METHODS.values() for method in each}
    assert set(method_names()) == set(about_methods()) == methods
    assert all(each.label and each.about for each in described_settings().values())


def test_the_preview_cuts_what_is_long_and_acts_on_nothing():
    found = Preview(
        name="a.csv",
        columns=("text", "label"),
        numbers=(2,),
        rows=(("<b>" + "x" * 400, "=1+1"),),
        kind="classification",
        guessed=Columns(text="text", label="label"),
    )
    shown = preview_table(found)
    assert "\\<b\\>" in shown
    assert "x" * 121 not in shown
    assert "…" in shown


def test_labels_are_shown_by_size_and_many_are_added_up():
    classes = tuple(ClassCount(name=f"l{n}", train=n, validation=1) for n in range(1, 16))
    report = DataReport(name="a", rows=135, train=120, validation=15, classes=classes)
    lines = classes_table(report).splitlines()
    assert lines[2] == "| l15 | 15 | 1 |"
    assert lines[-1] == "| 3 more | 6 | 3 |"


def test_a_run_is_called_by_what_it_is_made_of_within_what_a_name_may_be():
    origin = Origin(title="a" * 70, dataset="sms-spam")
    assert (
        run_name(origin.title, "owner/name", "full")
        == ("a" * 70 + " · owner-name · All weights")[:80]
    )


@pytest.mark.models
def test_the_estimate_of_the_built_in_encoder_counts_its_weights(monkeypatch):
    """MiniLM L6: 22,713,216 weights, and 2 × 384 + 2 of the layer that answers."""
    rows = [(f"Film {n} is fine", ("positive", "negative")[n % 2], 1.0) for n in range(20)]
    frame = pd.DataFrame(rows, columns=["text", "label", "score"])
    monkeypatch.setattr(catalogued, "read_dataset", lambda _id, _progress: frame)
    source = DataSource(kind="classification", dataset="movie-snippets", seed=7)
    found = new_start._expect(default_spec("minilm-l6", source, "head"))
    assert found.estimate.parameters == 22_713_986
    assert found.estimate.trainable == 770
    assert found.lengths.longest == found.lengths.median == 6
    assert new_start.estimate_sentence(found.estimate).startswith("Less than a minute, 10 steps")
