"""The steps of a beam search as the nodes of a tree: one for each continuation considered.

Nothing is drawn here, and nothing computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from components.views.beam_tree import BeamNode, State
from core.generation import Beam, BeamStep, Path, Reason
from core.language import _
from core.tokens import PART_OF_CHARACTER


@dataclass(frozen=True, slots=True)
class Considered:
    """A continuation that the search considered; ``reason`` is "" while it is kept."""

    beam: Beam
    reason: Reason | Literal[""] = ""


def considered(steps: Sequence[BeamStep]) -> dict[Path, Considered]:
    """All that ``steps`` considered, by its tokens, with what had become of it after the last.

    In the order in which it came up; within a step what was kept first, then what was dropped, the
    best of each first.
    """
    found: dict[Path, Considered] = {}
    for step in steps:
        dropped = sorted(step.dropped, key=lambda one: -one.beam.score)
        for beam in step.beams:
            found[beam.token_ids] = Considered(beam)
        for one in dropped:
            found[one.beam.token_ids] = Considered(one.beam, one.reason)
    return found


def beam_nodes(steps: Sequence[BeamStep], labels: Mapping[int, str]) -> list[BeamNode]:
    """A node for each of ``considered(steps)``, in its order; ``labels`` say what tokens are."""
    found = considered(steps)
    places = {path: place for place, path in enumerate(found)}
    winner = steps[-1].winner if steps else None
    return [
        BeamNode(
            text=_added(one.beam, found) or labels[one.beam.token_id],
            parent=places.get(path[:-1]),
            step=len(path),
            log_probability=one.beam.log_probability,
            score=one.beam.score,
            state=_state(one, winner),
            reason=reason_words(one) if one.reason else ending_words(one.beam),
        )
        for path, one in found.items()
    ]


def texts(found: Mapping[Path, Considered], labels: Mapping[int, str]) -> dict[Path, str]:
    """What each of ``considered`` says; a sign at its end stands for a part of a character."""
    return {path: one.beam.text + _part(one.beam, found, labels) for path, one in found.items()}


def reason_words(one: Considered) -> str:
    """Why it was dropped."""
    if one.reason == "ended below" and one.beam.ending == "end":
        return _("it ended, but was not among the best of its step")
    if one.reason in {"below", "ended below"}:
        return _("enough others scored higher")
    if one.reason == "displaced":
        return _("it had ended, and enough better ones have")
    return _("the search was over, and it had not ended")


def ending_words(beam: Beam) -> str:
    """How it ended; nothing while it is open."""
    if beam.ending == "end":
        return _("by its end token")
    return _("at the limit") if beam.ending == "limit" else ""


def _state(one: Considered, winner: Beam | None) -> State:
    if one.reason:
        return "dropped"
    if winner is not None and one.beam.token_ids == winner.token_ids:
        return "winner"
    return "finished" if one.beam.finished else "kept"


def _added(beam: Beam, found: Mapping[Path, Considered]) -> str:
    """What became readable with its last token: nothing of a part of a character."""
    before = found.get(beam.token_ids[:-1])
    known = before.beam.text if before is not None else ""
    return beam.text.removeprefix(known) if beam.text.startswith(known) else ""


def _part(beam: Beam, found: Mapping[Path, Considered], labels: Mapping[int, str]) -> str:
    waits = labels[beam.token_id] == PART_OF_CHARACTER and not _added(beam, found)
    return PART_OF_CHARACTER if waits else ""
