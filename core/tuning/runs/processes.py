"""Which process works on a run, and whether it is still there.

A process id alone is no name: ids are given again. Nor is a process there that was killed and that
its parent has not yet waited for.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import psutil

_SAME_START: Final = 1.0  # seconds; elsewhere than on Linux a start time moves with the clock
_GONE: Final = frozenset({psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD})
_KERNEL_COUNTS: Final = Path("/proc/vmstat")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """A process: the machine (and boot, and container) it is on, its id, and its start.

    ``started`` is in seconds since the machine was started.
    """

    machine: str
    pid: int
    started: float


def identify_process(pid: int) -> ProcessIdentity:
    """The identity of the process ``pid`` of this machine. Raises psutil.Error if it is gone."""
    return ProcessIdentity(machine=_machine(), pid=pid, started=_start_time(pid))


def is_running(process: ProcessIdentity) -> bool | None:
    """Whether ``process`` is there and no zombie; None where that cannot be seen from here."""
    if process.machine != _machine():
        return None
    try:
        if abs(_start_time(process.pid) - process.started) > _SAME_START:
            return False
        return psutil.Process(process.pid).status() not in _GONE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return None


def count_memory_kills() -> int | None:
    """How many processes the kernel ended for want of memory; None where it does not count."""
    try:
        lines = _KERNEL_COUNTS.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), None)


def _start_time(pid: int) -> float:
    """Since the machine's start, so that setting its clock changes nothing."""
    return psutil.Process(pid).create_time() - psutil.boot_time()


@cache
def _machine() -> str:
    """The same for processes that see each other's ids, another after a restart of the machine."""
    parts = [platform.node()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:  # not Linux
        pass
    return " ".join(parts)
