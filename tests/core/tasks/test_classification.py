"""Labels of texts: typed, by similarity, by prompt, by a head."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.embedding.sentences import embed_texts
from core.errors import InputError, UnsupportedError
from core.models import load_model
from core.tasks import find_task, solve
from core.tasks.classification import labels_of, read_labels
from core.tasks.script import task_script
from core.tasks.zero_shot import TEMPERATURE

LABELS = "road: The street is wide.\ncity: The capital of France is Paris."


def test_labels_are_read_as_they_are_typed():
    assert [label.name for label in read_labels("a, b，c")] == ["a", "b", "c"]
    (first, second) = read_labels("refund: money back\n发票：开一张发票")
    assert (first.name, first.description) == ("refund", "money back")
    assert (second.name, second.description) == ("发票", "开一张发票")
    assert labels_of(find_task("sentiment"), "ignored")[0].name == "negative"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 labels"),
        ("one", "1 labels"),
        ("a, a", "stands twice"),
        (",".join(map(str, range(51))), "51"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(text, said):
    with pytest.raises(InputError, match=said):
        read_labels(text)


def test_similarity_is_the_softmax_of_cosines(tiny):
    model = tiny("bert")
    (found,) = solve("topic", "The street is wide.", LABELS, model=model)
    vectors = embed_texts(
        model, ["The street is wide.", "The street is wide.", "The capital of France is Paris."]
    ).vectors
    cosines = vectors[1:] @ vectors[0]
    powers = np.exp(cosines / TEMPERATURE)
    np.testing.assert_allclose(found.probabilities, powers / powers.sum(), atol=1e-5)
    assert found.label == "road"
    assert found.cells()["label"] == "road"


def test_a_bad_text_has_its_sentence_and_stops_no_other(tiny, tiny_long):
    for way, model in (("built-in", tiny("bert")), ("prompted", tiny_long)):
        own = replace(find_task("topic"), models={way: model.id})
        good, bad, foreign = solve(
            own, ["Paris", " ", "它太累了。"], "road, city", way=way, model=model
        )
        assert good.label
        assert "empty" in bad.problem
        assert "Chinese" in foreign.note
        assert set(good.cells()) == set(bad.cells())


def test_what_was_not_read_before_the_stop_is_told(tiny):
    (found,) = solve("topic", "Paris", "road, city", model=tiny("bert"), stop=lambda: True)
    assert "stop" in found.problem


def test_models_of_another_kind_are_refused(tiny):
    with pytest.raises(UnsupportedError, match="encoder"):
        solve("sentiment", "Paris", model=tiny("llama"))
    with pytest.raises(UnsupportedError, match="learnt no labels"):
        solve("sentiment", "Paris", way="tuned", model=tiny("bert"))


def test_a_long_text_is_read_in_windows_and_says_so(tiny):
    text = "The street is wide. " * 40
    (found,) = solve("topic", text, LABELS, model=tiny("bert"))
    assert "windows" in found.note
    (prompted,) = solve("topic", text, LABELS, way="prompted", model=tiny("llama"))
    assert "only the beginning" in prompted.note


def test_the_head_of_a_run_answers_and_reads_long_texts_in_windows(
    tmp_path, monkeypatch, model_folder
):
    sys.path.append(str(Path(__file__).parents[1] / "tuning" / "finetune"))
    from finished import finish_run

    from core.tuning.finetune.spec import RunSpec
    from core.tuning.labelled.examples import DataSource, Examples

    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path))
    texts = ("The animal is wide.", "The street is yellow.") * 6
    rows = Examples(
        kind="classification", texts=texts, labels=(0, 1) * 6, label_names=("positive", "negative")
    )
    spec = RunSpec(
        model=str(model_folder("bert")),
        source=DataSource(kind="classification", dataset="movie-snippets"),
        batch=4,
        max_tokens=16,
    )
    model = load_model(f"run:{finish_run(spec, rows, rows)}")
    short, long = solve("sentiment", [texts[0], texts[0] * 20], way="tuned", model=model)
    assert short.note == ""
    assert "windows" in long.note
    assert float(long.probabilities.sum()) == pytest.approx(1, abs=1e-5)


def test_the_script_solves_the_same_task():
    script = task_script(find_task("topic"), 'a "quoted" text', LABELS, way="tuned", model="run:1")
    assert "solve('topic', texts, ['road: " in script
    assert "way='tuned', model='run:1'" in script
    compile(script, "script", "exec")
