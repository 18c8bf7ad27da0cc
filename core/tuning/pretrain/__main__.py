"""Makes a model that Headlight ships: one command from texts to weights and model card.

    python -m core.tuning.pretrain MODEL_ID [--run FOLDER] [--weights FOLDER]

Started again it goes on from its last checkpoint. On a CPU that does other work too, set
GOMP_SPINCOUNT=0: threads that wait for each other then sleep.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.storage import home
from core.tuning.finetune.saving import MODEL
from core.tuning.pretrain.card import shipped_card
from core.tuning.pretrain.running import pretrain
from core.tuning.pretrain.shipped import SHIPPED
from core.tuning.pretrain.shipping import NOTES, ship
from core.tuning.training import CURVE
from core.weights import FOLDER

_log = logging.getLogger(__name__)
_TOLD = 50  # steps between two lines on the terminal


class FileWatch:
    """Writes what happens into the run's folder: a line for each step, and the notes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._curve, self._notes = folder / CURVE, folder / NOTES
        self._told: dict[str, object] = {}
        if self._notes.is_file():
            self._told = json.loads(self._notes.read_text("utf-8"))
        self._earlier = float(str(self._told.get("seconds", 0.0)))  # of attempts before this one
        self._began = time.monotonic()

    def stopped(self) -> bool:
        """Never: who wants it to end ends the process."""
        return False

    def log(self, point: Mapping[str, float]) -> None:
        """Add a step to the curve."""
        line = {**point, "seconds": time.monotonic() - self._began}
        with self._curve.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if point["step"] % _TOLD == 0 or "validation_loss" in point:
            _log.info("%s", line)

    def note(self, name: str, value: object) -> None:
        """Keep a fact."""
        if name == "seconds":
            value = self._earlier + float(str(value))
        self._told[name] = value
        self._notes.write_text(json.dumps(self._told, ensure_ascii=False), "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what is not trained yet; then store, measure and describe it."""
    wanted = _arguments(arguments)
    spec = SHIPPED[wanted.model]
    run = wanted.run or home() / "runs" / wanted.model
    watch = FileWatch(run)
    (run / "spec.json").write_text(spec.to_json(), "utf-8")
    if not (run / MODEL).is_dir():
        pretrain(spec, run, watch)
    wanted.weights.mkdir(parents=True, exist_ok=True)
    results = ship(wanted.model, spec, run, wanted.weights)
    card = wanted.weights / f"{wanted.model}.md"
    card.write_text(shipped_card(results), "utf-8")
    _log.info("what catalogue.toml must say of %s:\n%s", wanted.model, results.entry())


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m core.tuning.pretrain",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("model", choices=sorted(SHIPPED), help="which model to make")
    parser.add_argument("--run", type=Path, help="where checkpoints are kept")
    parser.add_argument(
        "--weights", type=Path, default=FOLDER, help="where the stored weights and the card go"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
