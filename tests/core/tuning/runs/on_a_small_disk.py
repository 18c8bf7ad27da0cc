"""A run that fills the disk it is on, then goes on when there is room: how it ends is printed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from core.tuning.runs import RunStore
from core.tuning.worker import work
from tests.core.tuning.runs import toy_worker

assert toy_worker.fill
with RunStore(Path(sys.argv[1])) as store:
    run = store.enqueue("fill", "{}", owner="me", device="cpu")
    work(store, threading.Event())
    ends = [store.get(run).state, store.get(run).message]
    (store.get(run).folder / "weights").unlink()
    (store.get(run).folder / "there is room").touch()
    store.resume(run)
    work(store, threading.Event())
    ends.append(store.get(run).state)
sys.stdout.write("\n".join(ends))
