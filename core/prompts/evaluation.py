"""``evaluate_prompt``: a prompt over the rows of a table, and how often it is right.

Rows are read in blocks, in the order of the table, so that what was done when somebody stops is its
beginning. Statistics on the result stand in ``core.prompts.figures``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.prompts.calibration import CONTENT_FREE, Calibration, check_inputs
from core.prompts.cloze import cloze_scores
from core.prompts.packing import Asked, ContinuationScorer, Scores
from core.prompts.reading import PromptReader, ReadPrompt
from core.prompts.rows import read_rows, read_truths
from core.prompts.template import PromptTemplate, Row
from core.prompts.verbalizer import Verbalizer
from core.prompts.writing import Demonstrations, PromptSettings, write_prompt

if TYPE_CHECKING:
    import pandas as pd

    from core.models.language_model import LanguageModel

BLOCK: Final = 256
"""Rows that are rendered and read before the next ones."""

Probabilities = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class PromptEvaluation:
    """What a prompt says of each row, and what is right where the rows say so.

    ``labels`` are the verbalizer's; ``truths`` is "" for a row without a label. ``raw`` are the
    probabilities before ``calibration``, which equal ``probabilities`` without one. ``tokens`` is
    how many each prompt has, ``shared`` how many of these all of the first block have in common.
    ``complete`` is false where it was stopped: then it has the first rows only.
    """

    model: str
    labels: tuple[str, ...]
    truths: tuple[str, ...]
    word_scores: Scores  # (row, word), log P
    raw: Probabilities  # (row, label)
    probabilities: Probabilities  # (row, label)
    calibration: Calibration | None
    tokens: Counts  # (row,)
    shared: int
    seconds: float
    complete: bool = True

    def __len__(self) -> int:
        return len(self.probabilities)

    @cached_property
    def predicted(self) -> Counts:
        """The place of the most probable label of each row. (row,)"""
        found: Counts = self.probabilities.argmax(axis=1)
        return found

    @property
    def predictions(self) -> tuple[str, ...]:
        """The most probable label of each row."""
        return tuple(self.labels[place] for place in self.predicted)

    @cached_property
    def expected(self) -> Counts:
        """The place of the right label of each row, -1 where it is not known. (row,)"""
        places = {label: place for place, label in enumerate(self.labels)}
        return np.array([places.get(truth, -1) for truth in self.truths], dtype=np.int64)

    @property
    def labelled(self) -> int:
        """How many rows have a label."""
        return int((self.expected >= 0).sum())

    @property
    def correct(self) -> npt.NDArray[np.bool_]:
        """Whether each row is right; false where the right label is not known. (row,)"""
        found: npt.NDArray[np.bool_] = self.predicted == self.expected
        return found

    @property
    def accuracy(self) -> float:
        """The share of right ones among the rows with a label; NaN without any."""
        return float(self.correct.sum() / self.labelled) if self.labelled else math.nan

    @property
    def confusion(self) -> Counts:
        """How often each right label (row) got each prediction (column). (label, label)"""
        counts = np.zeros((len(self.labels), len(self.labels)), dtype=np.int64)
        known = self.expected >= 0
        np.add.at(counts, (self.expected[known], self.predicted[known]), 1)
        return counts

    @property
    def before(self) -> PromptEvaluation:
        """The same without calibration."""
        return replace(self, probabilities=self.raw, calibration=None)

    @property
    def after(self) -> PromptEvaluation:
        """The same with calibration. Raises ValueError where nothing was read for it."""
        if self.calibration is None:
            raise ValueError("this evaluation was not calibrated")
        return replace(self, probabilities=self.calibration.apply(self.raw))


def evaluate_prompt(
    model: LanguageModel,
    template: PromptTemplate | str,
    rows: Sequence[Row] | pd.DataFrame,
    *,
    verbalizer: Verbalizer | Mapping[str, str | Sequence[str]],
    demonstrations: Demonstrations = (),
    calibrate: bool = False,
    content_free: Sequence[str] = CONTENT_FREE,
    settings: PromptSettings = PromptSettings(),  # noqa: B008 - frozen
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PromptEvaluation:
    """The probability of each label for each of ``rows``, under a masked or a causal ``model``.

    A causal model goes on with the prompt; a masked one fills ``[MASK]``, which is put at the end
    where the template has none. Rows may hold their label in ``settings.label``. With ``calibrate``
    the probabilities are corrected by what the prompt says of ``content_free`` inputs (Zhao et al.
    2021). ``stop`` ends early, with the rows that are done.

    Raises InputError for no rows, rows that lack what the template asks for, labels that the
    verbalizer lacks and prompts past the model's limit; UnsupportedError for another kind of model.
    """
    prompt = PromptTemplate(template) if isinstance(template, str) else template
    words = verbalizer if isinstance(verbalizer, Verbalizer) else Verbalizer(verbalizer)
    table = read_rows(rows)
    truths = read_truths(table, words, settings.label)
    began = time.perf_counter()
    work = _Work(model, prompt, words, demonstrations, settings)
    calibration = None
    if calibrate:
        calibration = work.calibrate(check_inputs(content_free), table[0])
    scores: list[Scores] = []
    tokens: list[int] = []
    complete = True
    for start in range(0, len(table), BLOCK):
        if stop is not None and stop():
            complete = False
            break
        read = work.read(table[start : start + BLOCK], start, stop)
        if not read:
            complete = False
            break
        tokens.extend(len(one.before) + len(one.after) for one in read)
        found = work.scores(read, stop, _from(progress, start, len(table)))
        if found is None:
            complete = False
            del tokens[start:]
            break
        scores.append(found)
    word_scores = np.concatenate(scores) if scores else np.zeros((0, len(words.words)))
    raw = words.probabilities(word_scores)
    return PromptEvaluation(
        model=model.id,
        labels=words.labels,
        truths=truths[: len(raw)],
        word_scores=word_scores,
        raw=raw,
        probabilities=raw if calibration is None else calibration.apply(raw),
        calibration=calibration,
        tokens=np.array(tokens, dtype=np.int64),
        shared=work.shared,
        seconds=time.perf_counter() - began,
        complete=complete,
    )


def _from(progress: Progress | None, start: int, total: int) -> Callable[[int], None]:
    """Tells ``progress`` what is done of a block that begins at row ``start``."""

    def tell(done: int) -> None:
        if progress is not None:
            progress(start + done, total)

    return tell


class _Work:
    """One prompt on one model: from rows to log P of words."""

    def __init__(
        self,
        model: LanguageModel,
        template: PromptTemplate,
        verbalizer: Verbalizer,
        demonstrations: Demonstrations,
        settings: PromptSettings,
    ) -> None:
        self._model, self._template, self._verbalizer = model, template, verbalizer
        self._settings = settings
        self._choose: Callable[[Row], Sequence[Row]] = (
            demonstrations if callable(demonstrations) else lambda _row: demonstrations
        )
        self._reader = PromptReader(model, verbalizer.words, settings)
        self._scorer = ContinuationScorer(model) if model.kind == "causal" else None
        self.shared = 0

    def read(self, rows: Sequence[Row], start: int, stop: Stop | None = None) -> list[ReadPrompt]:
        """The prompts of ``rows``; what is wrong with one is told with its number.

        None of them where ``stop`` came before the last: a template may take seconds for a row.
        """
        found: list[ReadPrompt] = []
        for number, row in enumerate(rows, start=start + 1):
            if stop is not None and stop():
                return []
            try:
                found.append(self._read(row, self._choose(row)))
            except InputError as error:
                raise InputError(
                    _("Row {row:,}: {problem}").format(row=number, problem=error)
                ) from error
        if start == 0:
            self.shared = _shared(found)
        return found

    def scores(
        self, read: Sequence[ReadPrompt], stop: Stop | None, done: Callable[[int], None]
    ) -> Scores | None:
        """log P of the words after each prompt, (row, word); None where it was stopped."""
        found = np.zeros((len(read), len(self._verbalizer.words)))
        count = 0
        for places, scores in self._parts(read):
            found[places] = scores
            count += len(places)
            done(count)
            if stop is not None and stop() and count < len(read):
                return None
        return found

    def calibrate(self, inputs: tuple[str, ...], row: Row) -> Calibration:
        """What the prompt says with each of ``inputs`` in place of all that a row gives it."""
        shown = self._choose(row)
        read = [
            self._read({**row, **dict.fromkeys(self._template.variables, text)}, shown)
            for text in inputs
        ]
        found = np.zeros((len(read), len(self._verbalizer.words)))
        for places, scores in self._parts(read):
            found[places] = scores
        return Calibration(inputs=inputs, probabilities=self._verbalizer.probabilities(found))

    def _read(self, row: Row, demonstrations: Sequence[Row]) -> ReadPrompt:
        return self._reader.read(
            write_prompt(
                self._template,
                row,
                word_of=self._verbalizer.first,
                demonstrations=demonstrations,
                settings=self._settings,
            )
        )

    def _parts(self, read: Sequence[ReadPrompt]) -> Iterator[tuple[list[int], Scores]]:
        if self._scorer is None:
            return cloze_scores(self._model, read)
        asked = [Asked(ids=one.before, words=one.words) for one in read]
        return self._scorer.scores(asked)


def _shared(read: Sequence[ReadPrompt]) -> int:
    first, last = min(one.before for one in read), max(one.before for one in read)
    pairs = enumerate(zip(first, last, strict=False))
    return next((place for place, (one, other) in pairs if one != other), len(first))
