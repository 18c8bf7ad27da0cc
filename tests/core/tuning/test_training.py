"""The loop on a tiny network: it learns, and stops and resumes without a trace."""

import dataclasses
import shutil

import pytest
import torch
from safetensors.numpy import load_file, save_file
from transformers import BertForMaskedLM, BertForNextSentencePrediction

from core.catalogue.trained import PREFIX, write_model
from core.tuning.batches import TrainingBatches
from core.tuning.learner import new_learner, trained_learner
from core.tuning.masking import IGNORED
from core.tuning.training import newest_checkpoint, read_curve, train
from core.weights.difference import compress

pytestmark = pytest.mark.slow

WEIGHTS = "model.safetensors"


@pytest.fixture
def batches(spec, texts, tokenizer):
    return TrainingBatches(spec, texts, tokenizer)


def _weights(learner):
    return {name: weight.detach().clone() for name, weight in learner.named_parameters()}


def _largest_difference(one, other):
    return max(float((one[name] - other[name]).abs().max()) for name in one)


@pytest.fixture(scope="module")
def whole_run(spec, texts, tokenizer, encoder, tmp_path_factory):
    """An uninterrupted run: its weights and its folder."""
    folder = tmp_path_factory.mktemp("run")
    learner = new_learner(encoder, seed=0)
    measure = lambda _network: {"held_out_accuracy": 0.5}  # noqa: E731
    train(spec, learner, TrainingBatches(spec, texts, tokenizer), folder, measure=measure)
    return _weights(learner), folder


class _Killed(Exception):  # noqa: N818
    """As if the process had been killed while it read a batch."""


class _KilledAt(TrainingBatches):
    def __init__(self, spec, texts, tokenizer, step):
        super().__init__(spec, texts, tokenizer)
        self._last = step

    def __getitem__(self, step):
        if step == self._last:
            raise _Killed
        return super().__getitem__(step)


def test_a_few_steps_make_the_loss_smaller(spec, texts, tokenizer, encoder, tmp_path):
    longer = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, steps=150))
    learner = new_learner(encoder, seed=0)
    batches = TrainingBatches(longer, texts, tokenizer)
    with torch.no_grad():
        before = float(learner(**batches[0])["loss"])
    train(longer, learner, batches, tmp_path)
    with torch.no_grad():
        after = float(learner(**batches[0])["loss"])
    assert after < 0.9 * before


def test_killed_and_resumed_equals_uninterrupted(
    spec, texts, tokenizer, encoder, tmp_path, whole_run
):
    """facts.md: resume from a checkpoint reproduces the uninterrupted run exactly."""
    with pytest.raises(_Killed):
        train(spec, new_learner(encoder, seed=0), _KilledAt(spec, texts, tokenizer, 7), tmp_path)
    assert newest_checkpoint(tmp_path).name == "checkpoint-4"
    resumed = new_learner(encoder, seed=0)
    train(spec, resumed, TrainingBatches(spec, texts, tokenizer), tmp_path)
    assert _largest_difference(_weights(resumed), whole_run[0]) == 0.0


def test_prolonged_while_level_equals_a_run_of_that_length(
    spec, texts, tokenizer, encoder, tmp_path
):
    longer = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, steps=16))
    at_once, prolonged = new_learner(encoder, seed=0), new_learner(encoder, seed=0)
    train(longer, at_once, TrainingBatches(longer, texts, tokenizer), tmp_path / "at-once")
    with pytest.raises(_Killed):  # of 12 steps the last four fall: at 8 the rate is level still
        train(
            spec,
            new_learner(encoder, seed=0),
            _KilledAt(spec, texts, tokenizer, 8),
            tmp_path / "run",
        )
    shutil.rmtree(tmp_path / "run" / "checkpoints" / "checkpoint-8", ignore_errors=True)
    train(longer, prolonged, TrainingBatches(longer, texts, tokenizer), tmp_path / "run")
    assert _largest_difference(_weights(at_once), _weights(prolonged)) == 0.0


def test_a_checkpoint_cut_short_by_a_kill_is_passed_over(tmp_path, whole_run):
    """facts.md: trainer_state.json is written last."""
    shutil.copytree(whole_run[1] / "checkpoints", tmp_path / "checkpoints")
    (tmp_path / "checkpoints" / "checkpoint-12" / "trainer_state.json").write_text('{"epoch": ')
    assert newest_checkpoint(tmp_path).name == "checkpoint-8"


def test_the_curve_has_the_measures_of_the_steps_that_are_due(whole_run):
    curve = read_curve(whole_run[1])
    assert [point["step"] for point in curve if "held_out_accuracy" in point] == [4, 8, 12]
    assert all(point["loss"] > 0 for point in curve)


def test_embeddings_stay_as_they_came(whole_run, encoder):
    fresh = _weights(new_learner(encoder, seed=0))
    for name, weight in whole_run[0].items():
        if name.startswith("bert.embeddings"):
            assert torch.equal(weight, fresh[name])
    assert not torch.equal(
        whole_run[0]["bert.encoder.layer.1.output.dense.weight"],
        fresh["bert.encoder.layer.1.output.dense.weight"],
    )


def test_the_masked_loss_is_that_of_bert_for_masked_lm(batches, encoder):
    """BertForMaskedLM(labels=...), to 1e-5."""
    learner = new_learner(encoder, seed=0).eval()
    batch = batches[0]
    labels = torch.full_like(batch["input_ids"], IGNORED).flatten()
    labels[batch["positions"]] = batch["labels"]
    other = BertForMaskedLM(learner.config).eval()
    other.bert.load_state_dict(learner.bert.state_dict(), strict=False)
    other.cls.load_state_dict(learner.cls.state_dict(), strict=False)
    with torch.no_grad():
        ours = learner(**batch)["loss"]
        theirs = other(input_ids=batch["input_ids"], labels=labels.view_as(batch["input_ids"])).loss
    assert float(ours) == pytest.approx(float(theirs), abs=1e-5)


def test_the_pair_loss_is_that_of_bert_for_next_sentence_prediction(batches, encoder):
    learner = new_learner(encoder, seed=0).eval()
    batch = batches[3]
    other = BertForNextSentencePrediction(learner.config).eval()
    other.bert.load_state_dict(learner.bert.state_dict())
    other.cls.seq_relationship.load_state_dict(learner.cls.seq_relationship.state_dict())
    names = ("input_ids", "attention_mask", "token_type_ids")
    with torch.no_grad():
        ours = learner(**batch)["pair_loss"]
        theirs = other(
            **{name: batch[name] for name in names}, labels=batch["next_sentence_label"]
        ).loss
    assert float(ours) == pytest.approx(float(theirs), abs=1e-5)


def test_a_batch_follows_from_its_step_alone(batches, spec, texts, tokenizer):
    again = TrainingBatches(spec, texts, tokenizer)
    for step in (5, 3, 0):
        one, other = batches[step], again[step]
        assert all(torch.equal(one[name], other[name]) for name in one)
    with pytest.raises(IndexError):
        batches[len(batches)]


def test_one_pass_reads_every_block_once(spec, texts, tokenizer):
    batches = TrainingBatches(spec, texts, tokenizer)
    count = len(texts.blocks)
    assert sorted(batches._order(0).tolist()) == list(range(count))
    assert (batches._order(0) != batches._order(1)).any()


def test_pairs_come_more_often_while_the_rate_falls(batches, spec):
    """12 steps, the last four falling: every fourth, then every second."""
    paired = [step for step in range(12) if "next_sentence_label" in batches[step]]
    assert spec.schedule.level_until == 8
    assert paired == [3, 7, 9, 11]


def test_the_tokens_read_leave_padding_out(batches, spec):
    blocks = 8 * spec.batch.block_rows * spec.batch.block_tokens
    pairs = 4 * spec.batch.pair_rows * spec.batch.pair_tokens
    assert blocks < batches.tokens_read() <= blocks + pairs


def test_a_later_stage_reads_other_rows_than_the_earlier_ones(spec, texts, tokenizer):
    later = dataclasses.replace(spec, earlier_steps=spec.schedule.steps)
    first, second = (TrainingBatches(each, texts, tokenizer) for each in (spec, later))
    assert len(second) == len(first)
    assert not any(
        torch.equal(one["input_ids"], other["input_ids"])
        for one in first
        for other in second
        if one["input_ids"].shape == other["input_ids"].shape
    )


def test_a_stage_starts_from_what_the_one_before_it_stored(
    spec, texts, tokenizer, encoder, tmp_path
):
    learner = new_learner(encoder, seed=0)
    train(spec, learner, TrainingBatches(spec, texts, tokenizer), tmp_path)
    stored = tmp_path / "weights.safetensors"
    base = {PREFIX + name: weight for name, weight in load_file(encoder / WEIGHTS).items()}
    trained = {
        name: weight.detach().numpy()
        for name, weight in learner.named_parameters()
        if "decoder" not in name
    }
    save_file(compress(base, trained), stored)
    (tmp_path / "model").mkdir()
    write_model(encoder, stored, tmp_path / "model")
    again = trained_learner(tmp_path / "model")
    assert _largest_difference(_weights(again), _weights(learner)) < 2e-3
    assert len(list(again.head())) == len(list(learner.head()))
    assert not any(weight.requires_grad for weight in again.bert.embeddings.parameters())
