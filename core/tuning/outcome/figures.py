"""The figures of a run on its held-out rows, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from core.tuning.outcome.intervals import Sums, bootstrap, wilson
from core.tuning.outcome.outcome import LabelFigures, Measure, Method
from core.tuning.outcome.predictions import Counts, Predictions
from core.tuning.outcome.spans import are_spans, find_spans

_LARGEST_LOSS: Final = 700.0  # beyond it e to the loss is no float


def measure(
    found: Predictions, label_names: Sequence[str], *, tagged: bool, seed: int
) -> tuple[Measure, ...]:
    """The figures of all predictions.

    Words of one row go together: where rows have several predictions, rows are drawn, not words.
    """
    right = found.labels == found.first  # (prediction,)
    sums = _by_row(found, np.stack([right, np.ones(len(found))], axis=1))  # (row, 2)
    if label_names and not tagged:
        low, high = wilson(int(right.sum()), len(found))
        method: Method = "wilson"
    else:
        low, high = _within_one(bootstrap(sums, _ratio, seed=seed))
        method = "bootstrap"
    share = float(right.mean()) if len(found) else math.nan
    measures = [Measure(name="accuracy", value=share, low=low, high=high, method=method)]
    if label_names:
        measures.append(_macro_f1(found, len(label_names), seed))
        if tagged and are_spans(label_names):
            measures.append(_span_f1(found, label_names, seed))
    losses = _by_row(found, np.stack([found.losses, np.ones(len(found))], axis=1))
    loss = float(found.losses.mean(dtype=np.float64)) if len(found) else math.nan
    low, high = bootstrap(losses, _ratio, seed=seed)
    measures.append(Measure(name="loss", value=loss, low=low, high=high, method="bootstrap"))
    if not label_names:
        value, low, high = (math.exp(min(each, _LARGEST_LOSS)) for each in (loss, low, high))
        measures.append(
            Measure(name="perplexity", value=value, low=low, high=high, method="bootstrap")
        )
    return tuple(measures)


def label_figures(confusion: Counts, label_names: Sequence[str]) -> tuple[LabelFigures, ...]:
    """Precision, recall and F1 of each label; NaN where there is nothing to divide by."""
    counts, predicted = confusion.sum(axis=1), confusion.sum(axis=0)  # (label,)
    hits = np.diag(confusion)
    return tuple(
        LabelFigures(
            name=name,
            precision=_share(hits[place], predicted[place]),
            recall=_share(hits[place], counts[place]),
            f1=_share(2 * hits[place], counts[place] + predicted[place]),
            count=int(counts[place]),
            predicted=int(predicted[place]),
        )
        for place, name in enumerate(label_names)
    )


def commonest_labels(
    confusion: Counts, label_names: Sequence[str], most: int
) -> tuple[Counts, tuple[int, ...]]:
    """The confusion of the ``most`` commonest right labels, and their places.

    All others together are one more row and column at the end, if there are others.
    """
    order = np.argsort(-confusion.sum(axis=1), kind="stable")
    if len(label_names) <= most:
        return confusion, tuple(range(len(label_names)))
    group = np.full(len(label_names), most)
    group[order[:most]] = np.arange(most)
    found = np.zeros((most + 1, most + 1), dtype=np.int64)
    np.add.at(found, (group[:, None], group[None, :]), confusion)
    return found, tuple(int(place) for place in order[:most])


def _by_row(found: Predictions, values: Sums) -> Sums:
    """The sums of ``values`` (prediction, sum) over the predictions of each row. (row, sum)"""
    if not len(found):
        return np.zeros((0, values.shape[1]))
    _rows, places = np.unique(found.rows, return_inverse=True)
    sums = np.zeros((int(places.max()) + 1, values.shape[1]))
    np.add.at(sums, places, values)
    return sums


def _ratio(sums: Sums) -> Sums:
    """The first sum over the second."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Sums = sums[:, 0] / sums[:, 1]
    return ratio


def _macro_f1(found: Predictions, classes: int, seed: int) -> Measure:
    """The mean F1 of the labels that occur or were predicted, as in ``evaluation.macro_f1``."""
    _rows, places = np.unique(found.rows, return_inverse=True)
    count = int(places.max()) + 1 if len(found) else 0
    rows = np.zeros((count, 2 * classes))  # (row, hits and both of each label)
    np.add.at(rows, (places, found.labels), found.labels == found.first)
    for tags in (found.labels, found.first):
        np.add.at(rows, (places, classes + tags), 1)

    def statistic(sums: Sums) -> Sums:
        hits, both = sums[:, :classes], sums[:, classes:]  # (draw, label)
        there = both > 0
        parts = np.where(there, 2 * hits / np.where(there, both, 1), 0.0)
        mean: Sums = parts.sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        return mean

    low, high = _within_one(bootstrap(rows, statistic, seed=seed))
    value = float(statistic(rows.sum(axis=0)[None])[0]) if len(rows) else math.nan
    return Measure(name="macro_f1", value=value, low=low, high=high, method="bootstrap")


def _span_f1(found: Predictions, label_names: Sequence[str], seed: int) -> Measure:
    sums = []
    order = np.lexsort((found.places, found.rows))
    borders = np.flatnonzero(np.diff(found.rows[order])) + 1
    for part in np.split(order, borders):
        right, first = (
            find_spans([label_names[tag] for tag in tags[part]])
            for tags in (found.labels, found.first)
        )
        sums.append((2 * len(right & first), len(right) + len(first)))
    rows = np.array(sums, dtype=np.float64)  # (row, 2)
    low, high = _within_one(bootstrap(rows, _ratio, seed=seed))
    value = float(_ratio(rows.sum(axis=0)[None])[0])
    return Measure(name="span_f1", value=value, low=low, high=high, method="bootstrap")


def _within_one(interval: tuple[float, float]) -> tuple[float, float]:
    """The part of the interval of a share that a share can be; shifting may lead out of it."""
    low, high = (min(1.0, max(0.0, bound)) if bound == bound else bound for bound in interval)
    return low, high


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan
