"""``Examples`` and ``DataSource`` check themselves."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from core.errors import InputError
from core.tuning.labelled import DataSource, Examples


def test_a_source_goes_through_json_and_is_equal():
    source = DataSource(kind="pair", hub="nyu-mll/glue:mrpc", limit=100, seed=3)
    assert DataSource(**json.loads(json.dumps(asdict(source)))) == source


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"dataset": "sms-spam", "hub": "a/b"},
        {"dataset": "none such"},
        {"file": "../a.csv"},
        {"file": "a.exe"},
        {"hub": "../a"},
        {"hub": "a/b", "kind": "other"},
        {"hub": "a/b", "limit": -1},
        {"hub": "a/b", "limit": True},
        {"hub": "a/b", "limit": 1.5},
        {"hub": "a/b", "seed": -1},
        {"hub": "a/b", "validation": 0},
        {"hub": "a/b", "validation": 1},
        {"hub": "a/b", "validation": float("nan")},
        {"hub": "a/b", "validation": "0.2"},
        {"hub": "a/b", "text": None},
        {"hub": 3},
    ],
)
def test_a_source_that_cannot_be_is_refused(values):
    with pytest.raises(InputError):
        DataSource(**{"kind": "classification", **values})


def test_columns_of_different_lengths_are_no_examples():
    with pytest.raises(ValueError, match="labels"):
        Examples(kind="classification", texts=("a", "b"), labels=(0,), label_names=("x", "y"))
    with pytest.raises(ValueError, match="label_names"):
        Examples(kind="classification", texts=("a",), labels=(1,), label_names=("x",))
    with pytest.raises(ValueError, match="one tag"):
        Examples(
            kind="tagging", texts=("a b",), words=(("a", "b"),), tags=((0,),), label_names=("N",)
        )
