"""Small texts for every objective, as datasets at hand, and a spec for each."""

import numpy as np
import pandas as pd
import pytest

from core.tuning import data
from core.tuning.pretrain import PretrainSpec, running, shipping
from core.tuning.spec import TextShare

WORDS = ("animal", "street", "capital", "France", "Japan", "Tokyo", "tired", "wide", "yellow")
CHINESE = "天地人山水日月风云春夏秋冬东西南北红黄蓝白黑大小多少上下左右"


def english(count=60):
    drawn = np.random.default_rng(7)
    return [
        " ".join(f"The {a} is the {b} of {c}." for a, b, c in drawn.choice(WORDS, (5, 3)))
        for _number in range(count)
    ]


def chinese(count=60):
    drawn = np.random.default_rng(8)
    return [
        "".join("".join(row) + "。" for row in drawn.choice(list(CHINESE), (4, 7)))
        for _number in range(count)
    ]


@pytest.fixture(autouse=True)
def _datasets(monkeypatch):
    """What the catalogue would fetch."""
    found = {
        "rotten-tomatoes": pd.DataFrame({"text": english()}),
        "reviews-zh": pd.DataFrame({"text": chinese()}),
    }
    monkeypatch.setattr(data, "read_dataset", lambda name, _progress: found[name])


@pytest.fixture(autouse=True)
def _few_rows(monkeypatch):
    """A finished model is measured on few rows."""
    monkeypatch.setattr(running, "FINAL_ROWS", 64)
    monkeypatch.setattr(shipping, "ROWS", 64)


class MemoryWatch:
    """A watch that keeps everything; it stops the run after ``stop_at`` questions."""

    def __init__(self, stop_at=0):
        self.points, self.notes, self.asked, self.stop_at = [], {}, 0, stop_at

    def stopped(self):
        self.asked += 1
        return self.asked == self.stop_at

    def log(self, point):
        self.points.append(dict(point))

    def note(self, name, value):
        self.notes[name] = value


@pytest.fixture
def watch():
    return MemoryWatch()


@pytest.fixture(name="make_watch")
def _make_watch():
    return MemoryWatch


TEXTS = {"masked": "rotten-tomatoes", "causal": "reviews-zh", "seq2seq": "numbers"}
USUAL = {"masked": "wordpiece", "causal": "characters", "seq2seq": "words"}


@pytest.fixture(scope="session")
def make_spec():
    """A spec of a tiny run."""

    def make(objective="masked", **settings):
        share = 0.01 if objective == "seq2seq" else 1.0
        tiny = {
            "texts": (TextShare(dataset=TEXTS[objective], share=share),),
            "tokenizer": USUAL[objective],
            "vocabulary": 120,
            "layers": 1,
            "heads": 2,
            "hidden": 16,
            "block": 32,
            "batch": 4,
            "steps": 6,
            "rate": 1e-3,
            "evaluate_every": 3,
            "checkpoint_every": 2,
            "held_out": 0.002 if objective == "seq2seq" else 0.05,
        }
        return PretrainSpec(objective=objective, **(tiny | settings))

    return make
