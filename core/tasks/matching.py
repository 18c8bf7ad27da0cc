"""Matching: how like two texts are, whether one follows from the other, which answers a question.

Built-in: the cosine of sentence vectors (``embedding.py``). Prompted: how surely a language model
says Yes (``yes_no.py``). Tuned: the label that a run gives a pair (``core.tuning.predicting``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from core.catalogue.entries import Text
from core.errors import InputError, UnsupportedError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.languages import known_languages, language_note
from core.tasks.lines import split_lines
from core.tasks.matching_answers import PairAnswer, RankAnswer
from core.tasks.matching_scores import Pairs, asked, cosines, matching_label, tuned
from core.tasks.task import Answer, Example, Family, Task, Way
from core.tasks.text_faults import fault_of, stopped_text

if TYPE_CHECKING:
    from core.embedding.sentences import FloatArray
    from core.models import LanguageModel

PARAPHRASE_THRESHOLD: Final = 0.75
"""The cosine from which two sentences say the same. Of .50, .55 … .90 it makes the fewest mistakes
on the first half of ``pairs.csv``; what it is worth is measured on the second half."""
CANDIDATE_LIMIT: Final = 50_000
"""Lines that one text is matched with."""
PAIR_LIMIT: Final = 1_000_000
"""Texts times lines, in one call."""
RELATIONS: Final = ("entailment", "neutral", "contradiction")
_ENCODER, _CAUSAL = "minilm-l6", "smollm2-135m-instruct"
SEARCH: Final = "search"
_RANKED: Final = ("similarity", "answer-retrieval", SEARCH)


def _solve(
    task: Task,
    model: LanguageModel,
    texts: Sequence[str],
    seconds: Sequence[str],
    *,
    way: Way,
    progress: Progress,
    stop: Stop,
) -> Sequence[Answer]:
    if task.id in _RANKED:
        return _ranked(task, model, texts, seconds, way=way, progress=progress, stop=stop)
    return _paired(task, model, texts, seconds, way=way, progress=progress, stop=stop)


def _ranked(
    task: Task,
    model: LanguageModel,
    texts: Sequence[str],
    seconds: Sequence[str],
    *,
    way: Way,
    progress: Progress,
    stop: Stop,
) -> Sequence[RankAnswer]:
    """The candidates of each text, which stand in its second text, a line each."""
    lists = {second: split_lines(second) for second in set(seconds)}
    for lines in lists.values():
        if not 0 < len(lines) <= CANDIDATE_LIMIT:
            raise InputError(
                _(
                    "There are {count:,} lines to match: give at least 1 and at most {limit:,}."
                ).format(count=len(lines), limit=CANDIDATE_LIMIT)
            )
    count = sum(len(lists[second]) for second in seconds)
    if count > PAIR_LIMIT:
        raise InputError(
            _(
                "{texts:,} texts against their lines make {count:,} pairs, the limit is {limit:,}: "
                "give fewer texts or fewer lines."
            ).format(texts=len(texts), count=count, limit=PAIR_LIMIT)
        )
    problems = [fault_of(text) for text in texts]
    pairs = [
        (text, candidate)
        for text, second, problem in zip(texts, seconds, problems, strict=True)
        if not problem
        for candidate in lists[second]
    ]
    scores, notes = _scores(task, model, pairs, way, progress, stop)
    known = known_languages(model.id, task)
    answers, start = [], 0
    for text, second, problem in zip(texts, seconds, problems, strict=True):
        lines = lists[second]
        if problem:
            answers.append(RankAnswer(text=text, candidates=lines, problem=problem))
            continue
        own = scores[start : start + len(lines)]
        start += len(lines)
        unread = bool(np.isnan(own).any())
        answers.append(
            RankAnswer(
                text=text,
                candidates=lines,
                scores=None if unread else own,
                note=_noted(known, text, lines[0], notes.get(text, "")),
                problem=stopped_text() if unread else "",
            )
        )
    return answers


def _scores(
    task: Task, model: LanguageModel, pairs: Pairs, way: Way, progress: Progress, stop: Stop
) -> tuple[FloatArray, dict[str, str]]:
    """How well each pair matches, (pair,), and what to know of a text."""
    if not pairs:
        return np.zeros(0, dtype=np.float32), {}
    if way == "built-in":
        return cosines(model, pairs, _stopping(progress, stop))
    if way == "prompted":
        shares = asked(task, model, pairs, progress, stop)
        return shares[:, 0], {}
    shares, names = tuned(model, pairs, progress, stop)
    place = matching_label(names)
    said = _("Score: the probability that the run gives “{label}”.").format(label=names[place])
    return shares[:, place], {text: said for text, _second in pairs}


def _paired(
    task: Task,
    model: LanguageModel,
    texts: Sequence[str],
    seconds: Sequence[str],
    *,
    way: Way,
    progress: Progress,
    stop: Stop,
) -> Sequence[PairAnswer]:
    """How each text stands to its second one."""
    if way == "built-in" and task.id != "paraphrase":
        raise UnsupportedError(
            _(
                "Similarity cannot tell what follows from what contradicts: ask by prompt, or use "
                "a run that learnt pairs."
            )
        )
    problems = [
        fault_of(text) or fault_of(second) for text, second in zip(texts, seconds, strict=True)
    ]
    sound = [place for place, problem in enumerate(problems) if not problem]
    pairs = [(texts[place], seconds[place]) for place in sound]
    known = known_languages(model.id, task)
    made: list[PairAnswer] = []
    if pairs and way == "built-in":
        found, notes = cosines(model, pairs, _stopping(progress, stop))
        made = [
            _by_threshold(task, pair, float(cosine), _noted(known, *pair, notes.get(pair[0], "")))
            for pair, cosine in zip(pairs, found, strict=True)
        ]
    elif pairs:
        if way == "prompted":
            shares, names = asked(task, model, pairs, progress, stop), labels_of(task)
        else:
            shares, names = tuned(model, pairs, progress, stop)
        made = [
            _by_probability(pair, names, row, _noted(known, *pair, ""))
            for pair, row in zip(pairs, shares, strict=True)
        ]
    by_place = dict(zip(sound, made, strict=True))
    return [
        by_place.get(place)
        or PairAnswer(
            text=text, second=seconds[place], label_names=labels_of(task), problem=problems[place]
        )
        for place, text in enumerate(texts)
    ]


def _stopping(progress: Progress, stop: Stop) -> Progress:
    """``progress`` that ends what reports to it, where ``stop`` says so."""

    def tell(done: int, total: int) -> None:
        progress(done, total)
        if done < total and stop():
            raise InputError(_("Stopped before the end."))

    return tell


def labels_of(task: Task) -> tuple[str, ...]:
    """What a pair may be called."""
    return RELATIONS if task.id == "entailment" else ("yes", "no")


def relation_titles() -> dict[str, str]:
    """What the labels are called, in the language of the session."""
    return {
        "yes": _("Yes, the same"),
        "no": _("No, not the same"),
        "entailment": _("It follows"),
        "neutral": _("It is left open"),
        "contradiction": _("It contradicts"),
    }


def relation_names() -> dict[str, str]:
    """The labels in a word, for a narrow bar."""
    return {
        "yes": _("yes"),
        "no": _("no"),
        "entailment": _("follows"),
        "neutral": _("open"),
        "contradiction": _("contradicts"),
    }


def encoder_candidates(
    models: Mapping[str, str], is_of_kind: Callable[[str, str], bool]
) -> dict[str, str]:
    """Those of ``models`` (id → title) that give vectors of whole texts."""
    return {
        name: title
        for name, title in models.items()
        if any(is_of_kind(name, kind) for kind in ("encoder", "masked"))
    }


def _by_threshold(task: Task, pair: tuple[str, str], cosine: float, note: str) -> PairAnswer:
    same = cosine >= PARAPHRASE_THRESHOLD
    return PairAnswer(
        text=pair[0],
        second=pair[1],
        label_names=labels_of(task),
        label="yes" if same else "no",
        cosine=cosine,
        threshold=PARAPHRASE_THRESHOLD,
        note=note,
    )


def _by_probability(
    pair: tuple[str, str], names: tuple[str, ...], row: FloatArray, note: str
) -> PairAnswer:
    unread = bool(np.isnan(row[0]))
    return PairAnswer(
        text=pair[0],
        second=pair[1],
        label_names=names,
        label="" if unread else names[int(row.argmax())],
        probabilities=None if unread else row,
        note=note,
        problem=stopped_text() if unread else "",
    )


def _noted(known: Sequence[str], text: str, second: str, note: str) -> str:
    language = language_note(text, known) or language_note(second, known)
    return " ".join(each for each in (language, note) if each)


_LINES: Final = Text(en="Candidates, one a line", zh="候选句子，每行一个")
_PAIR: Final = Text(en="Second text", zh="第二段文本")
_EITHER: Final[Callable[[str], dict[Way, str]]] = lambda built_in: {  # noqa: E731
    "built-in": built_in,
    "prompted": _CAUSAL,
    "tuned": "",
}

_TASKS: Final = (
    Task(
        id="similarity",
        family="matching",
        titles=Text(en="Similarity", zh="相似度"),
        languages=("en",),
        examples={
            "en": Example(
                text="She bought three kilos of apples at the market.",
                second="At the market she purchased 3 kg of apples.\n"
                "She bought fruit.\n"
                "She did not buy anything at the market.\n"
                "The price of petrol rose by ten per cent in a month.\n"
                "A dog is chasing a ball across the park.",
            )
        },
        models=_EITHER(_ENCODER),
        template="First sentence: {{ text }}\nSecond sentence: {{ second }}\n"
        "Do both sentences mean the same? Answer Yes or No.",
        second=_LINES,
    ),
    Task(
        id="paraphrase",
        family="matching",
        titles=Text(en="Paraphrase", zh="同义改写"),
        languages=("en",),
        examples={
            "en": Example(
                text="The library closes at eight in the evening.",
                second="The library shuts at 8 p.m.",
            )
        },
        models=_EITHER(_ENCODER),
        template="First sentence: {{ text }}\nSecond sentence: {{ second }}\n"
        "Do both sentences mean the same? Answer Yes or No.",
        second=_PAIR,
    ),
    Task(
        id="entailment",
        family="matching",
        titles=Text(en="Entailment", zh="蕴含"),
        languages=("en",),
        examples={
            "en": Example(
                text="A man is playing a guitar on the street.",
                second="Someone is making music outdoors.",
            )
        },
        models=_EITHER(""),
        template="Premise: {{ text }}\nHypothesis: {{ second }}\n"
        "If the premise is true, is the hypothesis true? Answer Yes, Maybe or No.",
        second=Text(en="Hypothesis", zh="假设"),
    ),
    Task(
        id="answer-retrieval",
        family="matching",
        titles=Text(en="Question → answer", zh="问题→答案"),
        languages=("en",),
        examples={
            "en": Example(
                text="When does the library shut its doors?",
                second="The library closes at eight in the evening.\n"
                "The library has a large children's section.\n"
                "The museum opened a new wing for modern art.\n"
                "The train to Berlin was delayed by forty minutes.\n"
                "The bakery sells fresh bread every morning.",
            )
        },
        models=_EITHER(_ENCODER),
        template="Question: {{ text }}\nPassage: {{ second }}\n"
        "Does the passage answer the question? Answer Yes or No.",
        second=Text(en="Passages, one a line", zh="段落，每行一个"),
    ),
    Task(
        id=SEARCH,
        family="matching",
        titles=Text(en="Semantic search", zh="语义搜索"),
        languages=("en",),
        examples={"en": Example(text="Why was the show of the singer called off?")},
        models=_EITHER(_ENCODER),
        template="Question: {{ text }}\nPassage: {{ second }}\n"
        "Does the passage answer the question? Answer Yes or No.",
    ),
)

FAMILY: Final = Family(
    name="matching",
    titles=Text(en="Matching", zh="匹配"),
    abouts=Text(en="How two texts stand to each other", zh="两段文本之间的关系"),
    tasks=_TASKS,
    solve=_solve,
)
