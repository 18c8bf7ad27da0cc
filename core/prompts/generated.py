"""Answers that a causal model writes to prompts, and how good they are.

Greedy, in batches of similar length. An answer ends with the model's closing token, at a line break
unless ``lines`` is set, or after ``max_new_tokens``.
"""

from __future__ import annotations

import json
import math
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
import torch

from core.errors import InputError
from core.generation.prompt import checked_count, needs_causal
from core.jobs import Progress, Stop
from core.language import _
from core.prompts.evaluation import read_rows
from core.prompts.reading import Ids, PromptReader
from core.prompts.template import PromptTemplate, Row
from core.prompts.writing import Demonstrations, PromptSettings, write_prompt
from core.tuning.outcome import Measure
from core.tuning.outcome.intervals import bootstrap, wilson

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Metric = Literal["exact", "regex", "json", "rouge", "bleu"]
MOST_TOKENS: Final = 200
PATTERN_LIMIT: Final = 500
_PATTERN_SECONDS: Final = 2.0
_TOKENS_AT_ONCE: Final = {"cpu": 1024}
_ON_A_GPU: Final = 16384


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedAnswers:
    """An answer for each row, the texts that were wanted ("" where none is known), and the time."""

    answers: tuple[str, ...]
    wanted: tuple[str, ...]
    tokens: tuple[int, ...]
    seconds: float
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnswerScores:
    """Each row's score by one measure, from 0 to 1, and all together with the 95 % interval."""

    metric: Metric
    rows: tuple[float, ...]
    value: float
    low: float
    high: float


def generate_answers(
    model: LanguageModel,
    template: PromptTemplate | str,
    rows: Sequence[Row],
    *,
    answer: str = "",
    demonstrations: Demonstrations = (),
    settings: PromptSettings = PromptSettings(),  # noqa: B008 - frozen
    max_new_tokens: int = 20,
    lines: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> GeneratedAnswers:
    """What ``model`` writes to the prompt of each row; ``answer`` is the column of what is wanted.

    Raises InputError and UnsupportedError as ``evaluate_prompt`` does.
    """
    needs_causal(model)
    if checked_count(max_new_tokens) > MOST_TOKENS:
        raise InputError(
            _("{count} new tokens were asked for, the limit is {limit}.").format(
                count=max_new_tokens, limit=MOST_TOKENS
            )
        )
    prompt = PromptTemplate(template) if isinstance(template, str) else template
    table = read_rows(rows)
    if answer and answer not in table[0]:
        raise InputError(
            _("The rows have no column “{column}”: choose one of {columns}.").format(
                column=answer[:40], columns=", ".join(f"“{name[:40]}”" for name in table[0])
            )
        )
    reader = PromptReader(model, (), settings)
    choose: Callable[[Row], Sequence[Row]] = (
        demonstrations if callable(demonstrations) else lambda _row: demonstrations
    )
    began = time.perf_counter()
    ids = [
        reader.read(write_prompt(prompt, row, demonstrations=choose(row), settings=settings)).before
        for row in table
    ]
    found: list[str | None] = [None] * len(table)
    done, complete = 0, True
    for batch in _batches(model, ids, max_new_tokens):
        if stop is not None and stop():
            complete = False
            break
        texts = _written(model, [ids[place] for place in batch], max_new_tokens)
        for place, text in zip(batch, texts, strict=True):
            found[place] = text if lines else (text.strip().splitlines() or [""])[0].strip()
        done += len(batch)
        if progress is not None:
            progress(done, len(table))
    kept = [place for place, text in enumerate(found) if text is not None]
    return GeneratedAnswers(
        answers=tuple(str(found[place]) for place in kept),
        wanted=tuple(str(table[place][answer]) if answer else "" for place in kept),
        tokens=tuple(len(ids[place]) for place in kept),
        seconds=time.perf_counter() - began,
        complete=complete,
    )


def score_answers(
    answers: Sequence[str], wanted: Sequence[str], metric: Metric, *, pattern: str = ""
) -> AnswerScores:
    """How good ``answers`` are: equal to what is wanted but for case and spaces ("exact"), with
    ``pattern`` in them ("regex"), valid JSON ("json"), ROUGE-L F1 ("rouge") or sentence BLEU
    ("bleu"; of all together corpus BLEU, sacrebleu's, over 100).

    Raises InputError for a pattern that is none or takes too long.
    """
    if metric not in get_args(Metric):
        raise InputError(
            _("Answers are measured by {choices}, not “{value}”.").format(
                choices=", ".join(get_args(Metric)), value=str(metric)[:40]
            )
        )
    if not answers:
        raise InputError(_("There are 0 answers: ask about at least one row."))
    if metric == "regex":
        rows = _matched(answers, pattern)
    elif metric == "json":
        rows = [float(_is_json(answer)) for answer in answers]
    elif metric == "exact":
        rows = [
            float(_folded(one) == _folded(other))
            for one, other in zip(answers, wanted, strict=True)
        ]
    elif metric == "rouge":
        rows = _rouge(answers, wanted)
    else:
        return _bleu(answers, wanted)
    return _scored(metric, rows)


def _scored(metric: Metric, rows: Sequence[float]) -> AnswerScores:
    value = float(np.mean(rows))
    if set(rows) <= {0.0, 1.0}:
        low, high = wilson(int(sum(rows)), len(rows))
    else:
        low, high = bootstrap(np.stack([np.array(rows), np.ones(len(rows))], axis=1), _ratio)
    return AnswerScores(metric=metric, rows=tuple(rows), value=value, low=low, high=high)


def as_measure(scores: AnswerScores) -> Measure:
    """The same as the figures of labels are told."""
    return Measure(
        name="accuracy", value=scores.value, low=scores.low, high=scores.high, method="bootstrap"
    )


def _ratio(sums: Any) -> Any:  # noqa: ANN401 - arrays
    return sums[:, 0] / sums[:, 1]


def _batches(model: LanguageModel, ids: Sequence[Ids], new: int) -> list[list[int]]:
    most = _TOKENS_AT_ONCE.get(model.device.type, _ON_A_GPU)
    batches: list[list[int]] = []
    for place in sorted(range(len(ids)), key=lambda each: len(ids[each])):
        size = len(ids[place]) + new
        if batches and size * (len(batches[-1]) + 1) <= most and len(batches[-1]) < 64:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches


def _written(model: LanguageModel, rows: Sequence[Ids], new: int) -> list[str]:
    """The greedy continuation of each row, padded on the left so that all end together."""
    tokenizer = model.tokenizer
    closing = tokenizer.eos_token_id
    padding = closing if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), int(padding or 0))  # (row, token)
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, longest - len(row) :] = torch.tensor(row)
        mask[number, longest - len(row) :] = 1
    with torch.inference_mode():
        found = model.network.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            max_new_tokens=new,
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            pad_token_id=padding,
        )
    texts: list[str] = tokenizer.batch_decode(found[:, longest:], skip_special_tokens=True)
    return texts


def _matched(answers: Sequence[str], pattern: str) -> list[float]:
    if not pattern or len(pattern) > PATTERN_LIMIT:
        raise InputError(
            _("A pattern has 1 to {limit} characters: this one has {count}.").format(
                limit=PATTERN_LIMIT, count=len(pattern)
            )
        )
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise InputError(
            _("“{pattern}” is no regular expression: {reason}.").format(
                pattern=pattern[:60], reason=str(error)[:80]
            )
        ) from error
    return _in_time(compiled, answers)


def _in_time(pattern: re.Pattern[str], answers: Sequence[str]) -> list[float]:
    """Whether each answer has ``pattern``; in a process of its own, for a pattern can take for ever
    and holds every other thread up meanwhile."""
    import subprocess
    import sys

    code = (
        "import json,re,sys;p,a=json.load(sys.stdin);r=re.compile(p);"
        "print(json.dumps([bool(r.search(t)) for t in a]))"
    )
    try:
        ended = subprocess.run(
            [sys.executable, "-I", "-c", code],
            input=json.dumps([pattern.pattern, list(answers)]),
            capture_output=True,
            text=True,
            timeout=_PATTERN_SECONDS + 5,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise InputError(
            _("The pattern takes too long: write it without nested repetitions.")
        ) from error
    return [float(found) for found in json.loads(ended.stdout)]


def _is_json(answer: str) -> bool:
    try:
        json.loads(answer.strip())
    except (ValueError, RecursionError):
        return False
    return True


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")


_rouge_lock = threading.Lock()


def _rouge(answers: Sequence[str], wanted: Sequence[str]) -> list[float]:
    from rouge_score import rouge_scorer

    class _Signs:
        """Words, and each sign of a script that writes no spaces."""

        def tokenize(self, text: str) -> list[str]:
            return re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", text.casefold())

    with _rouge_lock:
        scorer = rouge_scorer.RougeScorer(["rougeL"], tokenizer=_Signs())
        return [
            float(scorer.score(other, one)["rougeL"].fmeasure)
            for one, other in zip(answers, wanted, strict=True)
        ]


def _bleu(answers: Sequence[str], wanted: Sequence[str]) -> AnswerScores:
    from sacrebleu.metrics.bleu import BLEU

    tokenize = (
        "zh" if any("\u3400" <= sign <= "\u9fff" for text in wanted for sign in text) else "13a"
    )
    each = BLEU(effective_order=True, tokenize=tokenize)
    rows = [
        each.sentence_score(one, [other]).score / 100
        for one, other in zip(answers, wanted, strict=True)
    ]
    whole = BLEU(tokenize=tokenize).corpus_score(list(answers), [list(wanted)]).score / 100
    low, high = bootstrap(np.stack([np.array(rows), np.ones(len(rows))], axis=1), _ratio)
    shift = whole - float(np.mean(rows))  # the interval of the rows' mean, around the whole
    found = (max(0.0, low + shift), min(1.0, high + shift)) if not math.isnan(low) else (low, high)
    return AnswerScores(metric="bleu", rows=tuple(rows), value=whole, low=found[0], high=found[1])
