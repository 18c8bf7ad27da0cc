"""How good written answers are: equal, matching, valid JSON, or near to what was wanted."""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from core.errors import InputError
from core.language import _
from core.tuning.outcome.intervals import bootstrap, wilson

Metric = Literal["exact", "regex", "json", "rouge", "bleu"]
PATTERN_LIMIT: Final = 500
COMPARED_LIMIT: Final = 20_000
"""Characters of a text that ROUGE compares."""
_PATTERN_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnswerScores:
    """Each row's score by one measure, from 0 to 1, and all together with the 95 % interval."""

    metric: Metric
    rows: tuple[float, ...]
    value: float
    low: float
    high: float


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


def _ratio(sums: Any) -> Any:  # noqa: ANN401 - arrays
    return sums[:, 0] / sums[:, 1]


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


def check_compared(texts: Iterable[str]) -> None:
    """Raise InputError for a text that is too long to be compared by its longest common
    subsequence, whose table has a cell for each pair of words."""
    longest = max(map(len, texts), default=0)
    if longest > COMPARED_LIMIT:
        raise InputError(
            _("A text has {count:,} characters; ROUGE compares texts of up to {limit:,}.").format(
                count=longest, limit=COMPARED_LIMIT
            )
        )


_rouge_lock = threading.Lock()


def _rouge(answers: Sequence[str], wanted: Sequence[str]) -> list[float]:
    from rouge_score import rouge_scorer

    check_compared((*answers, *wanted))

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
