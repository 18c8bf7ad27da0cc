"""What a run leaves behind: a folder that transformers or PEFT load, with a small model card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from peft import PeftModel

from core.catalogue import find_model
from core.tuning.finetune.evaluation import Score
from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.spec import RunSpec
from core.tuning.finetune.training import Ending

MODEL: Final = "model"
_METHODS: Final = {
    "full": "all weights",
    "head": "a new head on a body that stays as it is",
    "lora": "LoRA (Hu et al. 2021)",
    "prompt": "prompt tuning (Lester et al. 2021)",
    "prefix": "prefix tuning (Li and Liang 2021)",
    "pet": "PET, all weights (Schick and Schütze 2021)",
    "pet-lora": "PET (Schick and Schütze 2021) with LoRA (Hu et al. 2021)",
    "pet-prompt": "PET (Schick and Schütze 2021) with prompt tuning (Lester et al. 2021)",
}


def save_model(
    spec: RunSpec, tuned: TunedNetwork, folder: Path, ending: Ending, score: Score | None
) -> Path:
    """Write ``folder/model``, whole or not at all, and return it.

    An adapter is stored alone, as PEFT does, and names the model it belongs to.
    """
    part, place = folder / f"{MODEL}.part", folder / MODEL
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    if isinstance(tuned.network, PeftModel):
        save_adapter(tuned.network, part, base=spec.model)
    else:
        tuned.network.save_pretrained(part)
    tuned.tokenizer.save_pretrained(part)
    (part / "README.md").write_text(model_card(spec, tuned, ending, score), "utf-8")
    shutil.rmtree(place, ignore_errors=True)
    part.rename(place)
    return place


def save_adapter(network: PeftModel, folder: Path, *, base: str) -> None:
    """Write what PEFT trained to ``folder``; it names the model ``base`` that it belongs to."""
    config = network.peft_config["default"]
    own, config.base_model_name_or_path = config.base_model_name_or_path, base_name(base)
    try:
        network.save_pretrained(folder, save_embedding_layers=False)
    finally:
        config.base_model_name_or_path = own


def base_name(model: str) -> str:
    """The name by which PEFT finds the model of an adapter: that of the hub where it has one."""
    entry = find_model(model)
    return entry.repo or entry.id if entry else model


def model_card(spec: RunSpec, tuned: TunedNetwork, ending: Ending, score: Score | None) -> str:
    """The card as Markdown: what it came from, how it was trained, what was measured."""
    source = spec.source
    data = source.dataset or source.hub or source.file
    kept = (
        "" if ending.kept_step == ending.step else f", of which step {ending.kept_step:,} is kept"
    )
    adapter = isinstance(tuned.network, PeftModel)
    return f"""---
base_model: {json.dumps(_shown(spec.model), ensure_ascii=False)}
library_name: {"peft" if adapter else "transformers"}
---
# {_shown(spec.model)}, fine-tuned

Trained with Headlight on {json.dumps(data, ensure_ascii=False)} ({spec.kind}): {ending.step:,}
steps of {spec.batch * spec.accumulation} rows{kept}.

| | |
|---|---|
| method | {_METHODS[spec.method]} |
| trained parameters | {tuned.trainable:,} of {tuned.parameters:,} |
| learning rate | {spec.rate:g}, {spec.schedule}, {100 * spec.warmup:g} % of the steps rising |
| longest row | {tuned.limit} tokens |
| precision | {spec.precision} |
| seed | {spec.seed} |
{_measured(score)}
The spec of the run repeats it:

```json
{_exported(spec)}```
"""


def _measured(score: Score | None) -> str:
    if score is None or not score.count:
        return ""
    rows = [f"| held out | {score.count:,} predictions |", f"| loss | {score.loss:.4f} nats |"]
    rows.append(f"| accuracy | {score.accuracy:.4f} |")
    if score.confusion is None:
        rows.append(f"| perplexity | {score.perplexity:.2f} |")
    else:
        rows.append(f"| macro F1 | {score.macro_f1:.4f} |")
    return "\n".join(rows) + "\n"


def _exported(spec: RunSpec) -> str:
    """The spec as JSON, without a path of this machine."""
    values = json.loads(spec.to_json()) | {"model": _shown(spec.model)}
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _shown(model: str) -> str:
    """A catalogue id or hub name as it is; of a folder only its name."""
    return Path(model).name if Path(model).is_dir() else model
