"""The models that runs leave: ``run:RUN_ID`` is the one kept, ``run:RUN_ID@STEP`` a checkpoint.

``run:RUN_ID@0`` is the network before its first step, with a head that knows nothing yet. What they
hold is told without loading it, or torch. ``tuned:NAME`` is a run's model that comes with Headlight
(``shipped_models.py``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from core.catalogue.entries import find_model
from core.catalogue.safety import kind_of
from core.errors import InputError, ModelNotFoundError
from core.language import _
from core.tuning.runs.records import RunRecord
from core.tuning.runs.store import RunStore

PREFIX: Final = "run:"
SHIPPED: Final = "tuned:"
MODEL: Final = "model"
FINE_TUNING: Final = "fine-tune"
BEGINNING: Final = "beginning"
"""A folder that is never there: a run keeps no weights of before its first step."""
CHECKPOINTS: Final = "checkpoints"
CLASSES: Final = ("classification", "pair", "tagging")
"""The kinds of data whose examples have labels."""
BEFORE_TEXT: Final = ("prompt", "prefix", "pet-prompt")
ADAPTERS: Final = ("lora", "pet-lora", *BEFORE_TEXT)
"""The methods of which an adapter is kept."""
_NAME: Final = re.compile(r"run:([0-9a-f]{10})(?:@([0-9]{1,9}))?")
_BY_DATA: Final[dict[str, str]] = {
    "masked": "masked",
    "causal": "causal",
    "completion": "causal",
}


@dataclass(frozen=True)
class KeptModel:
    """The model that a run kept, or one of its checkpoints, on this machine.

    ``name`` is what ``load_model`` takes; ``folder`` holds the weights, of an adapter only its own,
    and nothing of the network before the first step. ``step`` is None for the model that was kept.
    ``label_names`` are the run's, in order.
    """

    name: str
    record: RunRecord
    folder: Path
    step: int | None
    label_names: tuple[str, ...]

    @property
    def is_adapter(self) -> bool:
        """Whether it is what PEFT trains, to be put on another model."""
        if self.step == 0:
            return self.method in ADAPTERS
        return (self.folder / "adapter_config.json").is_file()

    @property
    def is_task(self) -> bool:
        """Whether it gives classes: by a head of its own or by words in a pattern."""
        return self.data_kind in CLASSES

    @property
    def is_put_together(self) -> bool:
        """Whether the folder alone does not make the model: what the run did has to be done."""
        return self.is_adapter or self.is_task or self.step == 0

    @cached_property
    def values(self) -> Mapping[str, object]:
        """The spec of the run, as JSON has it."""
        found: Mapping[str, object] = json.loads(self.record.spec)
        return found

    @property
    def base(self) -> str:
        """The name of the model that the run began from; empty where from nothing."""
        return str(self.values.get("model", ""))

    @property
    def method(self) -> str:
        """How it was trained; empty where the run was no fine-tuning."""
        return str(self.values.get("method", ""))

    @property
    def data_kind(self) -> str:
        """What its examples were; empty where the run was no fine-tuning."""
        source = self.values.get("source")
        return str(source.get("kind", "")) if isinstance(source, dict) else ""

    @property
    def virtual_tokens(self) -> int:
        """How many virtual tokens stand before every text."""
        if not self.is_adapter:
            return 0
        if self.step == 0:
            return int(str(self.values["virtual_tokens"])) if self.method in BEFORE_TEXT else 0
        count = _json(self.folder / "adapter_config.json").get("num_virtual_tokens")
        return count if isinstance(count, int) else 0

    @property
    def kind(self) -> str:
        """What kind of model ``load_model`` makes of it, told without loading it."""
        if self.by_pattern:
            return self._kind_of_words()
        if self.is_task or self.is_adapter or self.step == 0:
            return _BY_DATA.get(self.data_kind, "encoder")
        return kind_of(_json(self.folder / "config.json"))

    @property
    def by_pattern(self) -> bool:
        """Whether it says a label as a word in a template (PET)."""
        return self.method.partition("-")[0] == "pet"

    def _kind_of_words(self) -> str:
        """The kind of a model that predicts words: its own folder says it, or its base's."""
        if not self.is_adapter and self.step != 0:
            return kind_of(_json(self.folder / "config.json"))
        entry = find_model(self.base)
        return entry.kind if entry else kind_of(_json(Path(self.base) / "config.json"))

    @property
    def tokenizer_folder(self) -> Path | None:
        """Where its tokenizer lies; None where it is its base's."""
        places = (self.folder, self.record.folder / MODEL, self.record.folder / "tokenizer")
        return next((place for place in places if (place / "tokenizer.json").is_file()), None)


def is_run_name(name: str) -> bool:
    """Whether ``name`` is meant to be that of a run's model."""
    return name.startswith((PREFIX, SHIPPED))


def run_name(run_id: str, step: int | None = None) -> str:
    """What ``load_model`` takes for a run, or for its checkpoint at ``step``."""
    return f"{PREFIX}{run_id}" if step is None else f"{PREFIX}{run_id}@{step}"


def find_kept(name: str, store: RunStore | None = None) -> KeptModel:
    """The model called ``name``, of the runs in ``store`` (those of this machine by default).

    Raises ModelNotFoundError for a name that is none, a run that was deleted, one that is not done
    and of which no step is named, and a step of which no whole checkpoint is left.
    """
    if name.startswith(SHIPPED):
        from core.tuning.shipped_models import find_shipped  # which knows this file

        return find_shipped(name)
    found = _NAME.fullmatch(name)
    if found is None:
        raise ModelNotFoundError(
            _(
                "“{name}” names no run: write run:ID, or run:ID@STEP for a checkpoint, with an ID "
                "of ten signs from the list of runs."
            ).format(name=ascii(name[:60])[1:-1])
        )
    if store is None:
        with RunStore() as own:
            return _find(own, name, found[1], found[2])
    return _find(store, name, found[1], found[2])


def _find(store: RunStore, name: str, run_id: str, step: str | None) -> KeptModel:
    try:
        record = store.get(run_id)
    except InputError as error:
        raise ModelNotFoundError(
            _("There is no run {id} any more: choose another model.").format(id=run_id)
        ) from error
    labels = store.notes(run_id).get("label_names")
    names = tuple(str(each) for each in labels) if isinstance(labels, list) else ()
    folder = record.folder / MODEL if step is None else _checkpoint(record, int(step))
    if step is None and (record.state != "done" or not folder.is_dir()):
        raise ModelNotFoundError(
            _(
                "The run “{name}” is not done, so it has no model yet: wait, resume it, or name "
                "one of its checkpoints ({steps}) as run:{id}@STEP."
            ).format(name=record.name, id=run_id, steps=_shown(checkpoint_steps(record)))
        )
    return KeptModel(
        name=name,
        record=record,
        folder=folder,
        step=None if step is None else int(step),
        label_names=names,
    )


def checkpoint_steps(record: RunRecord) -> tuple[int, ...]:
    """The steps of which the run has a whole checkpoint, in order."""
    found = (record.folder / CHECKPOINTS).glob("checkpoint-*")
    steps = [path.name.rpartition("-")[2] for path in found if _is_whole(path)]
    return tuple(sorted(int(step) for step in steps if step.isascii() and step.isdigit()))


def kept_models(store: RunStore) -> tuple[KeptModel, ...]:
    """The models that the runs in ``store`` kept, the newest first."""
    done = [record for record in store.list() if record.state == "done"]
    return tuple(
        KeptModel(name=run_name(record.id), record=record, folder=folder, step=None, label_names=())
        for record in done
        if (folder := record.folder / MODEL).is_dir()
    )


def _checkpoint(record: RunRecord, step: int) -> Path:
    folder = record.folder / CHECKPOINTS / f"checkpoint-{step}"
    if step == 0 and record.kind == FINE_TUNING:
        return record.folder / BEGINNING
    if not _is_whole(folder):
        raise ModelNotFoundError(
            _("The run “{name}” has no checkpoint of step {step}; there are: {steps}.").format(
                name=record.name, step=step, steps=_shown(checkpoint_steps(record))
            )
        )
    return folder


def _shown(steps: tuple[int, ...]) -> str:
    return ", ".join(map(str, steps[-8:])) or _("none")


def _is_whole(folder: Path) -> bool:
    """Whether it was written to its end: the trainer's state comes last."""
    try:
        return isinstance(json.loads((folder / "trainer_state.json").read_text("utf-8")), dict)
    except (OSError, ValueError):
        return False


def _json(path: Path) -> Mapping[str, object]:
    """The JSON object in a file; empty where there is none."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=256)
def _read(path: Path, _stamp: int) -> Mapping[str, object]:
    values = json.loads(path.read_text("utf-8"))
    return values if isinstance(values, dict) else {}
