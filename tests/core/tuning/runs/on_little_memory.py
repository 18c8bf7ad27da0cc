"""Fine-tuning in processes that may take little more memory: each run follows the advice of the
one that failed before it, and how they end is printed."""

from __future__ import annotations

import dataclasses
import multiprocessing
import re
import resource
import sys
import threading
from pathlib import Path

import psutil

from core.tuning.finetune import RunSpec
from core.tuning.finetune.training import train
from core.tuning.runs import RunStore
from core.tuning.worker import work

MORE = 400_000_000  # bytes above what the process has with everything imported
TRIES = 8

assert train


def run(spec: RunSpec) -> str:
    limit = psutil.Process().memory_info().vms + MORE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with RunStore(Path(sys.argv[1])) as store:
        name = store.submit(spec, owner="me", device="cpu")
        work(store, threading.Event())
        found = store.get(name)
    return f"{found.state}: {found.message}"


spec = RunSpec.from_json(Path(sys.argv[2]).read_text())
lines = []
# A process of its own for each, as after a run that memory ran out in.
with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as processes:
    for _try in range(TRIES):
        lines.append(processes.apply(run, (spec,)))
        advice = re.search(r"batch lowered from \d+ to (\d+)", lines[-1])
        if advice is None:
            break
        spec = dataclasses.replace(spec, batch=int(advice[1]))
sys.stdout.write("\n".join(lines))
