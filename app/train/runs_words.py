"""A run in words: its state, how far it is, how long it takes, and the row of a table."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.train.runs_curves import RunCurves
from app.train.runs_facts import RunFacts
from core.language import _
from core.tuning.runs import RunRecord, RunState

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400


def state_word(state: RunState) -> str:
    """What a state is called."""
    return {
        "queued": _("waiting"),
        "running": _("running"),
        "done": _("done"),
        "stopped": _("stopped"),
        "failed": _("failed"),
        "interrupted": _("interrupted"),
    }[state]


def title(record: RunRecord) -> str:
    """How a run is named in a list: two of one name are told apart, and it stays what it is."""
    return f"{record.name} · {record.id[:4]}" if record.name else record.id


def duration(seconds: float) -> str:
    """A time in words, to the second below a minute."""
    if seconds < _MINUTE:
        return _("{count} s").format(count=max(0, round(seconds)))
    if seconds < _HOUR:
        return _("{count} min").format(count=round(seconds / _MINUTE))
    return _("{hours} h {minutes} min").format(
        hours=int(seconds // _HOUR), minutes=int(seconds % _HOUR // _MINUTE)
    )


def age(moment: datetime, now: datetime) -> str:
    """How long ago ``moment`` was; its date from two days on. Both with a time zone."""
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return _("just now")
    if seconds < _HOUR:
        return _("{count} min ago").format(count=int(seconds // _MINUTE))
    if seconds < 2 * _DAY:
        return _("{count} h ago").format(count=int(seconds // _HOUR))
    return moment.date().isoformat()


def progress(record: RunRecord, facts: RunFacts) -> str:
    """The step that it is at, and of how many where that is known."""
    if facts.steps is None:
        return f"{record.step:,}"
    return f"{record.step:,} / {facts.steps:,}"


def numbers_line(
    record: RunRecord, facts: RunFacts, curves: RunCurves, pace: float | None
) -> tuple[str, ...]:
    """The numbers of this moment, a phrase for each; ``pace`` is seconds for a step."""
    said = [_("step {step}").format(step=progress(record, facts))]
    wanted = {
        "rate": _("learning rate {value:.2e}"),
        "gradient_norm": _("gradient norm {value:.2f}"),
        "tokens": _("{value:,.0f} tokens a second"),
    }
    for name, phrase in wanted.items():
        value = curves.last(name)
        if value is not None:
            said.append(phrase.format(value=value))
    if facts.trainable is not None and facts.parameters is not None:
        said.append(
            _("{trainable:,} of {parameters:,} weights are trained").format(
                trainable=facts.trainable, parameters=facts.parameters
            )
        )
    if record.state == "running" and pace is not None and facts.steps is not None:
        left = duration(max(0, facts.steps - record.step) * pace)
        said.append(_("{time} left").format(time=left))
    elif record.state == "done" and facts.seconds is not None:
        said.append(_("took {time}").format(time=duration(facts.seconds)))
    return tuple(said)
