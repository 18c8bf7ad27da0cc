"""A run that is really done, in a store of its own, without a process for it."""

from __future__ import annotations

import os
import threading

from core.tuning.finetune.running import tune
from core.tuning.runs import RunStore
from core.tuning.runs.attempt import RunAttempt
from core.tuning.runs.folders import run_folder
from core.tuning.runs.processes import identify_process
from core.tuning.runs.recording import RecordedWatch
from core.tuning.runs.taking import take


def finish_run(spec, training, held_out, *, name="a run", state="done"):
    """Do the run of ``spec`` in the store of ``HEADLIGHT_HOME``; its id."""
    with RunStore() as store:
        run_id = store.submit(spec, name=name, device="cpu")
        with store.database.writing() as session:
            row = take(session, identify_process(os.getpid()))
        folder = run_folder(store.home, run_id)
        attempt = RunAttempt(store.database, row)
        with RecordedWatch(attempt, folder, threading.Event()) as watch:
            tune(spec, training, held_out, folder, watch)
        attempt.finish(state)
    return run_id
