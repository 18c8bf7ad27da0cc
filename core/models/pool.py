"""The models that all sessions share, within a limit of memory.

The least recently used model leaves first, and never one that somebody is using. Two who ask for
the same model wait for one loading of it.
"""

from __future__ import annotations

import gc
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from core.device import human_size, release_memory
from core.errors import HeadlightError, ModelError, TooLargeError
from core.language import _
from core.models.language_model import LanguageModel
from core.models.loading import load_model, model_size
from core.products import rearranged_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledModel:
    """One loaded model: ``in_use`` counts leases, ``last_used`` is in seconds since 1970."""

    id: str
    nbytes: int
    device: torch.device
    dtype: torch.dtype
    in_use: int
    last_used: float


class _Place:
    """A place in the pool, taken from the moment that loading begins."""

    def __init__(self) -> None:
        self.model: LanguageModel | None = None
        self.error: BaseException | None = None
        self.nbytes = 0
        self.leases = 0
        self.turn = 0  # grows with every use
        self.last_used = 0.0

    @property
    def besides(self) -> int:
        """Bytes that the model keeps besides its own, of weights arranged for several sessions."""
        return 0 if self.model is None else rearranged_bytes(self.model.network)


class ModelPool:
    """Models within ``limit_bytes``; safe to use from any thread.

    ``left`` is told the id of each model that goes, so that what others keep of it goes too.
    """

    def __init__(
        self,
        limit_bytes: int,
        *,
        load: Callable[[str], LanguageModel] = load_model,
        measure: Callable[[str], int] = model_size,
        left: Callable[[str], None] = lambda _model_id: None,
    ) -> None:
        self.limit_bytes = limit_bytes
        self._load = load
        self._left = left
        self._measure = measure
        self._places: dict[str, _Place] = {}
        self._turns = itertools.count(1)
        self._changed = threading.Condition()

    @contextmanager
    def lease(self, model_id: str) -> Iterator[LanguageModel]:
        """The model, loaded where needed; it stays in memory at least until the block ends.

        Raises what ``load_model`` raises, and TooLargeError where the models in use leave no room.
        """
        place, model = self._take(model_id)
        try:
            yield model
        finally:
            with self._changed:
                place.leases -= 1
                self._touch(place)
                self._changed.notify_all()

    def loaded(self) -> tuple[PooledModel, ...]:
        """The loaded models, the most recently used first."""
        with self._changed:
            present = [place for place in self._places.values() if place.model is not None]
            present.sort(key=lambda place: -place.turn)
            return tuple(
                PooledModel(
                    id=place.model.id,
                    nbytes=place.nbytes + place.besides,
                    device=place.model.device,
                    dtype=place.model.dtype,
                    in_use=place.leases,
                    last_used=place.last_used,
                )
                for place in present
                if place.model is not None
            )

    def unload(self, model_id: str) -> bool:
        """Let the model go; False where it is not loaded. ModelError while somebody uses it."""
        with self._changed:
            place = self._places.get(model_id)
            if place is None:
                return False
            if place.leases or place.model is None:
                raise ModelError(
                    _("{id} is in use: unload it when nobody computes with it.").format(id=model_id)
                )
            del self._places[model_id]
            place.model = None
        self._left(model_id)
        _collect()
        return True

    def _take(self, model_id: str) -> tuple[_Place, LanguageModel]:
        while True:
            with self._changed:
                place = self._places.get(model_id)
                mine = place is None
                if place is None:
                    place = self._places[model_id] = _Place()
                place.leases += 1
                self._touch(place)
                while not mine and place.model is None and place.error is None:
                    self._changed.wait()
                if place.model is not None:
                    return place, place.model
                if isinstance(place.error, Exception):
                    raise _again(place.error)
            if mine:
                return place, self._fill(model_id, place)
            # Who loaded went away meanwhile, which is no fault of the model: it is loaded here.

    def _fill(self, model_id: str, place: _Place) -> LanguageModel:
        """Load into ``place``; a failure leaves the pool as it was and is told to all who wait."""
        try:
            needed = self._measure(model_id)
            self._make_room(model_id, place, needed)
            try:
                model = self._load(model_id)
            except TooLargeError:
                # The machine has less left than the limit allows: try once with nothing idle.
                if not self._drop_idle(lambda: False):
                    raise
                model = self._load(model_id)
        except BaseException as error:
            with self._changed:
                place.error = error
                if self._places.get(model_id) is place:
                    del self._places[model_id]
                self._changed.notify_all()
            _collect()
            raise
        with self._changed:
            place.model, place.nbytes = model, model.nbytes
            self._touch(place)
            self._changed.notify_all()
        return model

    def _make_room(self, model_id: str, place: _Place, needed: int) -> None:
        """Let idle models go until ``needed`` bytes fit, and take them for ``place``."""

        def enough() -> bool:
            return self._taken() + needed <= self.limit_bytes

        with self._changed:
            busy = [other for other in self._places.values() if not self._idle(other)]
            held = sum(other.nbytes + other.besides for other in busy)
            if held + needed > self.limit_bytes:
                raise TooLargeError(
                    _(
                        "{id} needs {needed}; of the {limit} for models {held} are in use: try "
                        "again later or choose a smaller model."
                    ).format(
                        id=model_id,
                        needed=human_size(needed),
                        limit=human_size(self.limit_bytes),
                        held=human_size(held),
                    )
                )
            gone = self._drop_idle(enough, collect=False)
            place.nbytes = needed
        if gone:
            _collect()

    def _drop_idle(self, enough: Callable[[], bool], *, collect: bool = True) -> bool:
        """Drop idle models, the least recently used first, until ``enough``; whether any went."""
        gone = False
        with self._changed:
            idle = [(place.turn, name) for name, place in self._places.items() if self._idle(place)]
            for _turn, name in sorted(idle):
                if enough():
                    break
                self._places.pop(name).model = None
                self._left(name)
                gone = True
        if gone and collect:
            _collect()
        return gone

    @staticmethod
    def _idle(place: _Place) -> bool:
        return place.leases == 0 and place.model is not None

    def _taken(self) -> int:
        return sum(place.nbytes + place.besides for place in self._places.values())

    def _touch(self, place: _Place) -> None:
        place.turn = next(self._turns)
        place.last_used = time.time()


def _again(error: BaseException) -> BaseException:
    """The error of the one who loaded, for the others who waited."""
    if isinstance(error, HeadlightError):
        return type(error)(*error.args)
    return RuntimeError(f"loading failed in another session: {error}")


def _collect() -> None:
    """Give the memory of models that left back: a network is full of reference cycles."""
    gc.collect()
    release_memory()
