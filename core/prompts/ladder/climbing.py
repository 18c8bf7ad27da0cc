"""``climb``: one method after another on the same rows, each scored on the same test rows.

What a rung took is the time of its search or its training, without that of the scoring. A ladder
that is stopped goes on with the rung at which it was.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import InputError
from core.language import _
from core.prompts.demonstrations import pick_demonstrations
from core.prompts.evaluation import evaluate_prompt
from core.prompts.ladder.rungs import Rung, read_rungs, write_rungs
from core.prompts.ladder.spec import METHODS, TUNED, LadderMethod, LadderSpec
from core.prompts.search.candidates import Candidate, try_out
from core.prompts.search.kept import CANDIDATES, Lines, Thoughts, read_candidates, write_candidate
from core.prompts.search.scoring import PromptScorer, scored
from core.prompts.search.searching import labelled_rows
from core.prompts.search.triggers import propose_triggers
from core.prompts.table import PromptTable, read_table
from core.prompts.template import Row
from core.prompts.verbalizer import Verbalizer
from core.prompts.writing import LABEL
from core.tuning.finetune.running import tune
from core.tuning.labelled.examples import Examples
from core.tuning.runs.watch import RunWatch

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_PART: Final = "part"
_SEARCHED_ROWS: Final = 200


def climb(spec: LadderSpec, folder: Path, watch: RunWatch) -> None:
    """Measure the ladder of ``spec`` in ``folder``; go on where an earlier attempt stopped."""
    watch.note("preparing", {"share": 0.0, "step": _("Reading the rows")})
    table = read_table(dataset=spec.dataset, file=spec.file, label=spec.label or None)
    climb_table(spec, table, folder, watch)


def climb_table(spec: LadderSpec, table: PromptTable, folder: Path, watch: RunWatch) -> None:
    """The ladder of ``spec`` on a table that is already read. See ``climb``."""
    if not table.label:
        raise InputError(
            _("{name} has no column with labels to search by: choose one.").format(name=table.name)
        )
    folder.mkdir(parents=True, exist_ok=True)
    climber = _Climber(spec, table, folder, watch)
    rungs = list(read_rungs(folder))
    watch.note("steps", len(spec.methods))
    watch.note("rows", len(climber.rows))
    watch.note("validation_rows", len(climber.test))
    watch.note("label_names", [label for label, _word in spec.words])
    for number, method in enumerate(spec.methods, 1):
        rung = next((each for each in rungs if each.method == method), None)
        if rung is None:
            if watch.stopped():
                return
            watch.note("at", method)
            rung = climber.climb(method)
            if rung is None:
                return
            rungs = sorted([*rungs, rung], key=lambda each: METHODS.index(each.method))
            write_rungs(folder, rungs)
        watch.log({"step": number, "accuracy": rung.accuracy})


class _Climber:
    """The rows of a ladder, and its model while prompts are asked."""

    def __init__(self, spec: LadderSpec, table: PromptTable, folder: Path, watch: RunWatch) -> None:
        self._spec, self._folder, self._watch, self._text = spec, folder, watch, table.text
        self.rows = labelled_rows(table, "examples", spec.labels, seed=spec.seed)
        self.test = labelled_rows(table, "test", spec.test, seed=spec.seed)
        self._words = Verbalizer(dict(spec.words))
        self._loaded: LanguageModel | None = None

    def climb(self, method: LadderMethod) -> Rung | None:
        """The rung of ``method``; None where it was told to stop."""
        if method == "floor":
            return self._floor()
        if method in TUNED:
            self._loaded = None
            return self._tuned(method)
        if method == "searched":
            return self._searched()
        shown: Sequence[Row] = ()
        if method == "few-shot":
            shown = pick_demonstrations(
                self.rows, self._spec.shots, how="balanced", seed=self._spec.seed
            )
        return self._asked(
            method,
            self._spec.template,
            shown=shown,
            calibrate=method == "calibrated",
            labels=len(shown),
        )

    def _floor(self) -> Rung:
        """The rung of whoever has read nothing but the labels, and says the commonest."""
        commonest = Counter(str(row[LABEL]) for row in self.rows).most_common(1)[0][0]
        return Rung(
            method="floor",
            right=sum(str(row[LABEL]) == commonest for row in self.test),
            count=len(self.test),
            seconds=0.0,
            labels=len(self.rows),
            trainable=0,
        )

    def _asked(
        self,
        method: LadderMethod,
        template: str,
        *,
        shown: Sequence[Row] = (),
        calibrate: bool = False,
        labels: int = 0,
        seconds: float = 0.0,
    ) -> Rung | None:
        """The rung of a prompt."""
        found = evaluate_prompt(
            self._model,
            template,
            self.test,
            verbalizer=self._words,
            demonstrations=shown,
            calibrate=calibrate,
            stop=self._watch.stopped,
        )
        if not found.complete:
            return None
        score = scored(found)
        return Rung(
            method=method,
            right=score.right,
            count=score.count,
            seconds=seconds,
            labels=labels,
            trainable=0,
            template=template,
            words=self._spec.words,
            calibrate=calibrate,
            demonstrations=tuple(
                tuple((str(name), str(value)) for name, value in row.items()) for row in shown
            ),
        )

    def _searched(self) -> Rung | None:
        """The best of the trigger words that were tried on the labelled rows."""
        folder = self._folder / "search"
        folder.mkdir(exist_ok=True)
        kept = read_candidates(folder)
        known = {candidate.template: candidate.score for candidate, _apart in kept}
        lines = Lines(folder / CANDIDATES)
        rows = self.rows[:_SEARCHED_ROWS]
        search = self._spec.search(len(rows))
        thoughts = Thoughts(folder)
        proposals = propose_triggers(
            self._model,
            search.template,
            rows,
            verbalizer=self._words,
            candidates=search.candidates,
            batch=search.batch,
            seed=search.seed,
            thoughts=thoughts,
        )
        score = PromptScorer(self._model, rows, self._words, stop=self._watch.stopped)
        best: Candidate | None = None
        tried, started = 0, time.perf_counter()
        seconds = 0.0  # of this attempt and of those before
        for candidate in try_out(proposals, score, tries=search.tries, known=known):
            tried = candidate.number
            name = f"seconds {candidate.number}"
            if candidate.template not in known:
                write_candidate(lines, candidate, None)
                thoughts.keep(name, time.perf_counter() - started)
            started = time.perf_counter()
            seconds += float(str(thoughts.get(name) or 0.0))
            if best is None or candidate.score.merit > best.score.merit:
                best = candidate
        if best is None or tried < search.tries:
            return None
        return self._asked("searched", best.template, labels=len(rows), seconds=seconds)

    def _tuned(self, method: LadderMethod) -> Rung | None:
        """The rung of a fine-tuning, whose network is thrown away."""
        spec = self._spec.run(method, text=self._text)
        watch = _TimedWatch(self._watch)
        part = self._folder / _PART
        tune(spec, self._examples(self.rows), self._examples(self.test), part, watch)
        result = watch.notes.get("result")
        if not isinstance(result, dict):  # it was told to stop
            return None
        shutil.rmtree(part, ignore_errors=True)
        count = int(str(result["count"]))
        return Rung(
            method=method,
            right=round(float(str(result["accuracy"])) * count),
            count=count,
            seconds=watch.seconds,
            labels=len(self.rows),
            trainable=int(str(watch.notes["trainable"])),
            template=self._spec.template if spec.by_pattern else "",
            words=self._spec.words if spec.by_pattern else (),
            spec=spec.to_json(),
        )

    def _examples(self, rows: Sequence[Row]) -> Examples:
        names = self._words.labels
        return Examples(
            kind="classification",
            texts=tuple(str(row[self._text]) for row in rows),
            labels=tuple(names.index(str(row[LABEL])) for row in rows),
            label_names=names,
        )

    @property
    def _model(self) -> LanguageModel:
        from core.models import load_model

        if self._loaded is None:
            self._loaded = load_model(self._spec.model)
        return self._loaded


class _TimedWatch:
    """The watch of one rung: it knows how long the steps took, without what is scored at the end.

    Steps that it did not see to their end, the last one and those of an earlier attempt, are taken
    to be as long as the others.
    """

    def __init__(self, watch: RunWatch) -> None:
        self._watch = watch
        self._times = [time.perf_counter()]
        self.notes: dict[str, object] = {}

    @property
    def seconds(self) -> float:
        """The time of all steps of the rung."""
        seen = self._times[:-1] if len(self._times) > 2 else self._times
        each = (seen[-1] - seen[0]) / max(1, len(seen) - 1)
        return each * int(str(self.notes.get("steps", len(self._times) - 1)))

    def stopped(self) -> bool:
        """Whether the whole ladder is to end; asked after each step."""
        self._times.append(time.perf_counter())
        return self._watch.stopped()

    def log(self, point: Mapping[str, float]) -> None:
        """Points of one rung are not those of the ladder."""

    def note(self, name: str, value: object) -> None:
        """Keep a fact of this rung."""
        if name == "started":  # the network is built, the rows are read
            self._times = [time.perf_counter()]
        self.notes[name] = value
