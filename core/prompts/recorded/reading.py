"""What was recorded, as it stands beside the code: rows with their texts, and evaluations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.prompts.evaluation import PromptEvaluation
from core.prompts.recorded.cells import CELLS, RecordedCell
from core.prompts.stored import read_evaluation
from core.prompts.verbalizer import read_verbalizer

FOLDER: Final = Path(__file__).parent
ROWS_FILE: Final = "rows.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recorded:
    """The rows of all cells, and the cells that were recorded, by name.

    ``facts`` say of each what it came from: model hash, precision, device, versions, the day.
    """

    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    truths: tuple[str, ...]
    cells: dict[str, RecordedCell]
    evaluations: dict[str, PromptEvaluation]
    facts: dict[str, dict[str, str]]


@cache
def recorded() -> Recorded | None:
    """Everything that was recorded; None where nothing was."""
    path = FOLDER / ROWS_FILE
    if not path.is_file():
        return None
    rows: dict[str, Any] = json.loads(path.read_text("utf-8"))
    evaluations: dict[str, PromptEvaluation] = {}
    facts: dict[str, dict[str, str]] = {}
    for cell in CELLS:
        found = FOLDER / f"{cell.name}.json"
        if not found.is_file():
            continue
        values: dict[str, Any] = json.loads(found.read_text("utf-8"))
        values["evaluation"]["truths"] = rows["truths"]
        evaluations[cell.name] = read_evaluation(values["evaluation"], read_verbalizer(cell.words))
        facts[cell.name] = dict(values["facts"])
    if not evaluations:
        return None
    return Recorded(
        numbers=tuple(rows["numbers"]),
        texts=tuple(rows["texts"]),
        truths=tuple(rows["truths"]),
        cells={cell.name: cell for cell in CELLS if cell.name in evaluations},
        evaluations=evaluations,
        facts=facts,
    )
