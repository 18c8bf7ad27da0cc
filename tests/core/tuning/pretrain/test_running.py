"""Runs from nothing on tiny networks: where they start, what they log, and that they resume."""

import json
import math

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer

from core.errors import InputError
from core.models import load_model
from core.tuning.pretrain import TOKENIZERS, PretrainSpec
from core.tuning.pretrain.networks import new_network, parameters_of
from core.tuning.pretrain.running import guessing_loss, pretrain
from core.tuning.runs.kinds import find_kind
from core.tuning.spec import TextShare
from core.tuning.training import newest_checkpoint

pytestmark = pytest.mark.slow

ARCHITECTURES = {
    "masked": "BertForPreTraining",
    "causal": "GPT2LMHeadModel",
    "seq2seq": "T5ForConditionalGeneration",
}


@pytest.mark.parametrize("objective", TOKENIZERS)
def test_stopped_and_resumed_equals_uninterrupted(objective, make_spec, make_watch, tmp_path):
    """known-answers.md: resume = uninterrupted, to 0.0; with dropout, masking and pairs."""
    spec = make_spec(objective, dropout=0.1, keep="last")
    whole, first, second = make_watch(), make_watch(stop_at=3), make_watch()
    pretrain(spec, tmp_path / "whole", whole)
    pretrain(spec, tmp_path / "parted", first)
    assert not (tmp_path / "parted" / "model").exists()
    assert newest_checkpoint(tmp_path / "parted").name == "checkpoint-3"
    pretrain(spec, tmp_path / "parted", second)
    weights = [
        load_file(tmp_path / name / "model" / "model.safetensors") for name in ("whole", "parted")
    ]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    losses = [point["loss"] for point in whole.points]
    assert [point["loss"] for point in first.points + second.points] == losses
    assert second.notes["result"] == whole.notes["result"]


@pytest.mark.parametrize("objective", TOKENIZERS)
def test_the_model_is_a_folder_that_the_app_and_transformers_load(
    objective, make_spec, watch, tmp_path
):
    spec = make_spec(objective)
    pretrain(spec, tmp_path, watch)
    folder = tmp_path / "model"
    config = json.loads((folder / "config.json").read_text())
    assert config["architectures"] == [ARCHITECTURES[objective]]
    model = load_model(str(folder))
    assert model.kind == objective
    assert model.places is not None
    assert watch.notes["parameters"] == sum(part.numel() for part in model.network.parameters())
    assert watch.notes["parameters"] == parameters_of(spec, watch.notes["vocabulary"])
    assert len(AutoTokenizer.from_pretrained(folder)) == watch.notes["vocabulary"]
    card = (folder / "README.md").read_text()
    told = card.partition("```json\n")[2].partition("```")[0]
    assert PretrainSpec.from_json(told) == spec
    assert str(tmp_path) not in card


def test_masked_words_and_next_sentences_are_two_curves_and_their_sum(make_spec, watch, tmp_path):
    pretrain(make_spec("masked"), tmp_path, watch)
    for point in watch.points:
        assert point["loss"] == pytest.approx(point["masked_loss"] + point["pair_loss"], abs=1e-5)
        assert {"rate", "gradient_norm", "tokens"} <= point.keys()
    measured = [point for point in watch.points if "validation_loss" in point]
    assert [point["step"] for point in measured] == [3, 6]
    assert {"masked_accuracy", "pair_accuracy"} <= measured[0].keys()


@pytest.mark.parametrize(
    ("objective", "names"),
    [("causal", {"accuracy", "perplexity"}), ("seq2seq", {"accuracy", "perplexity", "exact"})],
)
def test_what_is_measured_fits_the_objective(objective, names, make_spec, watch, tmp_path):
    pretrain(make_spec(objective), tmp_path, watch)
    result = watch.notes["result"]
    assert names <= result.keys()
    assert result["perplexity"] == pytest.approx(math.exp(result["validation_loss"]))


@pytest.mark.parametrize(("vocabulary", "low", "high"), [(65, 4.16, 4.23), (1000, 6.89, 6.95)])
def test_gpt_from_nothing_starts_at_ln_v(vocabulary, low, high, make_spec):
    """known-answers.md: V = 65: 4.20–4.23 and 1000: 6.92–6.95, of a GPT of usual width."""
    spec = make_spec("causal", hidden=128, layers=4, heads=4)
    network = new_network(spec, vocabulary).eval()
    drawn = torch.Generator().manual_seed(0)
    ids = torch.randint(0, vocabulary, (32, 32), generator=drawn)
    with torch.no_grad():
        loss = float(network(input_ids=ids, labels=ids).loss)
    assert low < loss < high
    assert loss == pytest.approx(guessing_loss(spec, vocabulary), abs=0.04)


def test_bert_from_nothing_starts_at_ln_v_and_ln_2(make_spec, watch, tmp_path):
    """known-answers.md: BERT MLM + NSP: ln V + ln 2."""
    spec = make_spec("masked", hidden=64, heads=4, batch=32, steps=1)
    pretrain(spec, tmp_path, watch)
    expected = math.log(watch.notes["vocabulary"]) + math.log(2)
    assert watch.notes["guessing_loss"] == pytest.approx(expected)
    assert watch.points[0]["loss"] == pytest.approx(expected, abs=0.06)
    assert watch.points[0]["pair_loss"] == pytest.approx(math.log(2), abs=0.03)


def test_a_run_learns(make_spec, watch, tmp_path):
    texts = (TextShare(dataset="rotten-tomatoes"),)
    spec = make_spec("causal", texts=texts, tokenizer="wordpiece", steps=40, rate=1e-2)
    pretrain(spec, tmp_path, watch)
    measured = [point["validation_loss"] for point in watch.points if "validation_loss" in point]
    assert measured[-1] < measured[0] - 0.2
    assert watch.notes["result"]["validation_loss"] < watch.notes["guessing_loss"]


def test_the_worker_knows_the_kind_of_run(make_spec, watch, tmp_path):
    spec = make_spec("causal")
    find_kind(PretrainSpec.RUN_KIND).work(spec.to_json(), tmp_path, watch)
    assert (tmp_path / "model" / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"block": 4096}, "too short for rows of 4096 tokens"),
        ({"texts": (TextShare(dataset="sms-spam"),)}, "not a text to train on"),
        ({"texts": (TextShare(dataset="rotten-tomatoes", share=0.001),)}, "only one text"),
    ],
)
def test_texts_that_do_not_do_are_refused_with_a_remedy(settings, told, make_spec, watch, tmp_path):
    with pytest.raises(InputError, match=told):
        pretrain(make_spec("masked", **settings), tmp_path, watch)
