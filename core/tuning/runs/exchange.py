"""A run's spec as it is taken away and brought back: as a JSON file, and as a Python script.

A file holds the kind of run, its name and its spec; whoever reads it gets a new run that computes
the same. The script does the run without an app, a queue or a database.
"""

from __future__ import annotations

import json
import pprint
from dataclasses import dataclass
from typing import Final

from core.errors import InputError
from core.language import _
from core.tuning.runs.kinds import find_kind
from core.tuning.runs.records import RunRecord
from core.tuning.runs.store import NAME_LIMIT, SPEC_LIMIT

FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a file says of a run: its kind, its name, and its spec as JSON."""

    kind: str
    name: str
    spec: str


def export_json(record: RunRecord) -> str:
    """The run of ``record`` as a file that ``import_json`` reads."""
    values = {
        "headlight_run": FORMAT,
        "kind": record.kind,
        "name": record.name,
        "spec": json.loads(record.spec),
    }
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def import_json(text: str) -> Exported:
    """The run of a file, checked as one that is started by hand.

    Raises InputError for what ``export_json`` did not write, and what the spec's own check finds.
    """
    try:
        values = json.loads(text) if len(text) <= SPEC_LIMIT else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or values.get("headlight_run") != FORMAT:
        raise InputError(
            _("This file holds no settings of a run: take one that “Settings as JSON” saved.")
        )
    kind = find_kind(str(values.get("kind")))
    if kind.read is None:
        raise InputError(_("Runs of this kind are not started from a file."))
    spec = kind.read(json.dumps(values.get("spec")))
    name = " ".join(str(values.get("name") or "").split())[:NAME_LIMIT]
    return Exported(kind=str(values["kind"]), name=name, spec=spec.to_json())


def export_script(record: RunRecord) -> str:
    """A Python script that does the run of ``record`` again, and prints its points.

    Raises InputError for a kind of run that cannot be done outside.
    """
    calls = find_kind(record.kind).calls
    if calls is None:
        raise InputError(_("Runs of this kind cannot be repeated by a script."))
    (spec_module, _dot, spec), (work_module, _dot, work) = (each.rpartition(".") for each in calls)
    imports = sorted({f"from {spec_module} import {spec}", f"from {work_module} import {work}"})
    if spec_module == work_module:
        imports = [f"from {spec_module} import {', '.join(sorted((spec, work)))}"]
    return _SCRIPT.format(
        name=record.name,
        id=record.id,
        imports="\n".join(imports),
        values=pprint.pformat(json.loads(record.spec), width=92, sort_dicts=False),
        spec=spec,
        work=work,
    )


_SCRIPT: Final = '''# Repeats the run "{name}" of Headlight.
#
#     python this_file.py [FOLDER]
#
# It needs Headlight's core to be installed, and the model and the data of the run to be on this
# machine. FOLDER gets the checkpoints and, at the end, the model; one that holds a checkpoint goes
# on from there. Every point of the curves is printed as a line of JSON. On one machine, the same
# versions give the same numbers.

import json
import sys
from pathlib import Path

{imports}

SPEC = {values}


class Watch:
    """Prints what the run says."""

    def stopped(self):
        return False

    def log(self, point):
        print(json.dumps(point), flush=True)

    def note(self, name, value):
        print(json.dumps({{"note": name, "value": value}}), file=sys.stderr, flush=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "run-{id}")
    {work}({spec}.from_json(json.dumps(SPEC)), folder, Watch())
'''
