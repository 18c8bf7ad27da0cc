"""Whose run is next: people take turns, whoever was served longest ago first.

Knows runs by id, owner and time only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRun:
    """A run in the queue, and since when, in seconds since 1970."""

    run_id: str
    owner: str
    queued: float


def fair_order(waiting: Iterable[WaitingRun], served: Mapping[str, float]) -> tuple[str, ...]:
    """The ids of ``waiting`` in the order in which they will be taken.

    ``served`` says when each owner's newest run was taken. Who was never served comes first; among
    equals, whose run waits longest. The runs of one owner keep the order they were queued in.
    """
    queues: dict[str, deque[WaitingRun]] = {}
    for run in sorted(waiting, key=lambda run: run.queued):
        queues.setdefault(run.owner, deque()).append(run)
    turn = {owner: served.get(owner, 0.0) for owner in queues}
    newest = max(turn.values(), default=0.0)
    order = []
    while queues:
        owner = min(queues, key=lambda each: (turn[each], queues[each][0].queued))
        order.append(queues[owner].popleft().run_id)
        newest += 1.0
        turn[owner] = newest
        if not queues[owner]:
            del queues[owner]
    return tuple(order)
