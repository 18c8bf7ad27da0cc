"""Spans as conlleval reads them."""

import pytest

from core.tuning.outcome.spans import are_spans, find_spans


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("O O", set()),
        ("B-PER I-PER O B-LOC", {(0, 2, "PER"), (3, 4, "LOC")}),
        ("B-PER B-PER", {(0, 1, "PER"), (1, 2, "PER")}),
        ("I-PER I-LOC", {(0, 1, "PER"), (1, 2, "LOC")}),
        ("O I-PER I-PER", {(1, 3, "PER")}),
        ("S-PER B-LOC E-LOC I-LOC", {(0, 1, "PER"), (1, 3, "LOC"), (3, 4, "LOC")}),
    ],
)
def test_spans_are_found(tags, spans):
    assert find_spans(tags.split()) == spans


@pytest.mark.parametrize(
    ("names", "are"),
    [
        (("O", "B-PER", "I-PER"), True),
        (("NOUN", "VERB"), False),
        (("O",), False),
        (("B-PER",), False),
    ],
)
def test_tags_of_spans_are_known_by_their_names(names, are):
    assert are_spans(names) is are
