"""The ladder that is shipped: measured by ``python -m core.prompts.ladder``, never by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from core.prompts.ladder.rungs import Rung, rung_values, rungs_of
from core.prompts.ladder.spec import LadderSpec

RECORDED: Final = Path(__file__).with_name("recorded.json")
COMMAND: Final = "python -m core.prompts.ladder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A ladder that was measured on ``day``, on ``machine``."""

    spec: LadderSpec
    rungs: tuple[Rung, ...]
    day: str
    machine: str


@lru_cache(maxsize=1)
def recorded_ladder() -> Ladder | None:
    """The shipped ladder; None where none was recorded."""
    try:
        values = json.loads(RECORDED.read_text("utf-8"))
    except OSError:
        return None
    return Ladder(
        spec=LadderSpec.from_json(json.dumps(values["spec"])),
        rungs=rungs_of(values["rungs"]),
        day=values["day"],
        machine=values["machine"],
    )


def write_recorded(ladder: Ladder, path: Path = RECORDED) -> None:
    """Write the ladder that is shipped."""
    values = {
        "command": COMMAND,
        "day": ladder.day,
        "machine": ladder.machine,
        "spec": json.loads(ladder.spec.to_json()),
        "rungs": rung_values(ladder.rungs),
    }
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", "utf-8")


def as_markdown(ladder: Ladder) -> str:
    """The ladder as a table for the guide."""
    lines = [
        "| method | labelled examples | trained parameters | seconds | accuracy | 95 % interval |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for rung in ladder.rungs:
        low, high = rung.interval
        lines.append(
            f"| {rung.method} | {rung.labels:,} | {rung.trainable:,} | {rung.seconds:.1f} "
            f"| {rung.accuracy:.3f} | {low:.3f} – {high:.3f} |"
        )
    return "\n".join(lines) + "\n"
