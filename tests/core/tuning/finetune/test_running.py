"""A run from end to end: its folder, its card, its estimate, and what goes wrong on the way."""

import dataclasses
import json

import pytest

from core.errors import InputError
from core.tuning import labelled
from core.tuning.finetune import fine_tune
from core.tuning.finetune.estimate import estimate
from core.tuning.finetune.running import tune
from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled.examples import Examples


@pytest.fixture
def examples(make_examples):
    return make_examples("classification")


def test_fine_tune_prepares_trains_and_saves(make_spec, examples, watch, tmp_path, monkeypatch):
    class Prepared:
        train, validation = examples, examples

    def prepare(source, *, progress):
        progress(0.5, "Reading")
        return Prepared

    monkeypatch.setattr(labelled, "prepare", prepare)
    fine_tune(make_spec("bert", steps=2), tmp_path, watch)
    assert watch.notes["preparing"] == {"share": 0.5, "step": "Reading"}
    assert (tmp_path / "model" / "model.safetensors").is_file()
    config = json.loads((tmp_path / "model" / "config.json").read_text())
    assert config["id2label"] == {"0": "positive", "1": "negative"}


def test_the_card_names_no_path_and_repeats_the_run(make_spec, examples, watch, tmp_path):
    spec = make_spec("bert", method="lora", steps=2)
    tune(spec, examples, examples, tmp_path, watch)
    card = (tmp_path / "model" / "README.md").read_text()
    assert "LoRA" in card
    assert "held out | 24 predictions" in card
    assert str(tmp_path) not in card
    assert spec.model not in card
    told = card.partition("```json\n")[2].partition("```")[0]
    assert RunSpec.from_json(told) == dataclasses.replace(spec, model="bert")


def test_an_estimate_has_the_true_counts(make_spec, examples, watch, tmp_path):
    spec = make_spec("bert", method="lora", batch=5, epochs=3)
    found = estimate(spec, examples, examples)
    tune(spec, examples, examples, tmp_path, watch)
    assert found.trainable == watch.notes["trainable"]
    assert found.parameters == watch.notes["parameters"]
    assert found.steps == watch.notes["steps"] == 15
    assert found.seconds > 0
    assert found.memory > 4 * found.parameters


@pytest.mark.parametrize(
    ("family", "kind", "method"),
    [("gpt2", "causal", "prefix"), ("bert", "masked", "full"), ("gpt2", "pair", "pet")],
)
def test_everything_that_can_be_trained_can_be_estimated(
    make_spec, make_examples, family, kind, method
):
    template = {"template": "{text} {second} {word}"} if method == "pet" else {}
    words = {"verbalizer": (("positive", "wide"), ("negative", "tired"))} if template else {}
    spec = make_spec(family, kind, method, **template, **words)
    found = estimate(spec, make_examples(kind), make_examples(kind, 2))
    assert found.seconds > 0


def test_no_examples_are_refused(make_spec, examples, watch, tmp_path):
    empty = Examples(kind="classification", texts=(), label_names=("a", "b"))
    with pytest.raises(InputError, match="no examples"):
        tune(make_spec("bert"), empty, examples, tmp_path, watch)


def test_texts_without_tokens_are_refused(make_spec, watch, tmp_path):
    blank = Examples(kind="causal", texts=("",))
    with pytest.raises(InputError, match="no tokens"):
        tune(make_spec("gpt2", "causal"), blank, blank, tmp_path, watch)
