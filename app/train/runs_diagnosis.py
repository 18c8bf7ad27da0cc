"""What a run's curves say, in one sentence with the remedy.

Pure: a record, its facts and its curves in, words out. The rules are rules of thumb; each names
the numbers that it goes by, so that a reader can look for them in the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from app.train.runs_curves import Track
from app.train.runs_facts import RunFacts
from core.language import _
from core.tuning.outcome.intervals import wilson
from core.tuning.runs import RunRecord

Finding = Literal[
    *("waiting", "beginning", "learning", "not learning", "overfitting", "diverging"),
    *("stopping", "stopped", "interrupted", "failed", "done"),
]

TRAININGS: Final = ("fine-tune", "pretrain")
"""The kinds of run that train one network, whose curves say how it goes."""
ENOUGH_STEPS: Final = 30
"""Before them no loss says much."""
NO_BETTER: Final = 0.98
"""Of the loss of guessing: above it nothing was learned yet."""
RISEN: Final = 1.5
"""Times its lowest mean, and by ``AWAY`` nats at least: the training loss runs away."""
AWAY: Final = 0.5
WORSE: Final = 1.05
"""Times its lowest value, and by ``RISE`` nats at least: the validation loss rises."""
RISE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found, and what it means."""

    finding: Finding
    text: str


def diagnose(
    record: RunRecord, facts: RunFacts, *, loss: Track, mean: Track, validation: Track
) -> Diagnosis:
    """The state of a run. ``mean`` is the training ``loss`` smoothed."""
    if record.state == "queued":
        return Diagnosis("waiting", _waiting(record.position))
    if record.state in ("interrupted", "failed"):
        finding: Finding = "interrupted" if record.state == "interrupted" else "failed"
        return Diagnosis(finding, record.message)
    if record.state == "stopped":
        return Diagnosis("stopped", _stopped(record, facts))
    if record.state == "done":
        return Diagnosis("done", _done(facts) if record.kind in TRAININGS else _done_otherwise())
    if record.stopping:
        return Diagnosis(
            "stopping", _("Stops after this step; its checkpoint is kept, so that it can go on.")
        )
    if record.kind not in TRAININGS:
        return _working(record, facts)
    return _running(record, facts, loss=loss, mean=mean, validation=validation)


def _working(record: RunRecord, facts: RunFacts) -> Diagnosis:
    """A run of several networks or prompts, whose losses are not one curve."""
    if not record.step or facts.steps is None:
        return Diagnosis("beginning", facts.preparing or _("Begins: the data is read."))
    said = _("Works: step {step:,} of {steps:,}. The panels below show what there is already.")
    return Diagnosis("learning", said.format(step=record.step, steps=facts.steps))


def _done_otherwise() -> str:
    return _("Done: what came of it stands in the panels below.")


def _waiting(position: int) -> str:
    if position <= 1:
        return _("Next in the queue: it begins as soon as the device is free.")
    return _("Number {position} in the queue: runs take turns, one at a time on a device.").format(
        position=position
    )


def _stopped(record: RunRecord, facts: RunFacts) -> str:
    if not record.step:
        return _("Stopped before its first step. Resume queues it again.")
    if facts.steps is None:
        return _("Stopped at step {step}. Resume goes on from there.").format(step=record.step)
    return _("Stopped at step {step} of {steps}. Resume goes on from there.").format(
        step=record.step, steps=facts.steps
    )


def _done(facts: RunFacts) -> str:
    """The result, and whether it is more than the commonest label would give."""
    accuracy, count, result = facts.accuracy, facts.count, facts.result
    if "masked_accuracy" in result and "pair_accuracy" in result:
        said = _(
            "Done: {masked:.1%} of the masked words and {pairs:.1%} of the sentence pairs are "
            "right on texts that were held out; one who guesses has 50 % of the pairs."
        )
        return said.format(masked=result["masked_accuracy"], pairs=result["pair_accuracy"])
    if "exact" in result:
        said = _("Done: {exact:.1%} of the texts that were held out are written wholly right.")
        return said.format(exact=result["exact"])
    if accuracy is None or not count:
        return _("Done: the model is kept.")
    if facts.majority is None:
        said = _("Done: {accuracy:.1%} right of {count} held out.").format(
            accuracy=accuracy, count=count
        )
        perplexity = result.get("perplexity")
        more = _("The perplexity is {value:,.1f}.")
        return said if perplexity is None else f"{said} {more.format(value=perplexity)}"
    low, high = facts.interval or wilson(round(accuracy * count), count)
    said = _(
        "Done: {accuracy:.1%} right of {count} held out; the 95 % interval reaches from {low:.1%} "
        "to {high:.1%}."
    ).format(accuracy=accuracy, count=count, low=low, high=high)
    if low <= facts.majority:
        more = _(
            "Always saying the commonest label gives {majority:.1%}: this model is not surely "
            "better. Train longer or on more rows."
        )
    else:
        more = _("Always saying the commonest label gives {majority:.1%}.")
    return f"{said} {more.format(majority=facts.majority)}"


def _running(
    record: RunRecord, facts: RunFacts, *, loss: Track, mean: Track, validation: Track
) -> Diagnosis:
    if not len(loss):
        if facts.steps is None:
            return Diagnosis("beginning", facts.preparing or _("Begins: the data is read."))
        return Diagnosis("beginning", _("Begins: the first step is computed."))
    found = (
        _diverging(loss, mean)
        or _overfitting(mean, validation)
        or _not_learning(record, facts, mean)
    )
    if found:
        return found
    if record.step < ENOUGH_STEPS:
        return Diagnosis("beginning", _("The first steps: what the loss does tells little yet."))
    first, now = float(np.nanmean(mean.values[:5])), float(mean.values[-1])
    if now < first:
        said = _("Learning: the training loss fell from {first:.3f} to {now:.3f}.")
        return Diagnosis("learning", said.format(first=first, now=now))
    said = _("The training loss is {now:.3f} and has not fallen since the first steps.")
    return Diagnosis("learning", said.format(now=now))


def _diverging(loss: Track, mean: Track) -> Diagnosis | None:
    if not math.isfinite(loss.values[-1]):
        return Diagnosis(
            "diverging",
            _(
                "Diverging: the loss at step {step} is no number. Stop it, and start again with "
                "a tenth of the learning rate."
            ).format(step=int(loss.steps[-1])),
        )
    if loss.steps[-1] < ENOUGH_STEPS:
        return None
    place = int(np.nanargmin(mean.values))
    lowest, now = float(mean.values[place]), float(mean.values[-1])
    if now <= max(RISEN * lowest, lowest + AWAY):
        return None
    return Diagnosis(
        "diverging",
        _(
            "Diverging: the training loss was {lowest:.3f} at step {step} and is {now:.3f} now. "
            "Stop it, and start again with a tenth of the learning rate."
        ).format(lowest=lowest, step=int(mean.steps[place]), now=now),
    )


def _overfitting(mean: Track, validation: Track) -> Diagnosis | None:
    if len(validation) < 2 or not np.isfinite(validation.values).any():
        return None
    place = int(np.nanargmin(validation.values))
    best, now = float(validation.values[place]), float(validation.values[-1])
    step = int(validation.steps[place])
    then = float(np.interp(step, mean.steps, mean.values))
    if not now > max(WORSE * best, best + RISE) or mean.values[-1] >= then:
        return None
    return Diagnosis(
        "overfitting",
        _(
            "Overfitting: since step {step} the training loss falls on, and the validation loss "
            "rose from {best:.3f} to {now:.3f}. What it learns now holds for the training rows "
            "only: take fewer passes or more rows."
        ).format(step=step, best=best, now=now),
    )


def _not_learning(record: RunRecord, facts: RunFacts, mean: Track) -> Diagnosis | None:
    enough = max(ENOUGH_STEPS, (facts.steps or 0) // 5)
    if facts.guessing_loss is None or record.step < enough:
        return None
    if not mean.values[-1] > NO_BETTER * facts.guessing_loss:
        return None
    return Diagnosis(
        "not learning",
        _(
            "Not learning yet: after {step} steps the loss is {now:.3f}, and guessing gives "
            "{guessing:.3f}. Try a learning rate three times as high, or look whether the labels "
            "fit the texts."
        ).format(step=record.step, now=mean.values[-1], guessing=facts.guessing_loss),
    )
