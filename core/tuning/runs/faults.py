"""Why a run ended, as one sentence with the remedy.

Knows the faults of machines (memory, disk) and that settings of a spec can be lowered; not what
any kind of run does.
"""

from __future__ import annotations

import errno
import json
import logging
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import HeadlightError
from core.language import _
from core.memory_faults import is_memory_fault

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL_TEXTS: Final = ("no space left on device", "os error 28", "database or disk is full")
_NEARLY_FULL: Final = 1_000_000  # libraries in other languages do not say why a write failed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The sentence, and whether memory ran out: a process in which it did is best left."""

    message: str
    memory: bool = False


def explain(error: Exception, *, spec: str, settings: Sequence[str], folder: Path) -> Fault:
    """What ``error``, raised by a run of ``spec``, means for people.

    ``settings`` are those of the spec that take less memory when lowered; ``folder`` is the run's.
    What is not known is logged whole, under a reference that the sentence names.
    """
    causes = tuple(_causes(error))
    memory = any(is_memory_fault(each) for each in causes)
    if isinstance(error, HeadlightError):
        return Fault(message=str(error), memory=memory)
    _log.error("the run ended with an error", exc_info=error)
    if memory:
        return Fault(message=memory_sentence(spec, settings), memory=True)
    free = _free_bytes(folder)
    if any(_is_full(each) for each in causes) or free < _NEARLY_FULL:
        sentence = _(
            "The disk is full, {free} MB are left: delete old runs or models, then resume this run."
        )
        return Fault(message=sentence.format(free=free // 1_000_000))
    reference = secrets.token_hex(3).upper()
    _log.error("Reference %s", reference)
    sentence = _(
        "Something went wrong in this run. Resume it; its log has the details under {reference}."
    )
    return Fault(message=sentence.format(reference=reference))


def memory_sentence(spec: str, settings: Sequence[str]) -> str:
    """That memory ran out, and which of ``settings`` to lower to what."""
    for name in settings:
        value = _find(spec, name)
        if value is not None and value > 1:
            return _(
                "Memory ran out: start it again with {setting} lowered from {value} to {lower}."
            ).format(setting=name, value=value, lower=value // 2)
    return _("Memory ran out: start it again with a smaller model, or close other programs.")


def _find(spec: str, name: str) -> int | None:
    """The whole number called ``name`` in a spec or in one of its parts."""
    values = json.loads(spec)
    parts = [values, *(part for part in values.values() if isinstance(part, dict))]
    found = (part.get(name) for part in parts)
    return next((value for value in found if isinstance(value, int)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode == sqlite3.SQLITE_FULL
    return any(each in str(error).lower() for each in _FULL_TEXTS)


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
