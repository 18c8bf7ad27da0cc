"""The figures of matching: on the pairs of the project, and headlines against their articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from core.embedding.sentences import embed_texts
from core.tasks.matching import RELATIONS
from core.tasks.matching_answers import PairAnswer, RankAnswer
from core.tasks.measuring import Measured, Models, share
from core.tasks.pairs import PairRow, pair_rows
from core.tasks.solving import solve

if TYPE_CHECKING:
    from core.tasks.task import Way

_ENCODER, _CAUSAL = "minilm-l6", "smollm2-135m-instruct"
WAYS: Final[tuple[tuple[Way, str], ...]] = (("built-in", _ENCODER), ("prompted", _CAUSAL))
PAIRS: Final = "pairs.csv"
NEWS: Final = "news-articles"
ARTICLES: Final = 1_000
OPENING: Final = 600
"""Characters of an article that its headline is compared with."""


def _similarity(models: Models) -> list[Measured]:
    """The paraphrase first, before what follows, is left open and contradicts."""
    rows = pair_rows()
    seconds = ["\n".join((row.contradicts, row.open, row.follows, row.paraphrase)) for row in rows]
    return _ranked("similarity", models, [row.text for row in rows], seconds, _paraphrases(rows))


def _paraphrases(rows: Sequence[PairRow]) -> list[str]:
    return [row.paraphrase for row in rows]


def _retrieval(models: Models) -> list[Measured]:
    """The sentence that answers first, before those of three other rows."""
    rows = pair_rows()
    seconds = [
        "\n".join(rows[(at + step) % len(rows)].text for step in (7, 13, 19, 0))
        for at in range(len(rows))
    ]
    right = [row.text for row in rows]
    return _ranked("answer-retrieval", models, [row.question for row in rows], seconds, right)


def _ranked(
    task: str,
    models: Models,
    texts: Sequence[str],
    seconds: Sequence[str],
    right: Sequence[str],
) -> list[Measured]:
    found = []
    for way, model in WAYS:
        answers = solve(task, texts, seconds, way=way, model=models(model))
        first = [
            isinstance(answer, RankAnswer) and answer.best == wanted
            for answer, wanted in zip(answers, right, strict=True)
        ]
        found.append(_figure(task, way, model, PAIRS, "first", first, 0.25, "chance"))
    return found


def _paraphrase(models: Models) -> list[Measured]:
    """Yes or no, on the half of the pairs that the threshold was not chosen on."""
    rows = pair_rows()[len(pair_rows()) // 2 :]
    pairs = [
        (row.text, second, label)
        for row in rows
        for second, label in (
            (row.paraphrase, "yes"),
            (row.follows, "no"),
            (row.open, "no"),
            (row.contradicts, "no"),
        )
    ]
    return _paired("paraphrase", models, pairs, WAYS, 0.75)


def _entailment(models: Models) -> list[Measured]:
    """What follows, is left open, or contradicts: three for each sentence."""
    pairs = [
        (row.text, second, label)
        for row in pair_rows()
        for second, label in zip((row.follows, row.open, row.contradicts), RELATIONS, strict=True)
    ]
    return _paired("entailment", models, pairs, WAYS[1:], 1 / 3)


def _paired(
    task: str,
    models: Models,
    pairs: Sequence[tuple[str, str, str]],
    ways: Sequence[tuple[Way, str]],
    floor: float,
) -> list[Measured]:
    found = []
    for way, model in ways:
        answers = solve(
            task,
            [text for text, _second, _label in pairs],
            [second for _text, second, _label in pairs],
            way=way,
            model=models(model),
        )
        right = [
            isinstance(answer, PairAnswer) and answer.label == label
            for answer, (_text, _second, label) in zip(answers, pairs, strict=True)
        ]
        name = "always the commonest label"
        found.append(_figure(task, way, model, PAIRS, "accuracy", right, floor, name))
    return found


def _search(models: Models) -> list[Measured]:
    """The article of a headline first, among the openings of a thousand articles."""
    from core.catalogue import ensure_dataset, read_dataset

    ensure_dataset(NEWS)
    table = read_dataset(NEWS).iloc[:ARTICLES]
    openings = [" ".join(str(text).split())[:OPENING] for text in table["text"]]
    headlines = [str(title) for title in table["title"]]
    model = models(_ENCODER)
    articles = embed_texts(model, openings).vectors
    asked = embed_texts(model, headlines).vectors
    nearest = np.argmax(asked @ articles.T, axis=1)
    first = [int(place) == at for at, place in enumerate(nearest)]
    figure = _figure("search", "built-in", _ENCODER, NEWS, "first", first, 1 / len(first), "chance")
    return [figure]


def _figure(
    task: str,
    way: Way,
    model: str,
    data: str,
    measure: str,
    right: Sequence[bool],
    floor: float,
    floor_name: str,
) -> Measured:
    value, low, high = share(right)
    return Measured(
        task=task,
        way=way,
        model=model,
        data=data,
        measure=measure,
        value=round(value, 4),
        low=round(low, 4),
        high=round(high, 4),
        count=len(right),
        floor=round(floor, 4),
        floor_name=floor_name,
    )


MATCHING: Final[dict[str, Callable[[Models], Sequence[Measured]]]] = {
    "similarity": _similarity,
    "paraphrase": _paraphrase,
    "entailment": _entailment,
    "answer-retrieval": _retrieval,
    "search": _search,
}
