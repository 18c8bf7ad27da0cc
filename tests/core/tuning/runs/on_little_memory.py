"""Fine-tuning in a process that may take little more memory: each run follows the advice of the
one that failed before it, and how they end is printed."""

from __future__ import annotations

import dataclasses
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
spec = RunSpec.from_json(Path(sys.argv[2]).read_text())
lines = []
with RunStore(Path(sys.argv[1])) as store:
    limit = psutil.Process().memory_info().vms + MORE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for _try in range(TRIES):
        run = store.submit(spec, owner="me", device="cpu")
        work(store, threading.Event())
        found = store.get(run)
        lines.append(f"{found.state}: {found.message}")
        advice = re.search(r"batch lowered from \d+ to (\d+)", found.message)
        if advice is None:
            break
        spec = dataclasses.replace(spec, batch=int(advice[1]))
sys.stdout.write("\n".join(lines))
