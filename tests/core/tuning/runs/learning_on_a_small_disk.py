"""Fine-tuning on a disk that something else fills, then again when that is gone."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

from core.tuning.finetune import RunSpec
from core.tuning.runs import RunStore
from core.tuning.worker import work

LEFT = 500_000  # bytes for the run: less than its first checkpoint takes

home = Path(sys.argv[1])
with RunStore(home) as store:
    run = store.submit(RunSpec.from_json(Path(sys.argv[2]).read_text()), owner="me", device="cpu")
    other = home / "other"
    with other.open("wb", buffering=0) as file:
        while (free := shutil.disk_usage(home).free) > LEFT:
            file.write(bytes(min(65_536, free - LEFT + 1)))
    work(store, threading.Event())
    ends = [store.get(run).state, store.get(run).message]
    other.unlink()
    store.resume(run)
    work(store, threading.Event())
    ends += [store.get(run).state, " ".join(str(int(p["step"])) for p in store.metrics(run))]
sys.stdout.write("\n".join(ends))
