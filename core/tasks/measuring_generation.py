"""The figures of generation: headlines as summaries, the names of numbers, news to go on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from core.tasks.families import find_task
from core.tasks.generation import WrittenAnswer
from core.tasks.measuring import Measured, Models, mean, share
from core.tasks.solving import solve
from core.tasks.text_scores import score_text

if TYPE_CHECKING:
    from core.tasks.task import Way

_ENCODER, _CAUSAL, _NUMBERS = "minilm-l6", "smollm2-135m-instruct", "numbers-to-words"
NEWS: Final = "news-articles"
ARTICLES: Final = 24
OPENING: Final = 1_200
"""Characters of an article that are summarised."""
NUMBERS: Final = 200
HELD_OUT: Final = 0.02
"""The share of numbers that the built-in model was not trained on."""
ASKED: Final = 24
"""Numbers that the instruct model is asked for: each takes seconds."""


def _summary(models: Models) -> list[Measured]:
    """Against the headline, beside the first sentence of the article."""
    from core.tuning.sentences import split_sentences

    texts, titles = _articles(ARTICLES)
    lead = [
        scores.rouge_l
        for text, title in zip(texts, titles, strict=True)
        if (scores := score_text(next(split_sentences(text)), [title])) is not None
    ]
    ways: tuple[tuple[Way, str], ...] = (("built-in", _ENCODER), ("prompted", _CAUSAL))
    found = []
    for way, model in ways:
        answers = solve("summary", texts, titles, way=way, model=models(model))
        values = [
            answer.scores.rouge_l
            for answer in answers
            if isinstance(answer, WrittenAnswer) and answer.scores is not None
        ]
        found.append(
            _figure(
                "summary",
                way,
                model,
                "rouge_l",
                mean(values),
                len(values),
                floor=sum(lead) / len(lead),
                floor_name="the first sentence",
            )
        )
    return found


def _numbers(task: str) -> Callable[[Models], list[Measured]]:
    """Numbers that the built-in model never saw, right to the last letter."""

    def measure(models: Models) -> list[Measured]:
        from core.tuning.pretrain.numbers import number_pairs

        language = find_task(task).hidden["language"]
        _learnt, held_out = number_pairs(HELD_OUT, seed=0)
        named = [(asked[4:], name) for asked, name in held_out if asked.startswith(f"{language}: ")]
        ways: tuple[tuple[Way, str, int], ...] = (
            ("built-in", _NUMBERS, NUMBERS),
            ("prompted", _CAUSAL, ASKED),
        )
        found = []
        for way, model, count in ways:
            answers = solve(
                task,
                [number for number, _name in named[:count]],
                [name for _number, name in named[:count]],
                way=way,
                model=models(model),
            )
            right = [
                isinstance(each, WrittenAnswer)
                and each.scores is not None
                and each.scores.exact == 1
                for each in answers
            ]
            found.append(_figure(task, way, model, "exact", share(right), count, data="numbers"))
        return found

    return measure


def _continuation(models: Models) -> list[Measured]:
    """The perplexity of the openings of articles, each token given those before it."""
    from core.generation import score_text as score_tokens

    texts, _titles = _articles(ARTICLES)
    values = [score_tokens(models(_CAUSAL), text).perplexity for text in texts]
    figure = mean(values)
    return [_figure("continuation", "built-in", _CAUSAL, "perplexity", figure, len(values))]


def _articles(count: int) -> tuple[list[str], list[str]]:
    """The openings of articles, each whole sentences, and their headlines."""
    from core.catalogue import ensure_dataset, read_dataset

    ensure_dataset(NEWS)
    table = read_dataset(NEWS)
    table = table[table["text"].str.len() > OPENING].iloc[:: len(table) // (2 * count)]
    texts = [" ".join(str(text).split())[:OPENING] for text in table["text"].iloc[:count]]
    whole = [text[: text.rfind(". ") + 1] or text for text in texts]
    return whole, [str(title) for title in table["title"].iloc[:count]]


def _figure(
    task: str,
    way: Way,
    model: str,
    measure: str,
    figure: tuple[float, float, float],
    count: int,
    *,
    data: str = NEWS,
    floor: float | None = None,
    floor_name: str = "",
) -> Measured:
    value, low, high = figure
    return Measured(
        task=task,
        way=way,
        model=model,
        data=data,
        measure=measure,
        value=round(value, 4),
        low=round(low, 4),
        high=round(high, 4),
        count=count,
        floor=None if floor is None else round(floor, 4),
        floor_name=floor_name,
    )


GENERATION: Final[dict[str, Callable[[Models], Sequence[Measured]]]] = {
    "summary": _summary,
    "to-english": _numbers("to-english"),
    "to-chinese": _numbers("to-chinese"),
    "continuation": _continuation,
}
