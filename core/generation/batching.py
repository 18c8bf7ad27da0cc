"""Steps of several sessions put together.

Sessions that ask for a step of the same model at the same time become rows of one forward pass
(``core.generation.together``). Who asks and why is not known here; a session alone never waits.
"""

from __future__ import annotations

import inspect
import logging
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from transformers import PreTrainedModel

from core.generation.cache import Held, is_plain
from core.generation.forward import Read, read_on
from core.generation.together import NotSideBySideError, read_together

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

logger = logging.getLogger(__name__)

ROWS_AT_ONCE: Final = 16
PATIENCE: Final = 0.5
"""How long a step waits for the sessions that stepped along a moment ago, in forward passes."""
LONGEST_WAIT: Final = 0.1
"""The same, in seconds at most."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Request:
    """One session's step: the token ``new`` after those of ``held``."""

    owner: Hashable
    held: Held
    new: int
    read: Read | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        """Whether somebody computed it."""
        return self.read is not None or self.error is not None


class StepQueue:
    """The steps of one model that wait to be computed together.

    Whoever comes first computes for all that are there; the others get their results from it.
    """

    def __init__(self, *, together: bool) -> None:
        self._together = together
        self._changed = threading.Condition()
        self._waiting: list[_Request] = []
        self._busy = False
        self._served: dict[Hashable, float] = {}  # when each session last got a step
        self._pass_seconds = 0.0
        self.batches: list[int] = []
        """How many steps each of the last passes computed."""

    def step(self, model: LanguageModel, owner: Hashable, held: Held, new: int) -> Read:
        """Read the token ``new`` after those of ``held``, together with others if there are any.

        ``model`` is that of the queue, which would keep it alive if it held it.
        """
        if not self._together or not is_plain(held.cache):
            return read_on(model, held, (new,))
        request = _Request(owner=owner, held=held, new=new)
        with self._changed:
            self._waiting.append(request)
            self._changed.notify_all()
        while batch := self._turn(request):
            self._compute(model, batch)
        if request.error is not None:
            raise request.error
        if request.read is None:
            raise RuntimeError("a step was neither computed nor refused")
        return request.read

    def _turn(self, request: _Request) -> list[_Request]:
        """What this thread is to compute; nothing once ``request`` was computed, by whomever."""
        with self._changed:
            while self._busy and not request.done:
                self._changed.wait()
            if request.done:
                return []
            self._busy = True
            try:
                self._gather()
            except BaseException:
                self._waiting.remove(request)
                self._busy = False
                self._changed.notify_all()
                raise
            others = [other for other in self._waiting if other is not request]
            batch = [request, *others[: ROWS_AT_ONCE - 1]]
            self._waiting = others[ROWS_AT_ONCE - 1 :]
            return batch

    def _gather(self) -> None:
        """Wait a moment for the sessions that got a step with the last pass."""
        patience = min(PATIENCE * self._pass_seconds, LONGEST_WAIT)
        while len(self._waiting) < ROWS_AT_ONCE:
            now = time.monotonic()
            self._served = {one: at for one, at in self._served.items() if at > now - patience}
            expected = self._served.keys() - {request.owner for request in self._waiting}
            if not expected:
                return
            self._changed.wait(max(self._served[one] for one in expected) + patience - now)

    def _compute(self, model: LanguageModel, batch: list[_Request]) -> None:
        """Compute a batch and hand out what came of it."""
        start = time.perf_counter()
        try:
            self._serve(model, batch)
        finally:
            with self._changed:
                now = time.monotonic()
                self._pass_seconds = time.perf_counter() - start
                self._served |= {request.owner: now for request in batch}
                self.batches = [*self.batches[-63:], len(batch)]
                # Where this thread was interrupted, somebody else computes for the others.
                self._waiting += [request for request in batch[1:] if not request.done]
                self._busy = False
                self._changed.notify_all()

    def _serve(self, model: LanguageModel, batch: list[_Request]) -> None:
        if len(batch) > 1 and self._together:
            try:
                reads = read_together(model, [(one.held, one.new) for one in batch])
            except NotSideBySideError:
                self._together = False
            except Exception:  # whose step it is that fails, the single passes below tell
                logger.info("a batch of %d steps failed: one at a time", len(batch), exc_info=True)
            else:
                for request, read in zip(batch, reads, strict=True):
                    request.read = read
                return
        for request in batch:
            try:
                request.read = read_on(model, request.held, (request.new,))
            except Exception as error:  # noqa: BLE001 - it is raised by whose step it is
                request.error = error


_QUEUES: WeakKeyDictionary[PreTrainedModel, StepQueue] = WeakKeyDictionary()
_QUEUES_LOCK = threading.Lock()


def queue_of(model: LanguageModel) -> StepQueue:
    """The queue in which all sessions of one network meet."""
    with _QUEUES_LOCK:
        if model.network not in _QUEUES:
            _QUEUES[model.network] = StepQueue(together=_can_batch(model))
        return _QUEUES[model.network]


def _can_batch(model: LanguageModel) -> bool:
    """Whether positions can be told row by row and all attention passes the tap."""
    known = inspect.signature(model.network.forward).parameters
    return model.kind == "causal" and model.places is not None and "position_ids" in known
