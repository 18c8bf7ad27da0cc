"""What a search keeps on disk, line by line, so that it goes on where it was stopped or killed.

Every line is whole or is not there: half a line, left by a process that was killed, is cut off.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.prompts.search.candidates import Candidate, Scored

CANDIDATES: Final = "candidates.jsonl"
THOUGHTS: Final = "thoughts.jsonl"


class Lines:
    """A file of JSON objects, one a line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.values = _whole_lines(path)

    def add(self, value: Mapping[str, object]) -> None:
        """Write one more line."""
        self.values.append(value)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(value, ensure_ascii=False) + "\n")


class Thoughts:
    """What a proposer worked out, by name, so that it is worked out once."""

    def __init__(self, folder: Path | None) -> None:
        self._lines = None if folder is None else Lines(folder / THOUGHTS)
        lines = [] if self._lines is None else self._lines.values
        self._known = {str(line["name"]): line["value"] for line in lines}

    def get(self, name: str) -> object | None:
        """What was kept under ``name``; None where nothing was."""
        return self._known.get(name)

    def keep(self, name: str, value: object) -> None:
        """Keep ``value``, which JSON holds."""
        self._known[name] = value
        if self._lines is not None:
            self._lines.add({"name": name, "value": value})


def write_candidate(lines: Lines, candidate: Candidate, held_out: Scored | None) -> None:
    """One more candidate, with its score on the held-out rows where that was measured."""
    value: dict[str, object] = {
        "number": candidate.number,
        "template": candidate.template,
        "made": candidate.made,
        "score": _values(candidate.score),
    }
    if held_out is not None:
        value["held_out"] = _values(held_out)
    lines.add(value)


def read_candidates(folder: Path) -> tuple[tuple[Candidate, Scored | None], ...]:
    """The candidates of the search in ``folder``, and their scores on the held-out rows."""
    found = []
    for line in _whole_lines(folder / CANDIDATES, mend=False):
        try:
            candidate = Candidate(
                number=int(str(line["number"])),
                template=str(line["template"]),
                made=str(line["made"]),
                score=_scored(line["score"]),
            )
            held_out = _scored(line["held_out"]) if "held_out" in line else None
        except (KeyError, TypeError, ValueError):
            continue
        found.append((candidate, held_out))
    return tuple(found)


def _whole_lines(path: Path, *, mend: bool = True) -> list[Mapping[str, object]]:
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        return []
    whole, sign, rest = text.rpartition("\n")
    if rest and mend:
        path.write_text(whole + sign, "utf-8")
    lines = [json.loads(line) for line in whole.split("\n") if line.strip()]
    return [line for line in lines if isinstance(line, dict)]


def _values(score: Scored) -> dict[str, object]:
    return {"right": score.right, "count": score.count, "loss": score.loss}


def _scored(values: object) -> Scored:
    if not isinstance(values, dict):
        raise TypeError("a score is an object")
    return Scored(
        right=int(values["right"]), count=int(values["count"]), loss=float(values["loss"])
    )
