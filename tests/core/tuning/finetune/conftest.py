"""Tiny examples of every kind, a spec for each, and a watch that keeps everything in memory."""

import pytest

from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled.examples import DataSource, Examples

WORDS = ("animal", "street", "capital", "character", "France", "Japan", "Tokyo", "Paris")
GOOD, BAD = "The animal is wide and tired", "The street is yellow"


def _classified(count):
    texts = tuple(
        f"{(GOOD, BAD)[number % 2]} because it was the {WORDS[number % 8]} of {WORDS[number % 3]}."
        + " One two three." * (number % 4)
        for number in range(count)
    )
    return texts, tuple(number % 2 for number in range(count))


def make_examples(kind, count=24):
    texts, labels = _classified(count)
    names = ("positive", "negative")
    if kind == "classification":
        return Examples(kind=kind, texts=texts, labels=labels, label_names=names)
    if kind == "pair":
        return Examples(
            kind=kind, texts=texts, seconds=texts[::-1], labels=labels, label_names=names
        )
    if kind == "tagging":
        words = tuple(tuple(text.rstrip(".").split()) for text in texts)
        tags = tuple(tuple(int(word[0].isupper()) for word in row) for row in words)
        joined = tuple(" ".join(row) for row in words)
        return Examples(kind=kind, texts=joined, words=words, tags=tags, label_names=("o", "name"))
    if kind == "completion":
        seconds = tuple(WORDS[number % 4] for number in range(count))
        return Examples(kind=kind, texts=texts, seconds=seconds)
    return Examples(kind=kind, texts=texts)


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


@pytest.fixture(name="make_watch", scope="session")
def _make_watch():
    return MemoryWatch


@pytest.fixture(name="make_examples", scope="session")
def _make_examples():
    return make_examples


@pytest.fixture(scope="session")
def make_spec(model_folder):
    """A spec for a tiny model of a family."""

    def make(family, kind="classification", method="full", **settings):
        usual = {"batch": 8, "epochs": 2, "rate": 1e-3, "virtual_tokens": 4, "max_tokens": 32}
        return RunSpec(
            model=str(model_folder(family)),
            source=DataSource(kind=kind, dataset="movie-snippets"),
            method=method,
            **(usual | settings),
        )

    return make
