"""What kind of model a configuration describes, and with which class it is loaded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForPreTraining,
    AutoModelForSeq2SeqLM,
    AutoModelForTextEncoding,
    PretrainedConfig,
)
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
)

from core.models.language_model import Kind

NEXT_SENTENCE_WEIGHTS: Final = "cls.seq_relationship.weight"
_HEADS: Final = ("ForCausalLM", "LMHeadModel", "ForMaskedLM", "ForPreTraining", "Model")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to load a model: as which kind, by which of transformers' automatic classes."""

    kind: Kind
    auto_class: type[AutoModel]


ENCODER: Final = Candidate("encoder", AutoModel)
HALF: Final = Candidate("encoder", AutoModelForTextEncoding)
"""The encoder of an encoder–decoder model that was saved alone (T5EncoderModel)."""


def candidates(config: PretrainedConfig, weights: Collection[str]) -> tuple[Candidate, ...]:
    """The ways to try, best first; ``weights`` are the names in the files.

    A network with a language head is loaded with it. Where the files lack the head, the encoder
    alone is loaded, never a head of random numbers.
    """
    architecture = _architecture(config)
    if architecture.endswith("EncoderModel") and type(config) in HALF.auto_class._model_mapping:
        return (HALF,)
    if getattr(config, "is_encoder_decoder", False):
        return (Candidate("seq2seq", AutoModelForSeq2SeqLM),)
    masked = config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES
    causal = config.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    if architecture and not architecture.endswith(_HEADS):
        return (ENCODER,)  # fitted to a task: its head is no language head
    if architecture.endswith(("ForMaskedLM", "ForPreTraining")) or (masked and not architecture):
        # BERT's own files hold the head for next-sentence prediction too.
        paired = NEXT_SENTENCE_WEIGHTS in weights
        return (
            Candidate("masked", AutoModelForPreTraining if paired else AutoModelForMaskedLM),
            ENCODER,
        )
    if architecture.endswith(("ForCausalLM", "LMHeadModel")) or (causal and not masked):
        return (Candidate("causal", AutoModelForCausalLM), ENCODER)
    return (ENCODER,)


def _architecture(config: PretrainedConfig) -> str:
    """The class that saved the model, as its configuration names it; empty where it does not."""
    named = config.architectures
    first = named[0] if isinstance(named, list) and named else named
    return first if isinstance(first, str) else ""
