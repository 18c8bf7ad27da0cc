"""The figures of predictions, by hand and against their definitions."""

import numpy as np
import pytest

from core.tuning.finetune.evaluation import macro_f1
from core.tuning.outcome import Predictions
from core.tuning.outcome.figures import commonest_labels, label_figures, measure
from core.tuning.outcome.intervals import wilson

NAMES = ("a", "b", "c")


def predictions(labels, first, rows=None, losses=None):
    count = len(labels)
    return Predictions(
        rows=np.arange(count) if rows is None else np.array(rows),
        places=np.arange(count),
        labels=np.array(labels),
        first=np.array(first),
        losses=np.array(losses if losses is not None else [0.5] * count, dtype=np.float32),
        shares=np.full(count, 0.5, dtype=np.float32),
    )


@pytest.fixture
def drawn():
    generator = np.random.default_rng(3)
    labels = generator.integers(3, size=300)
    return predictions(
        labels, np.where(generator.random(300) < 0.7, labels, generator.integers(3, size=300))
    )


def by_name(measures):
    return {each.name: each for each in measures}


@pytest.mark.parametrize("counts", [(20, 18, 2), (10, 9, 1)])
def test_the_interval_of_a_share_stays_one(counts):
    """Shifted by the bias of the draws it went above 1."""
    labels = [label for label, count in enumerate(counts) for _time in range(count)]
    first = [*labels[:-1], 0]
    found = by_name(measure(predictions(labels, first), NAMES, tagged=False, seed=0))
    assert 0 <= found["macro_f1"].low <= found["macro_f1"].value <= found["macro_f1"].high <= 1


def confusion_of(found, classes=3):
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (found.labels, found.first), 1)
    return counts


def test_precision_recall_and_f1_of_labels():
    """By hand: a is right 2 of 3 times, b 1 of 1 and predicted twice, c never occurs."""
    found = predictions([0, 0, 0, 1], [0, 0, 1, 1])
    a, b, c = label_figures(confusion_of(found), NAMES)
    assert (a.precision, a.recall, a.f1) == pytest.approx((1.0, 2 / 3, 0.8))
    assert (b.precision, b.recall, b.f1) == pytest.approx((0.5, 1.0, 2 / 3))
    assert (a.count, b.count, c.count, b.predicted) == (3, 1, 0, 2)
    assert all(np.isnan(value) for value in (c.precision, c.recall, c.f1))


def test_macro_f1_lies_in_its_interval_and_accuracy_has_wilson_s(drawn):
    found = by_name(measure(drawn, NAMES, tagged=False, seed=0))
    assert set(found) == {"accuracy", "macro_f1", "loss"}
    right = int((drawn.labels == drawn.first).sum())
    assert (found["accuracy"].low, found["accuracy"].high) == wilson(right, 300)
    score = found["macro_f1"]
    assert score.value == pytest.approx(macro_f1(confusion_of(drawn)))
    assert 0.02 < score.value - score.low < 0.08
    assert 0.02 < score.high - score.value < 0.08
    assert by_name(measure(drawn, NAMES, tagged=False, seed=0)) == found


def test_words_of_one_row_are_drawn_together():
    """Twenty words that are right or wrong as a whole say less than twenty words apart."""
    labels, first = [0] * 200, [0] * 100 + [1] * 100
    rows = np.repeat(np.arange(10), 20)
    together = by_name(measure(predictions(labels, first, rows), NAMES, tagged=True, seed=0))
    apart = by_name(measure(predictions(labels, first), NAMES, tagged=True, seed=0))
    width = {
        name: found["accuracy"].high - found["accuracy"].low
        for name, found in (("together", together), ("apart", apart))
    }
    assert width["together"] > 3 * width["apart"]


def test_spans_count_only_where_they_are_whole():
    names = ("O", "B-PER", "I-PER")
    labels = [1, 2, 0, 1, 0, 0]
    first = [1, 2, 0, 1, 2, 0]  # the second span is one word too long
    found = by_name(measure(predictions(labels, first, [0] * 6), names, tagged=True, seed=0))
    assert found["span_f1"].value == pytest.approx(0.5)
    assert found["accuracy"].value == pytest.approx(5 / 6)


def test_tokens_have_a_loss_and_a_perplexity():
    found = by_name(
        measure(predictions([3, 4], [3, 9], losses=[1.0, 3.0]), (), tagged=False, seed=0)
    )
    assert found["loss"].value == pytest.approx(2.0)
    assert found["perplexity"].value == pytest.approx(np.exp(2.0))
    assert found["perplexity"].low == pytest.approx(np.exp(found["loss"].low))


def test_rare_labels_are_counted_together():
    counts = np.array([[1, 0, 2], [0, 9, 1], [0, 3, 5]])
    found, places = commonest_labels(counts, NAMES, 2)
    assert places == (1, 2)
    assert found.tolist() == [[9, 1, 0], [3, 5, 0], [0, 2, 1]]
    same, every = commonest_labels(counts, NAMES, 3)
    assert (same is counts, every) == (True, (0, 1, 2))
