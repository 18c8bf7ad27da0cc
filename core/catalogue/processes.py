"""A child process that reports by lines and never outlives the call that started it.

Knows nothing of what the child does. The child is given a pipe as its standard input, so that a
child of ours can notice (by its end) that the parent was killed.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

import psutil

TICK: Final = 0.2  # seconds between two calls of ``on_tick`` while the child says nothing
PATIENCE: Final = 2.0  # seconds a child gets to end after being asked


def run_child(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
    on_tick: Callable[[], None],
    folder: Path | None = None,
) -> int:
    """Run ``command`` in ``folder``, give its lines to ``on_line``, return its exit status.

    ``on_tick`` is called at least every ``TICK`` seconds. Whatever either of them raises ends the
    child and everything the child started, and is raised again.
    """
    child = subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    lines: queue.Queue[str | None] = queue.Queue()
    assert child.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    reader = threading.Thread(target=_read, args=(child.stdout, lines), daemon=True)
    reader.start()
    try:
        _listen(lines, on_line, on_tick)
        return child.wait()
    finally:
        _end(child)
        reader.join(PATIENCE)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _read(pipe: IO[str], lines: queue.Queue[str | None]) -> None:
    with contextlib.suppress(ValueError):  # closed under our hands when the child was ended
        for line in pipe:
            lines.put(line.rstrip())
    lines.put(None)


def _listen(
    lines: queue.Queue[str | None], on_line: Callable[[str], None], on_tick: Callable[[], None]
) -> None:
    while True:
        try:
            line = lines.get(timeout=TICK)
        except queue.Empty:
            on_tick()
            continue
        if line is None:
            return
        on_line(line)
        on_tick()


def _end(child: subprocess.Popen[str]) -> None:
    """End the child and everything it started: asked first, then made to."""
    if child.poll() is not None:
        return
    try:
        parent = psutil.Process(child.pid)
        family = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        return
    for ask in (psutil.Process.terminate, psutil.Process.kill):
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                ask(process)
        _gone, family = psutil.wait_procs(family, timeout=PATIENCE)
    child.wait()
