"""A worker that knows toy kinds of run besides the real ones; started by the tests as a process."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from pathlib import Path

from core.errors import InputError
from core.language import current_language
from core.tuning import worker
from core.tuning.runs import RunKind, RunWatch, register


def loss_at(step: int) -> float:
    return 1 / step


def count(spec: str, folder: Path, watch: RunWatch) -> None:
    """Add the numbers up to ``steps``; a checkpoint after each ``save_every``, slow to write."""
    values = {"steps": 5, "pause": 0.0, "save_every": 1, "save_seconds": 0.0} | json.loads(spec)
    saved = folder / "state.json"
    state = json.loads(saved.read_text()) if saved.exists() else {"step": 0, "sum": 0}
    watch.note("pid", os.getpid())
    watch.note("language", current_language())
    watch.note("started at", state["step"])
    while state["step"] < values["steps"] and not watch.stopped():
        step = state["step"] + 1
        state = {"step": step, "sum": state["sum"] + step}
        watch.log({"step": step, "loss": loss_at(step), "rate": 0.1})
        time.sleep(values["pause"])
        if step % values["save_every"] == 0:
            _save(state, saved, values["save_seconds"])
    _save(state, saved, 0)
    watch.note("sum", state["sum"])


def _save(state: dict[str, int], saved: Path, seconds: float) -> None:
    text = json.dumps(state)
    part = saved.with_suffix(".part")
    with part.open("w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        time.sleep(seconds)
        file.write(text[len(text) // 2 :])
    part.replace(saved)


def fail(spec: str, folder: Path, watch: RunWatch) -> None:
    """Raise what the spec names."""
    match json.loads(spec)["error"]:
        case "input":
            raise InputError("Row 3 has no label: fill it in.")
        case "fault":
            raise ZeroDivisionError("secret detail")
        case "disk":
            with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
                full.write(b"x")
        case "memory":
            try:
                bytearray(2**62)
            except MemoryError as error:
                raise RuntimeError("the step failed") from error
        case "torch":
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 12")
        case "errno":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fill(spec: str, folder: Path, watch: RunWatch) -> None:
    """Write until the disk is full, or just end when there is a file that says so."""
    if (folder / "there is room").exists():
        return
    with (folder / "weights").open("wb", buffering=0) as file:
        for step in range(1, 10**6):
            watch.log({"step": step, "loss": 1.0})
            while (written := file.write(bytes(4096))) == 4096:
                pass
            file.write(bytes(written))  # says why it did not fit


for name, work in {"count": count, "fail": fail, "fill": fill}.items():
    register(name, RunKind(work=work, memory_settings=("batch", "max_tokens")))

if __name__ == "__main__":
    sys.exit(worker.main())
