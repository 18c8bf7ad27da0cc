"""What a run from nothing looks into on its way: some of the held-out texts, from before step 1.

Texts are read back from the tokens that are measured on, so that nothing else has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from transformers import BertForPreTraining, PreTrainedTokenizerFast

from core.models.language_model import Kind
from core.tuning.blocks import TokenTexts
from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.training import Look
from core.tuning.masking import Ids
from core.tuning.pretrain.evaluation import PretrainScore
from core.tuning.pretrain.material import Material, Texts
from core.tuning.pretrain.spec import Objective, PretrainSpec
from core.tuning.probes.inspection import LearningModel
from core.tuning.probes.prober import Prober
from core.tuning.probes.readings import ProbeInput
from core.tuning.probes.taking import TOKENS

_COUNT: Final = 2
_SHORT, _LONG = 8, 24  # tokens of a sentence that is good to look at
_BEGINNING: Final = 8  # tokens of a text that a model is to go on with
_PROBES: Final = 700_000  # apart from every seed of training
_KINDS: Final[dict[Objective, Kind]] = {
    "masked": "masked",
    "causal": "causal",
    "seq2seq": "seq2seq",
}


def look_into(
    spec: PretrainSpec, tuned: TunedNetwork, material: Material, folder: Path
) -> Look[PretrainScore] | None:
    """What looks into the network of ``spec`` at a step; None where it wants no probes.

    Raises InputError for a head that the network does not have.
    """
    inputs = choose_inputs(spec, material.held_out, material.tokenizer)
    if not spec.probes.enabled or not inputs:
        return None
    prober = Prober(
        spec.probes,
        LearningModel(
            tuned.network,
            tuned.tokenizer,
            model_id=folder.name,
            kind=_KINDS[spec.objective],
            folder=folder,
            # The class that is trained reads chosen words only.
            forward=BertForPreTraining.forward if spec.objective == "masked" else None,
        ),
        inputs,
        folder,
        task=spec.objective,
    )

    def look(step: int, found: PretrainScore | None) -> None:
        scores = {} if found is None else {"count": float(found.count), **found.values()}
        prober.take(step, scores=scores)

    return look


def choose_inputs(
    spec: PretrainSpec, held_out: Texts, tokenizer: PreTrainedTokenizerFast
) -> tuple[ProbeInput, ...]:
    """The texts of the spec, or some that are held out: sentences, beginnings, or pairs."""
    if spec.probes.texts:
        return tuple(
            ProbeInput(text=each.text, expected=(each.second,) if each.second else ())
            for each in spec.probes.texts
        )
    drawn = np.random.default_rng((_PROBES, spec.seed))
    found: list[ProbeInput] = []
    for given in _texts(spec, held_out, tokenizer, drawn):
        if given.text.strip() and given not in found:
            found.append(given)
        if len(found) == _COUNT:
            break
    return tuple(found)


def _texts(
    spec: PretrainSpec,
    held_out: Texts,
    tokenizer: PreTrainedTokenizerFast,
    drawn: np.random.Generator,
) -> Iterator[ProbeInput]:
    """Held-out texts in an order that the seed decides."""

    def read(ids: Ids) -> str:
        return str(tokenizer.decode(ids, skip_special_tokens=True)).strip()

    if not isinstance(held_out, TokenTexts):
        for number in drawn.permutation(len(held_out)):
            source, target = held_out.sources[number], held_out.targets[number]
            if len(source) <= TOKENS and len(target) <= TOKENS:
                yield ProbeInput(text=read(source), expected=(read(target),))
    elif spec.objective == "causal":
        for number in drawn.permutation(len(held_out.blocks)):
            yield ProbeInput(text=read(held_out.blocks[number][:_BEGINNING]))
    else:
        bank = held_out.sentences
        lengths = np.diff(bank.starts)
        most = min(_LONG, spec.block - 2)
        order = drawn.permutation(len(lengths))
        away = np.maximum(np.maximum(_SHORT - lengths, lengths - most), 0)
        for number in order[np.argsort(away[order], kind="stable")]:
            yield ProbeInput(text=read(bank.tokens[bank.starts[number] : bank.starts[number + 1]]))
