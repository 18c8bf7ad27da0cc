"""From a finished run to what the repository stores: small weights, figures, card.

The figures are those of the weights as they are restored on every machine, not of the run's own.
Nothing is trained here.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file
from transformers import AutoConfig, PreTrainedModel

from core.catalogue.trained import STORED_FILES, write_new_model
from core.catalogue.unpacking import sha256_of
from core.tuning.finetune.saving import MODEL
from core.tuning.masking import MaskingRule
from core.tuning.pretrain.batches import rows_of
from core.tuning.pretrain.evaluation import EVALUATION, PretrainScore, evaluate
from core.tuning.pretrain.examples import Example, exact_by_language, example_answers
from core.tuning.pretrain.material import Material, PairTexts, read_material, read_text_pairs
from core.tuning.pretrain.networks import network_class
from core.tuning.pretrain.spec import PretrainSpec
from core.tuning.results import machine, write_curve
from core.tuning.training import read_curve
from core.weights.difference import compress

NOTES: Final = "notes.json"
RESTORED: Final = "restored"
ROWS: Final = 2_048
Arrays = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedResults:
    """Everything that was measured of a shipped model."""

    name: str
    spec: PretrainSpec
    notes: Mapping[str, object]
    score: PretrainScore
    commonest: float
    """The share of the commonest token: what always naming it would get right."""
    exact: Mapping[str, float]
    """By language, the share of held-out numbers that ``generate`` calls right."""
    exact_count: int
    examples: tuple[Example, ...]
    curve: tuple[Mapping[str, float], ...] = field(repr=False)
    nbytes: int
    sha256: str
    weights: str
    disk: int
    largest_error: float

    def entry(self) -> str:
        """The lines of ``catalogue.toml`` that follow from what was stored."""
        return "\n".join(
            (
                f'filename = "{self.name}.safetensors"',
                f'sha256 = "{self.sha256}"',
                f'weights = "{self.weights}"',
                f"size = {self.nbytes:_}",
                f"disk = {self.disk:_}",
                f"parameters = {int(str(self.notes['parameters'])):_}",
            )
        )

    def write(self, path: Path) -> None:
        """Write everything but the curve as JSON."""
        values = {
            "spec": json.loads(self.spec.to_json()),
            "steps": self.spec.steps,
            "vocabulary": self.notes["vocabulary"],
            "parameters": self.notes["parameters"],
            "seconds": round(float(str(self.notes["seconds"]))),
            "documents": {
                "training": self.notes["rows"],
                "held_out": self.notes["validation_rows"],
            },
            "held_out": {
                "losses": dict(self.score.losses),
                "shares": dict(self.score.shares),
                "counts": dict(self.score.counts),
                "commonest": self.commonest,
            },
            "exact": {"count": self.exact_count, **self.exact},
            "examples": [asdict(each) for each in self.examples],
            "stored": {
                "nbytes": self.nbytes,
                "sha256": self.sha256,
                "weights": self.weights,
                "disk": self.disk,
                "largest_error": self.largest_error,
            },
            "machine": machine(),
        }
        path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", "utf-8")


def ship(name: str, spec: PretrainSpec, run: Path, target: Path) -> ShippedResults:
    """Store the model of the finished ``run`` under ``name`` in ``target``, and measure that.

    The card is written from what comes back (``card.py``).
    """
    trained = load_file(run / MODEL / "model.safetensors")
    stored = target / f"{name}.safetensors"
    store(name, run / MODEL, target)
    folder = run / RESTORED
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    write_new_model(stored, folder)
    network = read_network(spec, folder)
    material = read_material(spec, run, lambda _share, _step: None)
    usual = replace(spec, masking=MaskingRule())  # BERT's 15 %, whatever it was trained with
    rows = rows_of(usual, material.held_out, material.tokenizer, seed=EVALUATION + spec.seed)
    numbers = _held_out_numbers(spec)
    again = load_file(folder / "model.safetensors")
    results = ShippedResults(
        name=name,
        spec=spec,
        notes=json.loads((run / NOTES).read_text("utf-8")),
        score=evaluate(network, spec, rows, count=ROWS),
        commonest=_commonest(material),
        exact=exact_by_language(network, material.tokenizer, numbers) if numbers else {},
        exact_count=len(numbers),
        examples=example_answers(network, material.tokenizer, spec.objective),
        curve=read_curve(run),
        nbytes=stored.stat().st_size,
        sha256=sha256_of(stored),
        weights=sha256_of(folder / "model.safetensors"),
        disk=sum(path.stat().st_size for path in folder.iterdir()),
        largest_error=float(
            max(np.abs(again[part] - weight).max() for part, weight in trained.items())
        ),
    )
    results.write(stored.with_suffix(".json"))
    write_curve(results.curve, stored.with_suffix(".curve.csv"))
    return results


def store(name: str, model: Path, target: Path) -> None:
    """Write the weights in ``model``, in steps of 8 bits, and its other files to ``target``."""
    trained = {
        part: weight.astype(np.float32)
        for part, weight in load_file(model / "model.safetensors").items()
    }
    base = {part: np.zeros_like(weight) for part, weight in trained.items() if weight.ndim == 2}
    stored = compress(base, trained)
    ordered: Arrays = {part: np.ascontiguousarray(stored[part]) for part in sorted(stored)}
    save_file(ordered, target / f"{name}.safetensors")
    for file in STORED_FILES:
        if (model / file).is_file():
            shutil.copyfile(model / file, target / f"{name}.{file}")


def read_network(spec: PretrainSpec, folder: Path) -> PreTrainedModel:
    """The model in ``folder`` as transformers loads it, in float32 and in eval mode."""
    network: PreTrainedModel = network_class(spec).from_pretrained(
        folder,
        config=AutoConfig.from_pretrained(folder, local_files_only=True),
        local_files_only=True,
    )
    network.eval()
    return network


def _held_out_numbers(spec: PretrainSpec) -> list[int]:
    if spec.objective != "seq2seq":
        return []
    asked = [text for text, _said in read_text_pairs(spec).held_out]
    return sorted({int(text.rpartition(" ")[2]) for text in asked})


def _commonest(material: Material) -> float:
    texts = material.train
    rows: Sequence[npt.NDArray[np.int64]]
    rows = texts.targets if isinstance(texts, PairTexts) else [texts.sentences.tokens]
    tokens = np.concatenate(rows)
    if not isinstance(texts, PairTexts) and not len(tokens):
        tokens = texts.blocks.ravel()
    counts = np.bincount(tokens)
    return float(counts.max() / counts.sum())
