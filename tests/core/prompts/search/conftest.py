"""Tiny models, labelled rows, and a watch that keeps everything in memory."""

import pytest

from core.models import load_model
from core.prompts.table import PromptTable
from core.prompts.verbalizer import Verbalizer

WORDS = ("animal", "street", "capital", "character", "France", "Japan", "Tokyo", "Paris")


def make_rows(count):
    return tuple(
        {
            "text": f"The {WORDS[number % 8]} of {WORDS[number % 5]} is "
            f"{('tired', 'yellow')[number % 2]} {number}.",
            "label": ("positive", "negative")[number % 2],
        }
        for number in range(count)
    )


class MemoryWatch:
    """A watch that keeps everything; it stops the run after ``stop_at`` candidates."""

    def __init__(self, stop_at=0):
        self.points, self.notes, self.stop_at = [], {}, stop_at

    def stopped(self):
        return bool(self.stop_at) and len(self.points) >= self.stop_at

    def log(self, point):
        self.points.append(dict(point))

    def note(self, name, value):
        self.notes[name] = value


@pytest.fixture(name="make_watch", scope="session")
def _make_watch():
    return MemoryWatch


@pytest.fixture(scope="session")
def table():
    """Forty rows, of which eight are examples."""
    rows = make_rows(40)
    return PromptTable(
        name="tiny",
        columns=("text", "label"),
        label="label",
        labels=("positive", "negative"),
        rows=rows,
        numbers=tuple(range(1, len(rows) + 1)),
    )


@pytest.fixture(scope="session")
def rows():
    return list(make_rows(12))


@pytest.fixture(scope="session")
def verbalizer():
    return Verbalizer({"positive": ["the", "is"], "negative": "and"})


@pytest.fixture(scope="session")
def models(model_folder):
    """Tiny models by family."""
    return {family: load_model(str(model_folder(family))) for family in ("bert", "roberta", "gpt2")}
