"""The tuned models that come with Headlight, each made by one command of its own runs:

    python -m core.tasks.tuned NAME [NAME …] [--home FOLDER]

It queues the run of the recipe, works on it, and puts its adapter, in 16 bits, with spec, notes and
card into ``core/weights/tuned/NAME``. From then on ``load_model("tuned:NAME")`` is there. How good
it is, ``python -m core.tasks.quality`` measures.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import HeadlightError, InputError
from core.language import _
from core.tasks.tag_data import stored_corpus
from core.tuning.kept import MODEL
from core.tuning.shipped_models import NOTES, SPEC, TUNED, ShippedNotes

if TYPE_CHECKING:
    from core.tuning.finetune.spec import RunSpec

CARD: Final = "README.md"
CHINESE: Final = "chinese-masked"
_ADAPTER: Final = ("adapter_config.json", "adapter_model.safetensors")
_LAYERS: Final = (3, 4, 5)
_TARGETS: Final = tuple(
    f"layer.{layer}.{part}"
    for layer in _LAYERS
    for part in (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
    )
)
"""Every product of the upper half of a six-layer BERT: half the time of all layers."""
_LINEAR: Final = ("query", "key", "value", "dense")
"""Every product of a BERT, whatever its layers."""


NAMES: Final = (
    "sentiment", "question-type", "spam", "parts-of-speech", "sentiment-zh", "names-zh",
)  # fmt: skip


def recipe_of(name: str) -> RunSpec:
    """The spec of the run that makes the model ``name``. Raises InputError where there is none."""
    from core.tuning.finetune.spec import RunSpec
    from core.tuning.labelled.examples import DataSource
    from core.tuning.probes.spec import ProbeSpec

    def recipe(model: str, source: DataSource, **others: object) -> RunSpec:
        settings: dict[str, object] = {
            "method": "lora",
            "targets": _LINEAR if model == CHINESE else _TARGETS,
            "probes": ProbeSpec(enabled=False),
            "rate": 2e-3,
            "batch": 32,
            "max_tokens": 96,
            "epochs": 1,
        }
        return RunSpec(model=model, source=source, **(settings | others))  # type: ignore[arg-type]

    def classes(dataset: str, limit: int = 0) -> DataSource:
        return DataSource(kind="classification", dataset=dataset, limit=limit)

    def tags(corpus: str, limit: int) -> DataSource:
        return DataSource(kind="tagging", file=stored_corpus(corpus), limit=limit)

    if name == "sentiment":
        return recipe("minilm-l6", classes("movie-snippets", 6_000))
    if name == "question-type":
        return recipe("minilm-l6", classes("question-types"), epochs=2)
    if name == "spam":
        return recipe("minilm-l6", classes("sms-spam"))
    if name == "parts-of-speech":
        return recipe("minilm-l6", tags(name, 5_000))
    small: dict[str, object] = {"rank": 16, "alpha": 32, "rate": 3e-3, "max_tokens": 64}
    if name == "sentiment-zh":
        return recipe(CHINESE, classes("reviews-zh", 8_000), **small)
    if name == "names-zh":
        return recipe(CHINESE, tags(name, 8_000), epochs=2, **small)
    raise InputError(
        _("There is no recipe “{name}”: choose one of {names}.").format(
            name=name[:40], names=", ".join(NAMES)
        )
    )


def train_and_ship(name: str, home: Path | None = None, target: Path = TUNED) -> Path:
    """Do the run of the recipe ``name`` and put what it made into ``target/name``.

    Raises InputError for a name without a recipe, and where the run did not come to its end.
    """
    from core.tuning.runs import RunStore
    from core.tuning.worker import work

    spec = recipe_of(name)
    with RunStore(home) as store:
        run_id = store.submit(spec, name=f"tuned {name}")
        work(store, threading.Event())
        record = store.get(run_id)
        if record.state != "done":
            raise InputError(
                _("The run of {name} ended as “{state}”: {message}").format(
                    name=name, state=record.state, message=record.message
                )
            )
        return ship(name, record.folder, store.notes(run_id), target / name)


def ship(name: str, run: Path, noted: object, target: Path) -> Path:
    """Write the adapter of the finished ``run``, in 16 bits, with spec, notes and card."""
    import numpy as np
    from safetensors.numpy import load_file, save_file

    values = noted if isinstance(noted, dict) else {}
    shutil.rmtree(target, ignore_errors=True)
    (target / MODEL).mkdir(parents=True)
    config, weights = _ADAPTER
    shutil.copyfile(run / MODEL / config, target / MODEL / config)
    arrays = load_file(run / MODEL / weights)
    small = {part: arrays[part].astype(np.float16) for part in sorted(arrays)}
    save_file(small, target / MODEL / weights, metadata={"format": "pt"})
    shutil.copyfile(run / SPEC, target / SPEC)
    card = (run / MODEL / CARD).read_text("utf-8")
    (target / CARD).write_text(f"{card}\n{_made(name)}", "utf-8")
    notes = ShippedNotes(
        title=name,
        label_names=tuple(map(str, values["label_names"])),
        rows=int(values["rows"]),
        steps=int(values["steps"]),
        seconds=round(float(values["seconds"]), 1),
        day=datetime.now(UTC).date().isoformat(),
        parameters=int(values["parameters"]),
        trainable=int(values["trainable"]),
    )
    written = json.dumps(asdict(notes), indent=2, ensure_ascii=False)
    (target / NOTES).write_text(written + "\n", "utf-8")
    return target


def _made(name: str) -> str:
    return (
        "## How it is stored\n\n"
        "The adapter alone, rounded to 16 bits; the figures above are of the 32 bits that the run\n"
        "kept, those that the page Tasks shows are of what is stored here.\n\n"
        f"Made again by `python -m core.tasks.tuned {name}`, measured by\n"
        f'`python -m core.tasks.quality`. `load_model("tuned:{name}")` loads it.\n'
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where a model could not be made."""
    parser = argparse.ArgumentParser(
        prog="python -m core.tasks.tuned", description="Train the tuned models that are shipped."
    )
    parser.add_argument("names", nargs="+", choices=NAMES)
    parser.add_argument("--home", type=Path, help="where the runs are kept")
    given = parser.parse_args(arguments)
    try:
        for name in given.names:
            sys.stdout.write(f"{train_and_ship(name, given.home)}\n")
    except HeadlightError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
