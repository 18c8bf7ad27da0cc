"""Wrong codes, slowed down: after a few, whoever guesses waits longer each time.

Counted by browser, and more patiently by address: a class sits behind one address.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

from core.errors import NotAllowedError
from core.language import _

FREE_BROWSER: Final = 3
"""Wrong codes of one browser that cost no wait."""
FREE_ADDRESS: Final = 30
LONGEST_WAIT: Final = 300.0
"""Seconds."""
FORGOTTEN_AFTER: Final = 900.0
"""Seconds without a wrong code, after which a guesser is forgotten."""
MOST_KEPT: Final = 10_000


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    last: float = 0.0
    open_at: float = 0.0


class Guesses:
    """Who guessed how often. Safe to use from any thread; bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def require_patience(self, browser: str, address: str) -> None:
        """Raise NotAllowedError while the browser or its address has to wait."""
        with self._lock:
            now = self._clock()
            wait = max(
                (
                    tries.open_at - now
                    for tries in map(self._tries.get, _names(browser, address))
                    if tries is not None
                ),
                default=0.0,
            )
        if wait > 0:
            raise NotAllowedError(
                _("Too many wrong codes: wait {seconds} seconds, then try again.").format(
                    seconds=ceil(wait)
                )
            )

    def note_wrong(self, browser: str, address: str) -> None:
        """A wrong code: from the fourth on, the next try waits 2, 4, 8 … seconds."""
        with self._lock:
            now = self._clock()
            free = (FREE_BROWSER, FREE_ADDRESS)
            for name, costless in zip(_names(browser, address), free, strict=True):
                tries = self._tries.pop(name, None)
                if tries is None or now - tries.last > FORGOTTEN_AFTER:
                    tries = _Tries()
                tries.wrong, tries.last = tries.wrong + 1, now
                beyond = tries.wrong - costless
                if beyond > 0:
                    tries.open_at = now + min(2.0 ** min(beyond, 20), LONGEST_WAIT)
                self._tries[name] = tries
            while len(self._tries) > MOST_KEPT:
                self._tries.popitem(last=False)

    def note_right(self, browser: str) -> None:
        """A right code: the browser starts over; its address does not, or one known code would
        open the way to guess others."""
        with self._lock:
            self._tries.pop(f"browser {browser}", None)


def _names(browser: str, address: str) -> tuple[str, str]:
    return f"browser {browser}", f"address {address}"
