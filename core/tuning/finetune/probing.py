"""The prober of a fine-tuning run: its texts, and how its labelled rows are read.

A text reaches the network as in training: cut alike, in the template of PET where there is one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from core.models.language_model import Kind as ModelKind
from core.tuning.finetune.features import Features, Numbers, featurize, words_asked
from core.tuning.finetune.loss import predictions
from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.pattern import Pattern, featurize_pattern
from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled.examples import Examples
from core.tuning.probes.inputs import as_examples, choose_inputs
from core.tuning.probes.inspection import LearningModel
from core.tuning.probes.prober import LabelledText, Prober, ReadLabelled
from core.tuning.probes.readings import FloatArray, ProbeInput
from core.tuning.probes.taking import TOKENS

_LABELLED: Final = ("classification", "pair", "tagging")


def make_prober(
    spec: RunSpec,
    tuned: TunedNetwork,
    held_out: Examples,
    folder: Path,
    *,
    pattern: Pattern | None,
) -> Prober | None:
    """The prober of the run of ``spec``; None where it is switched off or there is no text.

    Raises InputError for a head that the model does not have.
    """
    inputs = choose_inputs(spec.probes.texts, held_out, tuned.tokenizer, seed=spec.seed)
    if not spec.probes.enabled or not inputs:
        return None
    labelled = spec.kind in _LABELLED
    return Prober(
        spec.probes,
        LearningModel(
            tuned.network,
            tuned.tokenizer,
            model_id=spec.model,
            kind=_model_kind(spec, tuned),
            folder=tuned.folder,
        ),
        inputs,
        folder,
        task=spec.kind,
        label_names=held_out.label_names,
        read_labelled=_reader(tuned, held_out, pattern) if labelled else None,
    )


def _model_kind(spec: RunSpec, tuned: TunedNetwork) -> ModelKind:
    if spec.kind == "masked":
        return "masked"
    return "causal" if spec.kind in ("causal", "completion") else "encoder"


def _reader(tuned: TunedNetwork, held_out: Examples, pattern: Pattern | None) -> ReadLabelled:
    """How a text with labels is read: as one row of training."""
    limit = min(tuned.limit, TOKENS)

    def read(given: ProbeInput) -> LabelledText:
        examples = as_examples([given], held_out)
        if pattern is None:
            features = featurize(examples, tuned.tokenizer, limit=limit, typed=tuned.typed)
        else:
            # The template alone may be longer than what is shown of other texts.
            features = featurize_pattern(
                examples, pattern, tuned.tokenizer, limit=tuned.limit, typed=tuned.typed
            )
        ids, types, _labels = features.row(0)
        words: tuple[str, ...] = ()
        if held_out.kind == "tagging":
            own = examples.words[0]
            words = tuple(own[number] for number in words_asked(own, tuned.tokenizer, len(ids)))
        return LabelledText(
            ids=tuple(int(each) for each in ids),
            types=tuple(int(each) for each in types),
            probabilities=lambda: _probabilities(tuned, features, pattern),
            words=words,
        )

    return read


def _probabilities(tuned: TunedNetwork, features: Features, pattern: Pattern | None) -> FloatArray:
    """The probabilities of the labels, of each word where words are tagged. (word or 1, label)"""
    network = tuned.network
    device = next(network.parameters()).device
    ids, types, labels = (_row(part, device) for part in features.row(0))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if tuned.typed:
        inputs["token_type_ids"] = types
    with torch.no_grad():
        logits = network(**inputs).logits
    asked, _labels = predictions(
        logits,
        labels if features.by_token else labels[0],
        shifted=features.shifted,
        choices=pattern.word_ids if pattern else (),
    )
    found: FloatArray = torch.softmax(asked, dim=-1).cpu().numpy().astype(np.float32)
    return found


def _row(part: Numbers, device: torch.device) -> Tensor:
    return torch.from_numpy(part.astype(np.int64))[None].to(device)  # (1, token)
