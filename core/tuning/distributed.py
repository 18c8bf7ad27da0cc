"""``accelerate launch … -m core.tuning.distributed SPEC.json --folder OUT``: a run by many devices.

    accelerate launch --num_processes 2 -m core.tuning.distributed spec.json --folder out

Each process reads ``batch`` rows of a step, so two do what one does with twice the batch. The first
writes ``curve.jsonl``, ``notes.json``, ``checkpoints/`` and ``model/``; called again with the same
folder, the run goes on from its newest checkpoint. It knows no queue and no database.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from accelerate import PartialState
from torch import distributed

from core.device import cuda_computes
from core.errors import HeadlightError, InputError
from core.language import _
from core.tuning.runs.kinds import find_kind
from core.tuning.runs.points import STEP
from core.tuning.runs.watch import RunWatch
from core.tuning.team import Team
from core.tuning.training import CURVE

NOTES: Final = "notes.json"


class FolderWatch:
    """A watch that keeps points and notes as files in ``folder``; ``ending`` stops the run."""

    def __init__(self, folder: Path, ending: threading.Event) -> None:
        self._folder, self._ending = folder, ending
        self._notes: dict[str, object] = {}

    def stopped(self) -> bool:
        """Whether the process was told to end."""
        return self._ending.is_set()

    def log(self, point: Mapping[str, float]) -> None:
        """One line for each point; of a step that is done again the last one counts."""
        values = {STEP: int(point[STEP]), **{name: point[name] for name in point if name != STEP}}
        with (self._folder / CURVE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def note(self, name: str, value: object) -> None:
        """Write all facts again, whole or not at all."""
        self._notes[name] = value
        part = self._folder / f"{NOTES}.part"
        part.write_text(json.dumps(self._notes, indent=2, ensure_ascii=False) + "\n", "utf-8")
        part.replace(self._folder / NOTES)


class SilentWatch:
    """The watch of a process that writes nothing."""

    def stopped(self) -> bool:
        """The first process is the one that is asked."""
        return False

    def log(self, point: Mapping[str, float]) -> None:
        """The first process tells it."""

    def note(self, name: str, value: object) -> None:
        """The first process tells it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where the run could not be done."""
    parser = argparse.ArgumentParser(
        prog="accelerate launch -m core.tuning.distributed",
        description="Do one run with every process that accelerate launches.",
    )
    parser.add_argument("spec", type=Path, help="the settings of the run, as exported")
    parser.add_argument("--folder", type=Path, required=True, help="what the run leaves behind")
    parser.add_argument("--kind", default="fine-tune", help="the kind of run (%(default)s)")
    given = parser.parse_args(arguments)
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    before = signal.signal(signal.SIGTERM, end)
    PartialState(cpu=not cuda_computes())
    team = Team.current()
    try:
        _work(given.spec, given.folder, given.kind, team, ending)
    except HeadlightError as error:
        if team.writes:
            sys.stderr.write(f"{error}\n")
        return 1
    finally:
        signal.signal(signal.SIGTERM, before)
        if distributed.is_initialized():
            distributed.destroy_process_group()
    return 0


def _work(spec: Path, folder: Path, kind: str, team: Team, ending: threading.Event) -> None:
    try:
        text = spec.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            _("{name} cannot be read: give the settings of a run as a JSON file.").format(
                name=spec.name
            )
        ) from error
    watch: RunWatch = SilentWatch()
    if team.writes:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "spec.json").write_text(text, "utf-8")
        watch = FolderWatch(folder, ending)
    find_kind(kind).work(text, folder, watch)


if __name__ == "__main__":
    sys.exit(main())
