"""The models of runs that come with Headlight: ``tuned:NAME`` is what such a run kept.

Each is a folder ``core/weights/tuned/NAME``: the spec of the run, what was noted of it, its card,
and in ``model`` the adapter, in 16 bits. To everything else it is a run's model like any other.
How they are made is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from core.errors import ModelNotFoundError
from core.language import _
from core.tuning.kept import FINE_TUNING, MODEL, SHIPPED, KeptModel
from core.tuning.runs.records import RunRecord
from core.weights import FOLDER

TUNED: Final = FOLDER / "tuned"
SPEC: Final = "spec.json"
NOTES: Final = "notes.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedNotes:
    """What was written down of a run: its name, labels, rows, steps, seconds and day."""

    title: str
    label_names: tuple[str, ...]
    rows: int
    steps: int
    seconds: float
    day: str
    parameters: int
    trainable: int


def shipped_names() -> tuple[str, ...]:
    """The names that ``load_model`` takes of all that are there."""
    return tuple(sorted(f"{SHIPPED}{path.parent.name}" for path in TUNED.glob(f"*/{NOTES}")))


def find_shipped(name: str) -> KeptModel:
    """The model called ``name``. Raises ModelNotFoundError."""
    if name not in shipped_names():
        raise ModelNotFoundError(
            _("No model {name} comes with Headlight; there are: {names}.").format(
                name=ascii(name[:60])[1:-1], names=", ".join(shipped_names()) or _("none")
            )
        )
    folder = TUNED / name.removeprefix(SHIPPED)
    notes = read_notes(folder)
    day = datetime.fromisoformat(notes.day).replace(tzinfo=UTC)
    record = RunRecord(
        id=folder.name,
        kind=FINE_TUNING,
        name=notes.title,
        note="",
        owner="",
        device="cpu",
        state="done",
        position=0,
        stopping=False,
        step=notes.steps,
        message="",
        created=day,
        started=day,
        ended=day,
        spec=(folder / SPEC).read_text("utf-8"),
        folder=folder,
    )
    return KeptModel(
        name=name, record=record, folder=folder / MODEL, step=None, label_names=notes.label_names
    )


def read_notes(folder: Path) -> ShippedNotes:
    """The notes in ``folder``."""
    values = cast("dict[str, object]", json.loads((folder / NOTES).read_text("utf-8")))
    names = cast("list[str]", values.pop("label_names"))
    return ShippedNotes(label_names=tuple(names), **cast("Mapping[str, object]", values))  # type: ignore[arg-type]
