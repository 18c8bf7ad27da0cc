"""Probes on disk: a file for each step under ``probes/`` of the run's folder, whole or not there.

A file is written under another name and renamed, so that a reader, or a run that was killed, never
meets half of one; a step that is done twice after a resume replaces its file by an equal one.
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.language import _
from core.tuning.probes.readings import MaskReading, Probe, ProbeInput, ProbeReading

PROBES: Final = "probes"
_FORMAT: Final = 1
_NAME: Final = re.compile(r"step-(\d{9})\.npz")
_FACTS: Final = "facts"
_CONFUSION: Final = "confusion"
_UNREADABLE: Final = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile)

Arrays = dict[str, npt.NDArray[Any]]


def probe_steps(folder: Path) -> tuple[int, ...]:
    """The steps of which the run's ``folder`` has a probe, in order."""
    place = folder / PROBES
    found = (_NAME.fullmatch(path.name) for path in place.iterdir()) if place.is_dir() else ()
    return tuple(sorted(int(match[1]) for match in found if match))


def write_probe(folder: Path, probe: Probe) -> Path:
    """Keep ``probe``; one of the same step is replaced. Raises OSError where the disk is full."""
    arrays: Arrays = {}
    readings = [_stored(reading, number, arrays) for number, reading in enumerate(probe.readings)]
    if probe.confusion is not None:
        arrays[_CONFUSION] = probe.confusion
    facts = {
        "format": _FORMAT,
        "step": probe.step,
        "task": probe.task,
        "inputs": [asdict(each) for each in probe.inputs],
        "heads": probe.heads,
        "label_names": probe.label_names,
        "scores": dict(probe.scores),
        "readings": readings,
    }
    text = json.dumps(facts, ensure_ascii=False).encode()
    arrays[_FACTS] = np.frombuffer(text, dtype=np.uint8)
    place = folder / PROBES
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"step-{probe.step:09}.npz"
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    half.replace(path)
    return path


def read_probe(folder: Path, step: int) -> Probe:
    """The probe of ``step``. Raises InputError where there is none that can be read."""
    path = folder / PROBES / f"step-{step:09}.npz"
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        facts = json.loads(arrays[_FACTS].tobytes())
        return _probe(facts, arrays)
    except _UNREADABLE as error:
        raise InputError(
            _("There is no probe of step {step} that can be read: choose another step.").format(
                step=step
            )
        ) from error


def _stored(reading: ProbeReading, number: int, arrays: Arrays) -> dict[str, Any]:
    """The facts of a reading; its numbers go to ``arrays``."""
    arrays[f"weights{number}"] = reading.weights
    arrays[f"labels{number}"] = reading.probabilities
    arrays[f"written{number}"] = reading.continuation_probabilities
    for place, mask in enumerate(reading.masks):
        arrays[f"mask{number}.{place}"] = mask.probabilities
    return {
        "queries": reading.queries,
        "keys": reading.keys,
        "special": reading.special,
        "special_queries": reading.special_queries,
        "virtual_queries": reading.virtual_queries,
        "virtual_keys": reading.virtual_keys,
        "causal": reading.causal,
        "continuation": reading.continuation,
        "words": reading.words,
        "masks": [
            {
                "position": mask.position,
                "words": mask.words,
                "original": mask.original,
                "probability": mask.probability,
                "rank": mask.rank,
            }
            for mask in reading.masks
        ],
    }


def _probe(facts: dict[str, Any], arrays: Arrays) -> Probe:
    return Probe(
        step=int(facts["step"]),
        task=facts["task"],
        inputs=tuple(_input(each) for each in facts["inputs"]),
        heads=tuple((int(layer), int(head)) for layer, head in facts["heads"]),
        readings=tuple(
            _reading(each, number, arrays) for number, each in enumerate(facts["readings"])
        ),
        label_names=tuple(facts["label_names"]),
        scores=facts["scores"],
        confusion=arrays.get(_CONFUSION),
    )


def _input(values: dict[str, Any]) -> ProbeInput:
    return ProbeInput.from_values(values)


def _reading(values: dict[str, Any], number: int, arrays: Arrays) -> ProbeReading:
    masks = tuple(
        MaskReading(**each | {"words": tuple(each["words"])}, probabilities=arrays[key])
        for place, each in enumerate(values["masks"])
        if (key := f"mask{number}.{place}")
    )
    return ProbeReading(
        queries=tuple(values["queries"]),
        keys=tuple(values["keys"]),
        special=tuple(values["special"]),
        # The first probes that were kept tell of keys alone, whose last are the queries.
        special_queries=tuple(
            values.get("special_queries", values["special"][-len(values["queries"]) :])
        ),
        virtual_queries=values["virtual_queries"],
        virtual_keys=values["virtual_keys"],
        causal=values["causal"],
        masks=masks,
        continuation=tuple(values["continuation"]),
        words=tuple(values["words"]),
        weights=arrays[f"weights{number}"],
        probabilities=arrays[f"labels{number}"],
        continuation_probabilities=arrays[f"written{number}"],
    )
