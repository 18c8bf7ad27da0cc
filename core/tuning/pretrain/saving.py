"""What a run leaves behind: a folder that transformers loads, with a small model card."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from core.catalogue import find_dataset
from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.saving import MODEL
from core.tuning.finetune.training import Ending
from core.tuning.pretrain.evaluation import PretrainScore
from core.tuning.pretrain.material import Material
from core.tuning.pretrain.spec import NUMBERS, Objective, PretrainSpec, TokenizerKind

OBJECTIVES: Final[dict[Objective, str]] = {
    "masked": "masked words and next sentences, as BERT (Devlin et al. 2019)",
    "causal": "the next token, as GPT-2 (Radford et al. 2019)",
    "seq2seq": "one text from another, by an encoder–decoder (T5; Raffel et al. 2020)",
}
TOKENIZERS: Final[dict[TokenizerKind, str]] = {
    "wordpiece": "WordPiece, lower case",
    "bpe": "byte-level BPE",
    "characters": "one token for each character",
    "words": "words; digits, Chinese characters and marks alone",
}
SHARES: Final = {
    "masked_accuracy": "masked tokens, first choice right",
    "pair_accuracy": "next sentence or not",
    "accuracy": "next token, first choice right",
    "exact": "whole text right",
}


def save_model(
    spec: PretrainSpec,
    tuned: TunedNetwork,
    material: Material,
    folder: Path,
    ending: Ending,
    score: PretrainScore,
) -> Path:
    """Write ``folder/model``, whole or not at all, and return it."""
    part, place = folder / f"{MODEL}.part", folder / MODEL
    shutil.rmtree(part, ignore_errors=True)
    tuned.network.save_pretrained(part)
    tuned.tokenizer.save_pretrained(part)
    (part / "README.md").write_text(model_card(spec, tuned, material, ending, score), "utf-8")
    shutil.rmtree(place, ignore_errors=True)
    part.rename(place)
    return place


def model_card(
    spec: PretrainSpec,
    tuned: TunedNetwork,
    material: Material,
    ending: Ending,
    score: PretrainScore,
) -> str:
    """The card as Markdown: what it was made from, how it was trained, what was measured."""
    kept = (
        "" if ending.kept_step == ending.step else f", of which step {ending.kept_step:,} is kept"
    )
    return f"""---
library_name: transformers
---
# A model from nothing

Trained with Headlight on {material.documents:,} texts for {OBJECTIVES[spec.objective]}:
{ending.step:,} steps of {spec.batch} rows{kept}.

| | |
|---|---|
| texts | {", ".join(text_names(spec))} |
| tokenizer | {TOKENIZERS[spec.tokenizer]}, {len(tuned.tokenizer):,} tokens |
| network | {spec.layers} layers, {spec.heads} heads, hidden {spec.hidden} |
| parameters | {tuned.parameters:,} |
| longest row | {spec.block} tokens |
| learning rate | {spec.rate:g}, {spec.schedule}, {100 * spec.warmup:g} % of the steps rising |
| precision | {spec.precision} |
| seed | {spec.seed} |
{measured_rows(score)}
Measured on {material.held_out_documents:,} texts that it was not trained on.

The spec of the run repeats it:

```json
{spec.to_json()}```
"""


def text_names(spec: PretrainSpec) -> tuple[str, ...]:
    """What the texts are called, with their licences where the catalogue knows them."""
    if spec.file:
        return (f"the file {spec.file}",)
    names = []
    for each in spec.texts:
        entry = find_dataset(each.dataset)
        name = f"{entry.titles.en} ({entry.licence})" if entry else each.dataset
        name = "numbers and their names, by rule" if each.dataset == NUMBERS else name
        names.append(name if each.share == 1 else f"{100 * each.share:g} % of {name}")
    return tuple(names)


def measured_rows(score: PretrainScore) -> str:
    """The rows of a table: shares with their counts, and losses."""
    rows = [
        f"| {SHARES[name]} | {100 * share:.1f} % of {score.counts[name]:,} |"
        for name, share in score.shares.items()
    ]
    rows += [f"| loss ({name}) | {loss:.4f} nats |" for name, loss in score.losses.items()]
    if "masked" not in score.losses:
        rows.append(f"| perplexity | {score.perplexity:.2f} |")
    return "\n".join(rows) + "\n"
