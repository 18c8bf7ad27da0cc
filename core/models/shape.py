"""The sizes of a model: what a configuration says, corrected by what the network really does."""

from __future__ import annotations

from typing import Final

from torch import nn
from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast

from core.attention.places import AttentionPlaces, vocabulary_of
from core.models.language_model import ModelShape

DEFAULT_TOKENS: Final = 512
"""For models without absolute positions whose tokenizer names no length."""

_NO_LENGTH: Final = 1_000_000  # a tokenizer that knows no limit says 10³⁰
_POSITIONS: Final = ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length")
_RELATIVE: Final = frozenset({"t5", "mt5", "umt5", "longt5", "switch_transformers", "bloom", "mpt"})
_PADDED: Final = frozenset(
    {
        "roberta",
        "xlm-roberta",
        "xlm-roberta-xl",
        "camembert",
        "mpnet",
        "longformer",
        "roberta-prelayernorm",
    }
)  # counting of positions begins after the padding token's number


def model_shape(
    network: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, places: AttentionPlaces | None
) -> ModelShape:
    """The shape of a loaded network; from its configuration where attention cannot be tapped."""
    config = text_config(network.config)
    own = places.shapes.get("self") if places else None
    decoder = places.shapes.get("decoder") if places else None
    layers = _number(config, "num_hidden_layers", "encoder_layers")
    heads = _number(config, "num_attention_heads", "encoder_attention_heads")
    hidden = _number(config, "hidden_size")
    return ModelShape(
        layers=own.layers if own else layers,
        heads=own.heads if own else heads,
        kv_heads=own.kv_heads if own else _number(config, "num_key_value_heads") or heads,
        head_dim=own.head_dim if own else _number(config, "head_dim") or hidden // max(1, heads),
        hidden=hidden,
        vocab=vocabulary_of(network),
        max_tokens=max_tokens(config, tokenizer, network),
        decoder_layers=decoder.layers if decoder else 0,
        decoder_heads=decoder.heads if decoder else 0,
    )


def max_tokens(
    config: PretrainedConfig,
    tokenizer: PreTrainedTokenizerFast,
    network: PreTrainedModel | None,
) -> int:
    """How many tokens the model's positions allow."""
    config = text_config(config)
    named = _number(config, *_POSITIONS)
    if named and config.model_type not in _RELATIVE:
        return named - _skipped(config, network)
    length = tokenizer.model_max_length
    return int(length) if 0 < length < _NO_LENGTH else DEFAULT_TOKENS


def text_config(config: PretrainedConfig) -> PretrainedConfig:
    """The part of a configuration that describes the reading of text, where it has several."""
    inner = getattr(config, "encoder", None)  # of two models joined: EncoderDecoderModel
    if isinstance(inner, PretrainedConfig):
        return inner
    found: PretrainedConfig = config.get_text_config()
    return found


def _skipped(config: PretrainedConfig, network: PreTrainedModel | None) -> int:
    """Positions never used: RoBERTa and its kin begin to count after the padding token."""
    if network is None:
        return int(config.pad_token_id or 0) + 1 if config.model_type in _PADDED else 0
    for name, module in network.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            return 0 if module.padding_idx is None else int(module.padding_idx) + 1
    return 0


def _number(config: PretrainedConfig, *names: str) -> int:
    """The first of the named numbers that the configuration has; 0 if none."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return 0
