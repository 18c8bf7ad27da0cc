"""A run and the pages beside it: what each costs the other, and opening a long run."""

from __future__ import annotations

import itertools
import os
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import psutil
from playwright.sync_api import Page

from benchmarks.default_run import default_run
from benchmarks.report import Table, seconds
from benchmarks.texts import text_of
from core import storage
from core.attention import capture_attention
from core.catalogue import ensure_dataset
from core.models import load_model
from core.tuning.runs import RunStore, ensure_worker
from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.processes import identify_process
from core.tuning.runs.taking import take
from tests.e2e.driving import home_with_models, open_browser, start_server, stop_server

MODEL: Final = "minilm-l6"
LONG: Final = 100_000  # steps
TOKENS: Final = 128
ROUNDS: Final = 9
OPENINGS: Final = 5
WATCHED: Final = 20.0  # seconds
SETTLED: Final = 3_000  # milliseconds
PER_SECOND: Final = 4  # steps, about twice what the default run does
_POINTS: Final = 600  # as the page draws
_NAMES: Final = ("loss", "rate", "gradient_norm", "tokens")
_CHART: Final = ".view[data-points]:not([data-points='0'])"  # the curves, with points


def measure() -> list[Table]:
    """A home with a run of 100,000 steps and one that goes on all the time."""
    with tempfile.TemporaryDirectory() as folder:
        home = home_with_models(Path(folder) / "home")
        ensure_dataset("movie-snippets")
        (home / "datasets").symlink_to(storage.datasets_folder(), target_is_directory=True)
        with RunStore(home) as store:
            long_run = _long_run(store)
            return [_opening(store, long_run), _watching(store, home, long_run), _beside(store)]


def _long_run(store: RunStore) -> str:
    """A run that is done, with a loss and three other values at every step."""
    run_id = store.submit(default_run(), owner="benchmark", name="long")
    with store.database.writing() as session:
        row = take(session, identify_process(os.getpid()))
    if row is None:
        raise RuntimeError("the run was taken by somebody else")
    attempt = RunAttempt(store.database, row)
    for first in range(1, LONG, 1_000):
        points = [
            {"step": step, **dict.fromkeys(_NAMES, 1 / step)}
            for step in range(first, first + 1_000)
        ]
        attempt.write(points, {"steps": str(LONG)})
    attempt.finish("done")
    return run_id


def _opening(store: RunStore, run_id: str) -> Table:
    def opened() -> float:
        begin = time.perf_counter()
        store.curve(run_id, points=_POINTS)
        return time.perf_counter() - begin

    def followed() -> float:
        begin = time.perf_counter()
        store.changes(run_id, batch)
        return time.perf_counter() - begin

    batch = store.curve(run_id, points=_POINTS).batch
    rows = (
        ("its four curves, pooled to 600 points each", opened),
        ("a look for what is new", followed),
    )
    return Table(
        title=f"A run of {LONG:,} steps",
        about="Read from the database. Aim: open in under a second, whatever the run's length.",
        head=("what", "taken"),
        rows=tuple(
            (name, seconds(statistics.median(read() for _time in range(OPENINGS))))
            for name, read in rows
        ),
    )


def _watching(store: RunStore, home: Path, long_run: str) -> Table:
    """What the server does for a page that shows a run, of which points come all the time."""
    server, address = start_server(home)
    try:
        with open_browser() as browser, _logged(store) as run_id:
            page = browser.new_page()
            page.set_default_timeout(120_000)
            _opened(page, f"{address}/train?tab=runs&run={run_id}")  # what is read once
            opened = _opened(page, f"{address}/train?tab=runs&run={long_run}")
            page.goto("about:blank")
            page.wait_for_timeout(SETTLED)
            closed = _share(server.pid)
            _opened(page, f"{address}/train?tab=runs&run={run_id}")
            page.wait_for_timeout(SETTLED)
            watched = _share(server.pid)
            page.close()
    finally:
        stop_server(server)
    cores = psutil.cpu_count() or 1
    return Table(
        title="The page of a run",
        about=(
            f"A page shows a run that logs {PER_SECOND} steps a second. What it costs the run is "
            "the processor time of the server with the page open, above that without, as a share "
            f"of the {cores} cores; the browser is on another machine. Aims: under 2 %, and a long "
            "run open in under a second (in a browser that was here before)."
        ),
        head=("what", "figure"),
        rows=(
            ("an open page takes of what the run could use", f"{(watched - closed) / cores:.2%}"),
            (f"the page of the run of {LONG:,} steps, until its chart is drawn", seconds(opened)),
        ),
    )


def _beside(store: RunStore) -> Table:
    """A page's answer without a run and beside one."""
    with _running(store) as worker:
        alone, beside = _answers(worker)
    return Table(
        title="A page beside a run",
        about=(
            "The default run goes on at lower priority. A page's answer is the attention of all "
            f"heads on {TOKENS} tokens, read from the built-in encoder, in turn with the run "
            "halted and going on. Aim: at most 1.5×."
        ),
        head=("without the run", "beside it", "ratio"),
        rows=((seconds(alone), seconds(beside), f"{beside / alone:.2f}×"),),
    )


@contextmanager
def _logged(store: RunStore) -> Iterator[str]:
    """A run that this process works on: points come, nothing is trained."""
    run_id = store.submit(default_run(), owner="benchmark", name="going on")
    with store.database.writing() as session:
        row = take(session, identify_process(os.getpid()))
    if row is None:
        raise RuntimeError("the run was taken by somebody else")
    attempt, over = RunAttempt(store.database, row), threading.Event()

    def log() -> None:
        for step in itertools.count(1):
            attempt.write([{"step": step, **dict.fromkeys(_NAMES, 1 / step)}], {"steps": "100000"})
            if over.wait(1 / PER_SECOND):
                return

    writer = threading.Thread(target=log)
    writer.start()
    try:
        yield run_id
    finally:
        over.set()
        writer.join()
        attempt.finish("done")


@contextmanager
def _running(store: RunStore) -> Iterator[psutil.Process]:
    """The process of a long default run that is at its steps."""
    spec = replace(default_run(), epochs=1_000, keep="last")
    run_id = store.submit(spec, owner="benchmark", name="going on")
    worker = psutil.Process(ensure_worker(store))
    try:
        while store.get(run_id).step < 2:
            time.sleep(0.2)
        yield worker
    finally:
        worker.kill()
        worker.wait(10)


def _opened(page: Page, address: str) -> float:
    """Seconds from going to the address until the chart is there."""
    begin = time.perf_counter()
    page.goto(address)
    page.locator(_CHART).first.wait_for()
    return time.perf_counter() - begin


def _share(pid: int) -> float:
    """The cores that the process and its children take, over a while."""
    taken = []
    for _end in range(2):
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        times = [process.cpu_times() for process in processes]
        taken.append(sum(each.user + each.system for each in times))
        if len(taken) == 1:
            time.sleep(WATCHED)
    return (taken[1] - taken[0]) / WATCHED


def _answers(worker: psutil.Process) -> tuple[float, float]:
    """Median seconds of an answer with the run halted, and with it going on."""
    model = load_model(MODEL, device="cpu")
    text = text_of(model, TOKENS)
    found: dict[int, list[float]] = {signal.SIGSTOP: [], signal.SIGCONT: []}
    for _round in range(ROUNDS):
        for sign, taken in found.items():
            worker.send_signal(sign)
            time.sleep(0.3)
            capture_attention(model, text)
            for _again in range(3):
                begin = time.perf_counter()
                capture_attention(model, text)
                taken.append(time.perf_counter() - begin)
    return statistics.median(found[signal.SIGSTOP]), statistics.median(found[signal.SIGCONT])
