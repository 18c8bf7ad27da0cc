"""Which device computes, in which number format, and how much memory it has.

It knows nothing of models: sizes come in as bytes or as counts of parameters.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import psutil
import torch

from core.errors import InputError
from core.language import _

_log = logging.getLogger(__name__)

DEVICES: Final = ("cuda", "mps", "cpu")
FLOAT32_PARAMETERS: Final = 1_000_000_000
"""Up to this many parameters a model is inspected in float32, so that figures repeat elsewhere."""

# What a container may use and what it uses, in version 2 and version 1 of control groups.
_CONTAINER_LIMITS: Final = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryReport:
    """The memory of one device, in bytes."""

    device: str
    name: str
    total: int
    free: int
    used: int


def choose_device(prefer: str | torch.device | None = None) -> torch.device:
    """The device named by ``prefer``, or the best there is: CUDA, then MPS, then the CPU.

    Raises InputError for a name that is none and for a device that this machine lacks.
    """
    if prefer is None:
        return torch.device(next(name for name in DEVICES if _count(name)))
    try:
        device = torch.device(prefer)
    except (RuntimeError, TypeError):
        device = None
    if device is None or device.type not in DEVICES:
        raise InputError(
            _("There is no device called “{name}”: choose cuda, mps or cpu.").format(name=prefer)
        )
    if (device.index or 0) >= _count(device.type):
        raise InputError(
            _("This machine has no device “{name}”: choose {present}.").format(
                name=prefer, present=", ".join(name for name in DEVICES if _count(name))
            )
        )
    return device


def _count(kind: str) -> int:
    if kind == "cuda":
        return torch.cuda.device_count() if cuda_computes() else 0
    if kind == "mps":
        return int(torch.backends.mps.is_available())
    return 1


def cuda_computes() -> bool:
    """Whether there is a GPU to compute with: torch sees cards that it has no code for, too."""
    return torch.cuda.is_available() and _cuda_has_code()


@cache
def _cuda_has_code() -> bool:
    try:
        return bool((torch.zeros(1, device="cuda") + 1).item() == 1)
    except torch.cuda.OutOfMemoryError:  # full, but it would
        return True
    except (RuntimeError, AssertionError) as error:
        _log.warning("the GPU is left alone, the CPU computes: %s", str(error).partition("\n")[0])
        return False


def choose_dtype(parameters: int) -> torch.dtype:
    """float32 for a model of up to a billion parameters, bfloat16 above."""
    return torch.float32 if parameters <= FLOAT32_PARAMETERS else torch.bfloat16


def memory_report(device: str | torch.device | None = None) -> MemoryReport:
    """Name, total, free and used memory of ``device`` (the chosen one by default)."""
    place = choose_device(device)
    if place.type == "cuda":
        free, total = torch.cuda.mem_get_info(place)
        # Blocks that torch holds and nothing uses are as good as free.
        idle = torch.cuda.memory_reserved(place) - torch.cuda.memory_allocated(place)
        name, free = torch.cuda.get_device_name(place), min(total, free + idle)
    else:
        free, total = _main_memory()
        name = "MPS" if place.type == "mps" else "CPU"
    return MemoryReport(device=str(place), name=name, total=total, free=free, used=total - free)


def available_memory(device: str | torch.device | None = None) -> int:
    """The bytes that can still be used on ``device``; on the CPU, a container's limit counts."""
    return memory_report(device).free


def _main_memory() -> tuple[int, int]:
    """Free and total bytes of main memory, or of the container's part of it if that is less."""
    memory = psutil.virtual_memory()
    free, total = int(memory.available), int(memory.total)
    for limit_file, usage_file in _CONTAINER_LIMITS:
        limit, usage = _number(limit_file), _number(usage_file)
        if limit is not None and usage is not None and limit < total:
            used = max(0, usage - _file_cache(usage_file.with_name("memory.stat")))
            return max(0, min(free, limit - used)), limit
    return free, total


def _file_cache(stat_file: Path) -> int:
    """Bytes of files kept in memory, which give way: after a fetch they may be most of the usage.

    Version 1 of control groups counts those of inner groups in numbers that begin with ``total_``.
    """
    try:
        lines = [line.split() for line in stat_file.read_text().splitlines()]
        numbers = {line[0]: int(line[1]) for line in lines if len(line) == 2}
    except (OSError, ValueError):
        return 0
    names = ("inactive_file", "active_file")
    return sum(numbers.get(f"total_{name}", numbers.get(name, 0)) for name in names)


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # no such file here, or the word "max"
        return None


def release_memory() -> None:
    """Give memory that nothing uses any more back to the device."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def human_size(count: int) -> str:
    """``count`` bytes as people read it: ``46 KB``, ``538 MB``, ``1.4 GB``; 1 GB is 10⁹ bytes."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1e6 or not count else f"{count / 1e3:.0f} KB"
