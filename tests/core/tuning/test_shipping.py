"""What is stored is what was trained, and the card says what was measured."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from core.catalogue.trained import write_model
from core.models import load_model
from core.tuning import everyday
from core.tuning.batches import TrainingBatches
from core.tuning.card import model_card
from core.tuning.everyday import EverydaySentence, everyday_sentences
from core.tuning.learner import new_learner
from core.tuning.results import read_stage
from core.tuning.shipping import Shipment, read_network, ship
from core.tuning.training import train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shipped(spec, texts, tokenizer, encoder, tmp_path_factory):
    """A tiny model trained, stored, put together again and measured."""
    folder = tmp_path_factory.mktemp("shipped")
    learner = new_learner(encoder, seed=0)
    batches = TrainingBatches(spec, texts, tokenizer)
    measure = lambda _network: {  # noqa: E731
        "held_out_accuracy": 0.25, "held_out_loss": 4.5, "pair_accuracy": 0.5
    }  # fmt: skip
    train(spec, learner, batches, folder, measure=measure)
    shipment = Shipment(
        name="tiny-masked",
        spec=spec,
        base=encoder,
        run=folder,
        target=folder,
        training_tokens=batches.tokens_read(),
        train=texts,
        held_out=texts,
    )
    with pytest.MonkeyPatch.context() as patch:
        sentence = EverydaySentence(text="The animal of [MASK].", answers=("france", "paris"))
        patch.setattr(everyday, "everyday_sentences", lambda: (sentence,))
        results = ship(shipment, learner, tokenizer)
    return learner, results, folder


def test_restored_weights_are_the_trained_ones_within_the_stated_error(shipped):
    learner, results, folder = shipped
    again = load_file(folder / "model" / "model.safetensors")
    for name, weight in learner.named_parameters():
        error = np.abs(again[name] - weight.detach().numpy()).max()
        assert error <= results.stored.largest_error
    assert results.stored.largest_error < 2e-3


def test_the_restored_model_answers_as_the_trained_one(shipped, texts):
    learner, _results, folder = shipped
    network = read_network(folder / "model")
    ids = torch.from_numpy(texts.blocks[:4])
    learner.eval()
    with torch.no_grad():
        hidden = learner.bert(input_ids=ids).last_hidden_state
        before = torch.log_softmax(learner.cls.predictions(hidden), dim=-1)
        after = torch.log_softmax(network(input_ids=ids).prediction_logits, dim=-1)
    assert float((before - after).abs().max()) < 0.02


def test_it_loads_as_a_masked_model_with_both_heads(shipped):
    model = load_model(str(shipped[2] / "model"))
    assert model.kind == "masked"
    outputs = model.network(**model.tokenizer("The animal", return_tensors="pt"))
    assert outputs.prediction_logits.shape[-1] == model.shape.vocab
    assert outputs.seq_relationship_logits.shape == (1, 2)


def test_put_together_twice_it_is_the_same_file(shipped, encoder, tmp_path):
    _learner, results, folder = shipped
    write_model(encoder, folder / "tiny-masked.safetensors", tmp_path)
    one, other = (place / "model.safetensors" for place in (tmp_path, folder / "model"))
    assert one.read_bytes() == other.read_bytes()
    assert results.stored.nbytes == (folder / "tiny-masked.safetensors").stat().st_size


def test_the_figures_of_the_card_are_the_measured_ones(shipped, spec):
    _learner, results, folder = shipped
    card = (folder / "tiny-masked.md").read_text("utf-8")
    found = json.loads((folder / "tiny-masked.json").read_text("utf-8"))
    assert found["held_out"]["masked"]["accuracy"] == results.held_out.masked.accuracy
    assert f"{100 * results.held_out.masked.accuracy:.1f} %" in card
    assert f"{results.training_tokens:,} tokens" in card
    assert results.stored.sha256 in card
    assert f"| 1 | {spec.schedule.steps} | {spec.schedule.decay} |" in card
    assert "The animal of [MASK]." in card


def test_a_card_of_two_stages_counts_both(shipped):
    _learner, results, folder = shipped
    earlier = read_stage(folder / "tiny-masked.json")
    later = replace(results, earlier=(earlier,))
    card = model_card(later)
    assert earlier.sha256 == results.stored.sha256
    assert later.tokens == 2 * results.training_tokens
    assert f"24 steps, {later.tokens:,} tokens" in card
    assert "| 1 | 12 | 4 |" in card
    assert "| 2 | 12 | 4 |" in card


def test_the_curve_is_kept_as_a_table(shipped):
    with (shipped[2] / "tiny-masked.curve.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[-1]["step"] == "12"
    assert float(rows[-1]["held_out_accuracy"]) == 0.25


def test_every_source_is_scored_by_itself_and_all_make_the_whole(shipped):
    score = shipped[1].held_out
    assert sum(each.count for each in score.masked_by_source.values()) == score.masked.count
    assert set(score.masked_by_source) == {"a", "b"}
    mean = sum(each.accuracy * each.count for each in score.masked_by_source.values())
    assert mean / score.masked.count == pytest.approx(score.masked.accuracy)


def test_thirty_everyday_sentences_have_one_mask_each_and_answers_in_lower_case():
    sentences = everyday_sentences()
    assert len({each.text for each in sentences}) == 30
    assert all(each.text.count("[MASK]") == 1 for each in sentences)
    assert all(word == word.lower() for each in sentences for word in each.answers)
