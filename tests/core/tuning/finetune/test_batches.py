"""Which rows are read when, and what a batch is."""

import numpy as np
import pytest

from core.tuning.finetune.batches import Collator, TrainingBatches
from core.tuning.finetune.features import featurize
from core.tuning.masking import IGNORED


@pytest.fixture
def features(tokenizers, make_examples):
    examples = make_examples("classification", 45)
    return featurize(examples, tokenizers["bert"], limit=32, typed=False)


@pytest.fixture
def make_batches(features, make_spec):
    def make(processes=1, **settings):
        spec = make_spec("bert", **({"batch": 4, "epochs": 2} | settings))
        collator = Collator(padding=0, typed=False)
        return TrainingBatches(spec, features, collator, processes=processes)

    return make


def test_a_pass_reads_every_row_once(make_batches):
    batches = make_batches(accumulation=2)
    assert (batches.steps_per_pass, batches.steps, len(batches)) == (6, 12, 24)
    for start in (0, 6):
        rows = [row for step in range(start, start + 6) for row in batches.rows_of(step)]
        assert sorted(rows) == list(range(45))


def test_every_pass_meets_other_rows_in_another_order(make_batches):
    batches = make_batches()
    first, second = ([batches.rows_of(step).tolist() for step in range(at, at + 12)]
                     for at in (0, 12))  # fmt: skip
    assert first != second
    assert {frozenset(rows) for rows in first} != {frozenset(rows) for rows in second}


def test_a_batch_follows_from_its_number_alone(make_batches):
    one, other = make_batches(), make_batches()
    for number in (17, 3, 0):
        assert all((one[number][name] == other[number][name]).all() for name in one[number])
    with pytest.raises(IndexError):
        one[len(one)]


def test_another_seed_reads_in_another_order(make_batches):
    one, other = make_batches(seed=1), make_batches(seed=2)
    assert [row.tolist() for row in map(one.rows_of, range(12))] != [
        row.tolist() for row in map(other.rows_of, range(12))
    ]


def test_rows_of_like_length_stand_together(make_batches, features):
    """Less than half the padding of rows as they come."""
    batches = make_batches()
    lengths = features.lengths

    def padding(groups):
        return sum(int(lengths[rows].max()) * len(rows) - int(lengths[rows].sum())
                   for rows in groups)  # fmt: skip

    sorted_ = padding([batches.rows_of(step) for step in range(batches.steps_per_pass)])
    plain = padding(np.array_split(np.arange(len(features)), batches.steps_per_pass))
    assert sorted_ < 0.5 * plain


def test_the_parts_of_a_step_are_the_rows_of_a_larger_batch(make_batches):
    whole, parts = make_batches(batch=8), make_batches(batch=2, accumulation=4)
    for step in range(whole.steps):
        assert whole.rows_of(step).tolist() == parts.rows_of(step).tolist()


def test_the_processes_of_a_step_read_the_rows_of_a_larger_batch(make_batches):
    """A row is read by one process, in the same step, as often as by one process alone."""
    alone, shared = make_batches(batch=8), make_batches(batch=2, accumulation=2, processes=2)
    assert (alone.steps, 4 * len(alone)) == (shared.steps, len(shared))
    for step in range(alone.steps):
        parts = [shared[4 * step + part]["input_ids"] for part in range(4)]
        read = sorted(tuple(row[row > 0].tolist()) for part in parts for row in part)
        whole = [tuple(row[row > 0].tolist()) for row in alone[step]["input_ids"]]
        assert set(read) == set(whole)
        assert len(read) == len(whole) or len(whole) < 4


def test_no_part_of_a_step_is_empty(make_batches):
    """45 rows and 4 batches of 11: one row is left for the last step, which has 4 batches too."""
    for processes in (1, 2):
        batches = make_batches(batch=11 // processes, accumulation=4, processes=processes)
        assert batches.steps_per_pass == 2
        assert all(len(batches[number]["labels"]) > 0 for number in range(len(batches)))


def test_steps_go_before_passes(make_batches):
    assert make_batches(steps=5).steps == 5
    assert make_batches(steps=50).steps == 50


def test_padding_is_not_attended_to(make_batches, features):
    batches = make_batches()
    batch = batches[0]
    assert int(batch["attention_mask"].sum()) == batches.tokens_of(0)
    assert (batch["input_ids"][batch["attention_mask"] == 0] == 0).all()


def test_words_are_masked_anew_in_every_pass(make_spec, make_examples, tokenizers):
    from core.tuning.blocks import vocabulary_of

    tokenizer = tokenizers["bert"]
    features = featurize(make_examples("masked", 8), tokenizer, limit=32, typed=False)
    spec = make_spec("bert", "masked", batch=8)
    collator = Collator(
        padding=tokenizer.pad_token_id,
        typed=False,
        rule=spec.masking,
        vocabulary=vocabulary_of(tokenizer),
    )
    batches = TrainingBatches(spec, features, collator)
    first, second = batches[0], batches[1]
    assert first["labels"].shape == second["labels"].shape
    assert (first["labels"] != second["labels"]).any()
    chosen = first["labels"] != IGNORED
    assert 0 < int(chosen.sum()) < first["attention_mask"].sum()
    assert (first["attention_mask"][chosen] == 1).all()
