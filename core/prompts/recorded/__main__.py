"""Records the cells: a prompt, a model and a setting over the same 1,000 rows.

What is there already is left, so that it can be done in parts.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from core.export import provenance_of
from core.models import load_model
from core.prompts.demonstrations import pick_demonstrations
from core.prompts.evaluation import evaluate_prompt
from core.prompts.recorded.cells import CELLS, COMMAND, DATASET, ROWS, SEED, RecordedCell
from core.prompts.recorded.reading import FOLDER, ROWS_FILE
from core.prompts.stored import plain_evaluation
from core.prompts.table import PromptTable, read_table
from core.prompts.verbalizer import read_verbalizer


def main() -> None:
    """Record what is asked for, or what is missing."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *(cell.name for cell in CELLS)])
    given = parser.parse_args()
    table = read_table(dataset=DATASET)
    places = table.sample("development", ROWS, seed=SEED)
    _write(
        FOLDER / ROWS_FILE,
        {
            "dataset": DATASET,
            "numbers": [table.numbers[place] for place in places],
            "truths": [str(table.rows[place][table.label]) for place in places],
            "texts": [str(table.rows[place]["text"]) for place in places],
        },
    )
    for cell in CELLS:
        path = FOLDER / f"{cell.name}.json"
        if cell.name in given.names or (not given.names and not path.is_file()):
            _record(cell, table, places, path)


def _record(cell: RecordedCell, table: PromptTable, places: tuple[int, ...], path: Path) -> None:
    model = load_model(cell.model)
    examples = table.chosen(table.part("examples"))
    shown = pick_demonstrations(examples, cell.shots, how="balanced", seed=SEED)

    def told(done: int, total: int) -> None:
        sys.stderr.write(f"\r{cell.name}: {done:,} of {total:,} rows")

    found = evaluate_prompt(
        model,
        cell.template,
        table.chosen(places),
        verbalizer=read_verbalizer(cell.words),
        demonstrations=shown,
        calibrate=True,
        progress=told,
    )
    plain = plain_evaluation(found)
    del plain["truths"]
    facts = {name: str(value) for name, value in asdict(provenance_of(model)).items()}
    facts |= {"recorded": datetime.now(UTC).date().isoformat(), "command": COMMAND}
    _write(path, {"cell": asdict(cell), "facts": facts, "evaluation": plain})
    sys.stderr.write(
        f"\n{cell.name}: {found.before.accuracy:.3f}, calibrated {found.accuracy:.3f}\n"
    )


def _write(path: Path, values: object) -> None:
    half = path.with_suffix(".part")
    half.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    half.replace(path)


if __name__ == "__main__":
    main()
