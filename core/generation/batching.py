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
from dataclasses import dataclass, field
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
    """One session's step: the token ``new`` after those of ``held``.

    ``turn`` is set once the step is done, or its thread is the one that ``leads`` the next pass.
    """

    owner: Hashable
    held: Held
    new: int
    turn: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    read: Read | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        """Whether somebody computed it."""
        return self.read is not None or self.error is not None


class StepQueue:
    """The steps of one model that wait to be computed together.

    Whoever comes first leads: it computes for all that are there, and the others get their results
    from it. Each thread is woken once, since all that are awake share one interpreter.
    """

    def __init__(self, *, together: bool) -> None:
        self._together = together
        self._lock = threading.Lock()
        self._all_here = threading.Condition(self._lock)
        self._waiting: list[_Request] = []
        self._led = False  # whether somebody gathers or computes
        self._expected: set[Hashable] = set()  # the sessions that the leader waits for
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
        try:
            self._join(request)
            if request.leads:
                self._compute(model, self._batch(request))
        except BaseException:
            self._leave(request)
            raise
        if request.error is not None:
            raise request.error
        if request.read is None:
            raise RuntimeError("a step was neither computed nor refused")
        return request.read

    def _join(self, request: _Request) -> None:
        """Wait until ``request`` is done or leads."""
        with self._lock:
            self._waiting.append(request)
            self._expected.discard(request.owner)
            if not self._led:
                self._led = request.leads = True
                return
            if not self._expected or len(self._waiting) >= ROWS_AT_ONCE:
                self._all_here.notify()
        request.turn.wait()

    def _batch(self, leader: _Request) -> list[_Request]:
        """What is to be computed, after a moment for sessions that got a step a moment ago."""
        patience = min(PATIENCE * self._pass_seconds, LONGEST_WAIT)
        with self._lock:
            while len(self._waiting) < ROWS_AT_ONCE:
                now = time.monotonic()
                self._served = {one: at for one, at in self._served.items() if at > now - patience}
                self._expected = self._served.keys() - {one.owner for one in self._waiting}
                if not self._expected:
                    break
                latest = max(self._served[one] for one in self._expected)
                self._all_here.wait(latest + patience - now)
            self._expected = set()
            others = [other for other in self._waiting if other is not leader]
            self._waiting = others[ROWS_AT_ONCE - 1 :]
            return [leader, *others[: ROWS_AT_ONCE - 1]]

    def _compute(self, model: LanguageModel, batch: list[_Request]) -> None:
        """Compute a batch, hand out what came of it, and let the next lead."""
        start = time.perf_counter()
        try:
            self._serve(model, batch)
        finally:
            with self._lock:
                now = time.monotonic()
                self._pass_seconds = time.perf_counter() - start
                self._served |= {request.owner: now for request in batch}
                self.batches = [*self.batches[-63:], len(batch)]
                # Where this thread was interrupted, somebody else computes for the others.
                self._waiting = [one for one in batch[1:] if not one.done] + self._waiting
                self._pass_on()
            for request in batch[1:]:
                if request.done:
                    request.turn.set()

    def _pass_on(self) -> None:
        """Let the first that waits lead; with the lock held."""
        self._led = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].turn.set()

    def _leave(self, request: _Request) -> None:
        """Forget a request whose thread was interrupted, before or after its pass."""
        with self._lock:
            if request not in self._waiting:  # it was taken into a pass, which sees to the rest
                return
            self._waiting.remove(request)
            if request.leads:
                self._expected = set()
                self._pass_on()

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
