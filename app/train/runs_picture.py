"""Which of a run's curves are drawn, what they are called, and what they are measured against."""

from __future__ import annotations

import plotly.graph_objects as go

from app.train.runs_curves import RunCurves, Track
from app.train.runs_facts import RunFacts
from components.figures.palette import Palette
from components.figures.training import Level, Line, TrainingLines, training_curves
from core.language import _


def picture(curves: RunCurves, facts: RunFacts, mean: Track, *, palette: Palette) -> go.Figure:
    """The figure of a run; ``mean`` is its training loss smoothed."""
    return training_curves(
        _lines(curves, facts, mean),
        palette=palette,
        revision=curves.run_id,
        step_name=_("step"),
        loss_name=_("loss (nats)"),
        metric_name=_("share"),
    )


def _lines(curves: RunCurves, facts: RunFacts, mean: Track) -> TrainingLines:
    validation = curves.track("validation_loss")
    names = {"accuracy": _("validation accuracy"), "macro_f1": _("validation macro F1")}
    metrics = [_line(name, curves.track(key)) for key, name in names.items()]
    return TrainingLines(
        loss=_line(_("training loss"), curves.track("loss")),
        smoothed=_line(_("training loss, smoothed"), mean),
        validation=_line(_("validation loss"), validation) if len(validation) else None,
        metrics=tuple(line for line in metrics if line.steps.size),
        loss_levels=_loss_levels(facts),
        metric_levels=_metric_levels(facts),
    )


def _line(name: str, track: Track) -> Line:
    return Line(name=name, steps=track.steps, values=track.values)


def _loss_levels(facts: RunFacts) -> tuple[Level, ...]:
    """What one who guesses evenly among all labels or tokens pays: ln of their number."""
    if facts.guessing_loss is None:
        return ()
    name = _("guessing: {loss:.3f}").format(loss=facts.guessing_loss)
    return (Level(name=name, value=facts.guessing_loss),)


def _metric_levels(facts: RunFacts) -> tuple[Level, ...]:
    if facts.majority is None:
        return ()
    name = _("always the commonest label: {share:.3f}").format(share=facts.majority)
    return (Level(name=name, value=facts.majority),)
