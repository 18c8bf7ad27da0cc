"""Measures how good each way of each task is, and writes it down:

    python -m core.tasks.quality [TASK …] [--way WAY] [--rows N]

Classification and tagging are measured on the rows that the tuned models did not learn from, drawn
by the seed of their data; reading on ``reading.toml``. Spans are scored with seqeval. The page and
``docs/tasks.md`` read what is written (``measuring.py``).
"""

from __future__ import annotations

import argparse
import re
import string
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from core.errors import HeadlightError
from core.models import load_model
from core.tasks.classification import ClassAnswer
from core.tasks.comprehension import ReadingAnswer
from core.tasks.families import all_tasks, find_task
from core.tasks.measuring import Measured, write_measured
from core.tasks.solving import solve
from core.tasks.tagging import TagAnswer
from core.tasks.task import WAYS, Task, Way
from core.tuning.labelled.examples import Examples
from core.tuning.outcome.intervals import wilson

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Score = Callable[[str, Sequence[str]], float]
COMMONEST: Final = "always the commonest label"
READING: Final = Path(__file__).with_name("reading.toml")
ROWS: Final = 1_000
SENTENCES: Final[dict[Way, int]] = {"built-in": 300, "prompted": 20, "tuned": 300}
SEED: Final = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A share before it is said of what: its name, of how many, and what the commonest gets."""

    measure: str
    share: float
    count: int
    floor: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about a text, and the answers that count as right; none: the text is silent."""

    text: str
    ask: str
    answers: tuple[str, ...]


def measure(task: Task, way: Way, rows: int = 0) -> tuple[Measured, ...]:
    """How good ``way`` is at ``task``. Raises ModelNotFoundError where its model is not there."""
    model = load_model(task.models[way])
    if task.family == "classification":
        data, found = _classification(task, model, way, rows or ROWS)
    elif task.family == "tagging":
        data, found = _tagging(task, model, way, rows or SENTENCES[way])
    else:
        data, found = _reading(task, model, way)
    made = []
    for each in found:
        low, high = wilson(round(each.share * each.count), each.count)
        made.append(
            Measured(
                task=task.id,
                way=way,
                model=task.models[way],
                data=data,
                measure=each.measure,
                value=round(each.share, 4),
                low=round(low, 4),
                high=round(high, 4),
                count=each.count,
                floor=None if each.floor is None else round(each.floor, 4),
                floor_name="" if each.floor is None else COMMONEST,
            )
        )
    return tuple(made)


def held_out(task: Task, rows: int) -> Examples:
    """Rows of the task's data that its tuned model did not learn from."""
    from core.tasks.tuned import recipe_of
    from core.tuning.labelled import prepare

    found = prepare(recipe_of(task.id).source).validation
    order = np.random.default_rng(SEED).permutation(len(found))[:rows].tolist()
    return Examples(
        kind=found.kind,
        texts=tuple(found.texts[row] for row in order),
        labels=tuple(found.labels[row] for row in order) if found.labels else (),
        words=tuple(found.words[row] for row in order) if found.words else (),
        tags=tuple(found.tags[row] for row in order) if found.tags else (),
        label_names=found.label_names,
        seconds=(),
    )


def questions() -> tuple[Question, ...]:
    """The questions of ``reading.toml``."""
    with READING.open("rb") as file:
        texts = cast("list[dict[str, object]]", tomllib.load(file)["text"])
    return tuple(
        Question(text=str(text["text"]), ask=str(one["ask"]), answers=tuple(one["answers"]))
        for text in texts
        for one in cast("list[Mapping[str, list[str]]]", text["questions"])
    )


def _classification(
    task: Task, model: LanguageModel, way: Way, rows: int
) -> tuple[str, list[Figure]]:
    examples = held_out(task, rows)
    answers = cast("Sequence[ClassAnswer]", solve(task, examples.texts, way=way, model=model))
    right = [examples.label_names[label] for label in examples.labels]
    hits = [answer.label == label for answer, label in zip(answers, right, strict=True)]
    return task.dataset, [_share("accuracy", hits, right)]


def _tagging(task: Task, model: LanguageModel, way: Way, rows: int) -> tuple[str, list[Figure]]:
    examples = held_out(task, rows)
    joint = "" if "zh" in task.languages else " "
    texts = [joint.join(words) for words in examples.words]
    answers = cast("Sequence[TagAnswer]", solve(task, texts, way=way, model=model))
    truths: list[list[str]] = []
    guesses: list[list[str]] = []
    for words, tags, answer in zip(examples.words, examples.tags, answers, strict=True):
        places, start = {}, 0
        for word, tag in zip(words, tags, strict=True):
            places[start] = examples.label_names[tag]
            start += len(word) + len(joint)
        pairs = [
            (places[word.start], tag or "O")
            for word, tag in zip(answer.words, answer.tags, strict=True)
            if word.start in places
        ]
        truths.append([truth for truth, _tag in pairs])
        guesses.append([tag for _truth, tag in pairs])
    flat = [truth for row in truths for truth in row]
    hits = [a == b for x, y in zip(truths, guesses, strict=True) for a, b in zip(x, y, strict=True)]
    found = [_share("words", hits, flat)]
    if any(name.startswith("B-") for name in examples.label_names):
        from seqeval.metrics import f1_score

        spans = sum(tag.startswith("B-") for tag in flat)
        share = float(f1_score(truths, guesses))
        found.append(Figure(measure="span_f1", share=share, count=spans))
    return task.dataset, found


def _reading(task: Task, model: LanguageModel, way: Way) -> tuple[str, list[Figure]]:
    asked = questions()
    texts, asks = [one.text for one in asked], [one.ask for one in asked]
    answers = cast("Sequence[ReadingAnswer]", solve(task, texts, asks, way=way, model=model))
    pairs = list(zip(asked, answers, strict=True))
    scores: dict[str, Score] = {"exact": exact, "word_f1": overlap}
    if way == "built-in":  # which gives whole sentences
        scores = {"sentence": contains}
    found = [
        Figure(
            measure=name,
            share=float(np.mean([score(answer.answer, one.answers) for one, answer in pairs])),
            count=len(pairs),
        )
        for name, score in scores.items()
    ]
    silent = [not answer.found for one, answer in pairs if not one.answers]
    found.append(Figure(measure="silence", share=float(np.mean(silent)), count=len(silent)))
    return READING.name, found


def _share(name: str, hits: Sequence[bool], right: Sequence[str]) -> Figure:
    floor = max(Counter(right).values()) / len(right)
    return Figure(measure=name, share=sum(hits) / len(hits), count=len(hits), floor=floor)


def normalised(text: str) -> str:
    """Words in small letters without articles and punctuation (Rajpurkar et al. 2016)."""
    plain = "".join(sign for sign in text.casefold() if sign not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", plain).split())


def exact(answer: str, right: Sequence[str]) -> float:
    """1 where the answer is one of the right ones; an empty one is right where none is."""
    if not right:
        return float(not answer)
    return float(any(normalised(answer) == normalised(each) for each in right))


def overlap(answer: str, right: Sequence[str]) -> float:
    """The best F1 of the answer's words and a right one's (Rajpurkar et al. 2016)."""
    if not right or not answer:
        return float(not right and not answer)
    best = 0.0
    for each in right:
        own, wanted = normalised(answer).split(), normalised(each).split()
        common = sum((Counter(own) & Counter(wanted)).values())
        if common:
            best = max(best, 2 * common / (len(own) + len(wanted)))
    return best


def contains(answer: str, right: Sequence[str]) -> float:
    """1 where a right answer stands in the sentence; 0 for a sentence where none is right."""
    if not right:
        return float(not answer)
    return float(any(each.casefold() in answer.casefold() for each in right))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; the exit status is 1 where something could not be."""
    names = [task.id for task in all_tasks() if task.family in _MEASURED and _has_data(task)]
    parser = argparse.ArgumentParser(
        prog="python -m core.tasks.quality", description="Measure how good the ways of tasks are."
    )
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=", ".join(names))
    parser.add_argument("--way", choices=WAYS, action="append")
    parser.add_argument("--rows", type=int, default=0, help="texts of each (0: the usual number)")
    given = parser.parse_args(arguments)
    failed = 0
    for name in given.tasks or names:
        task = find_task(name)
        for way in given.way or WAYS:
            if not task.models.get(way):
                continue
            try:
                found = measure(task, way, given.rows)
            except HeadlightError as error:
                sys.stderr.write(f"{name}, {way}: {error}\n")
                failed = 1
                continue
            write_measured(found)
            for each in found:
                sys.stdout.write(f"{name}, {way}: {each.measure} {each.value} of {each.count}\n")
    return failed


_MEASURED: Final = ("classification", "tagging", "comprehension")


def _has_data(task: Task) -> bool:
    return bool(task.dataset) or task.family == "comprehension"


if __name__ == "__main__":
    sys.exit(main())
