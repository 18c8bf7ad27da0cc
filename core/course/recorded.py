"""Answers that take minutes: measured once by a command, kept with every prediction.

    python -m core.course.recorded          measures lesson "more-examples" again
    python -m core.course.recorded 8        only with 8 demonstrations

A prompt without and with eight demonstrations is put to SmolLM2 over the same 1,000 movie snippets.
What is kept (``lessons/recorded``) names each prediction, so that a test can repeat some of them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.course.built_in import LESSONS

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation

FOLDER: Final = LESSONS / "recorded"
LESSON: Final = "more-examples"
MODEL: Final = "smollm2-135m-instruct"
DATASET: Final = "movie-snippets"
TEMPLATE: Final = "Review: {{ text }}\nSentiment:"
WORDS: Final = {"negative": "negative", "positive": "positive"}
ROWS: Final = 1_000
SHOTS: Final = (0, 8)
SEED: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """For each number of demonstrations: the share that was right, and every prediction.

    Predictions are a sign for each row: 0 negative, 1 positive.
    """

    accuracy: Mapping[int, float]
    predicted: Mapping[int, str]
    seconds: Mapping[int, float]


def measure_examples(rows: int = ROWS, shots: tuple[int, ...] = SHOTS) -> Recorded:
    """The first ``rows`` of the sample, with each number of demonstrations."""
    found = {count: _evaluate(count, rows) for count in shots}
    return Recorded(
        accuracy={shots: one.accuracy for shots, one in found.items()},
        predicted={shots: "".join(map(str, one.predicted)) for shots, one in found.items()},
        seconds={shots: round(one.seconds, 1) for shots, one in found.items()},
    )


def _evaluate(shots: int, rows: int) -> PromptEvaluation:
    from core.models import load_model
    from core.prompts import (
        PromptSettings,
        Verbalizer,
        evaluate_prompt,
        pick_demonstrations,
        read_table,
    )

    table = read_table(dataset=DATASET)
    places = table.sample("development", ROWS, seed=SEED)[:rows]
    shown = pick_demonstrations(
        table.chosen(table.part("examples")),
        shots,
        how="balanced",
        seed=SEED,
        label=table.label,
        text=table.text,
    )
    return evaluate_prompt(
        load_model(MODEL),
        TEMPLATE,
        table.chosen(places),
        verbalizer=Verbalizer(WORDS),
        demonstrations=shown,
        settings=PromptSettings(label=table.label or "label"),
        progress=_tell,
    )


def _tell(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done:,} / {total:,}")


def read_recorded() -> Recorded:
    """What was measured last."""
    found = json.loads((FOLDER / f"{LESSON}.json").read_text(encoding="utf-8"))

    def by_shots(name: str) -> dict[int, object]:
        return {int(shots): value for shots, value in found[name].items()}

    return Recorded(
        accuracy={shots: float(str(value)) for shots, value in by_shots("accuracy").items()},
        predicted={shots: str(value) for shots, value in by_shots("predicted").items()},
        seconds={shots: float(str(value)) for shots, value in by_shots("seconds").items()},
    )


def write_recorded(recorded: Recorded) -> Path:
    """Keep a measurement, in place of the one before with as many demonstrations."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{LESSON}.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def joined(name: str, values: Mapping[int, object]) -> dict[str, object]:
        return {**before.get(name, {}), **{str(shots): value for shots, value in values.items()}}

    content = {
        "command": "python -m core.course.recorded",
        "model": MODEL,
        "dataset": DATASET,
        "rows": ROWS,
        "seed": SEED,
        "accuracy": joined("accuracy", recorded.accuracy),
        "seconds": joined("seconds", recorded.seconds),
        "predicted": joined("predicted", recorded.predicted),
    }
    with tempfile.NamedTemporaryFile("w", dir=FOLDER, delete=False, encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
    Path(file.name).replace(path)
    return path


if __name__ == "__main__":
    counts = tuple(map(int, sys.argv[1:])) or SHOTS
    sys.stdout.write(f"{write_recorded(measure_examples(shots=counts))}\n")
