"""``study``: one network after another, each trained, scored and thrown away.

What is kept are the scores, so that a study that is stopped goes on with the network at which it
was. Of that one the checkpoint stays until then.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForMaskedLM

from core.catalogue import ensure_model
from core.models.configuration import read_config
from core.models.kinds import candidates
from core.models.loading import load_tokenizer
from core.tuning import labelled
from core.tuning.finetune.running import tune
from core.tuning.label_curve.spec import LabelCurveSpec, Start
from core.tuning.label_curve.subsets import first_examples
from core.tuning.labelled.examples import Examples
from core.tuning.labelled.floor import commonest_share
from core.tuning.outcome.intervals import wilson
from core.tuning.runs.watch import RunWatch

RESULTS: Final = "labels.json"
_PART: Final = "part-{start}-{count}"
"""A network's own folder: a kill between two must not leave the next one a checkpoint."""
_NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One network: trained on ``labels`` examples, it had ``right`` of ``count`` right.

    ``asked`` is the number of labels that the study names, above ``labels`` where there were fewer
    examples; ``loss`` is the mean −log p of the right label in nats.
    """

    start: Start
    asked: int
    labels: int
    right: int
    count: int
    loss: float

    @property
    def accuracy(self) -> float:
        """The share that was right."""
        return self.right / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson(self.right, self.count)


def study(spec: LabelCurveSpec, folder: Path, watch: RunWatch) -> None:
    """Do the study of ``spec`` in ``folder``; go on where an earlier attempt stopped.

    Steps are counted through all networks. Where the watch says stop, a checkpoint of the network
    at hand is left. Raises what a run raises.
    """
    prepared = labelled.prepare(
        spec.base.source,
        progress=lambda share, step: watch.note("preparing", {"share": share, "step": step}),
    )
    study_examples(spec, prepared.train, prepared.validation, folder, watch)


def study_examples(
    spec: LabelCurveSpec, training: Examples, held_out: Examples, folder: Path, watch: RunWatch
) -> None:
    """The study of ``spec`` on examples that are already read. See ``study``."""
    folder.mkdir(parents=True, exist_ok=True)
    done = list(read_scored(folder))
    known = {(each.start, each.asked) for each in done}
    tasks = [(start, count) for count in spec.counts for start in spec.starts]
    models = {"pretrained": spec.base.model, "nothing": str(folder / _NOTHING)}
    steps = [spec.part(start, min(count, len(training)), model="x").steps for start, count in tasks]
    watch.note("steps", sum(steps))
    watch.note("label_names", list(training.label_names))
    watch.note("guessing_loss", math.log(max(1, len(training.label_names))))
    _note_floor(training, held_out, watch)
    before = 0
    for (start, count), own in zip(tasks, steps, strict=True):
        if (start, count) not in known:
            if start == "nothing" and not (folder / _NOTHING).is_dir():
                make_untrained(spec.base.model, folder / _NOTHING, seed=spec.base.seed)
            some = first_examples(training, count, seed=spec.base.seed)
            own_folder = folder / _PART.format(start=start, count=count)
            part = spec.part(start, len(some), model=models[start])
            inner = _PartWatch(watch, before)
            tune(part, some, held_out, own_folder, inner)
            result = inner.notes.get("result")
            if not isinstance(result, dict):  # it was told to stop
                return
            done.append(_scored(start, count, len(some), result))
            _write(folder, done)
            shutil.rmtree(own_folder, ignore_errors=True)
        before += own
        watch.note("labels", [asdict(each) for each in done])
    for left in (folder / _NOTHING, *folder.glob(_PART.format(start="*", count="*"))):
        shutil.rmtree(left, ignore_errors=True)


def _scored(start: Start, asked: int, labels: int, result: Mapping[str, object]) -> Scored:
    count = int(str(result["count"]))
    accuracy = float(str(result["accuracy"]))
    return Scored(
        start=start,
        asked=asked,
        labels=labels,
        right=round(accuracy * count),
        count=count,
        loss=float(str(result["validation_loss"])),
    )


def _note_floor(training: Examples, held_out: Examples, watch: RunWatch) -> None:
    """The share of the held-out labels that always saying the commonest one gets right."""
    floor = commonest_share(training, held_out)
    if not math.isnan(floor):
        watch.note("majority", floor)


def make_untrained(model: str, folder: Path, *, seed: int) -> None:
    """Write a model like ``model`` to ``folder``, with the weights that training begins from.

    They are drawn as its configuration says, by ``seed``.
    """
    config = read_config(model, ensure_model(model))
    kind = candidates(config, ())[0].kind
    auto_class = {"masked": AutoModelForMaskedLM, "causal": AutoModelForCausalLM}
    torch.manual_seed(seed)
    network = auto_class.get(kind, AutoModel).from_config(config, dtype=torch.float32)
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    network.save_pretrained(part)
    load_tokenizer(model).tokenizer.save_pretrained(part)
    part.replace(folder)


class _PartWatch:
    """The watch of one network: its steps are counted on, its notes are its own."""

    def __init__(self, watch: RunWatch, before: int) -> None:
        self._watch, self._before = watch, before
        self.notes: dict[str, object] = {}

    def stopped(self) -> bool:
        """Whether the whole study is to end."""
        return self._watch.stopped()

    def log(self, point: Mapping[str, float]) -> None:
        """A point of the study."""
        self._watch.log({**point, "step": point["step"] + self._before})

    def note(self, name: str, value: object) -> None:
        """Keep a fact of this network."""
        self.notes[name] = value


def read_scored(folder: Path) -> tuple[Scored, ...]:
    """The networks of the study in ``folder`` that were scored so far."""
    try:
        values = json.loads((folder / RESULTS).read_text("utf-8"))
        return tuple(Scored(**each) for each in values)
    except (OSError, ValueError, TypeError):
        return ()


def _write(folder: Path, done: Sequence[Scored]) -> None:
    part = folder / f".{RESULTS}.part"
    part.write_text(json.dumps([asdict(each) for each in done], indent=1), "utf-8")
    part.replace(folder / RESULTS)
