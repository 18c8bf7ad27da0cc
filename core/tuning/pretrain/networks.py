"""The network of a spec, with random weights: BERT with both heads, GPT-2, or T5.

Each gives its own loss: a mean over what it predicts. How it is optimised is not known here.
"""

from __future__ import annotations

from typing import Final

import torch
from transformers import (
    BertConfig,
    GPT2Config,
    GPT2LMHeadModel,
    PretrainedConfig,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)

from core.tuning.learner import MaskedLearner
from core.tuning.pretrain.spec import Objective, PretrainSpec

_WIDER: Final = 4  # the layers inside, beside those that carry the text

_NETWORKS: Final[dict[Objective, type[PreTrainedModel]]] = {
    "masked": MaskedLearner,
    "causal": GPT2LMHeadModel,
    "seq2seq": T5ForConditionalGeneration,
}


def new_network(spec: PretrainSpec, vocabulary: int) -> PreTrainedModel:
    """The network of ``spec`` for a vocabulary of that size; the seed decides its weights."""
    torch.manual_seed(spec.seed)
    config = network_config(spec, vocabulary)
    # Its backward pass takes half the time of the fused kernel's on a CPU.
    config._attn_implementation = "eager"
    network: PreTrainedModel = _NETWORKS[spec.objective](config)
    network.train()
    return network


def network_class(spec: PretrainSpec) -> type[PreTrainedModel]:
    """The class of the network of ``spec``, which reads what ``batches.py`` makes."""
    return _NETWORKS[spec.objective]


def parameters_of(spec: PretrainSpec, vocabulary: int) -> int:
    """How many parameters the network will have; nothing is filled."""
    with torch.device("meta"):
        network = _NETWORKS[spec.objective](network_config(spec, vocabulary))
    return sum(part.numel() for part in network.parameters())


def network_config(spec: PretrainSpec, vocabulary: int) -> PretrainedConfig:
    """The shape of the network, as transformers describes it."""
    inner = _WIDER * spec.hidden
    if spec.objective == "masked":
        return BertConfig(
            vocab_size=vocabulary,
            hidden_size=spec.hidden,
            num_hidden_layers=spec.layers,
            num_attention_heads=spec.heads,
            intermediate_size=inner,
            max_position_embeddings=spec.block,
            hidden_dropout_prob=spec.dropout,
            attention_probs_dropout_prob=spec.dropout,
            pad_token_id=0,
        )
    if spec.objective == "causal":
        return GPT2Config(
            vocab_size=vocabulary,
            n_embd=spec.hidden,
            n_layer=spec.layers,
            n_head=spec.heads,
            n_inner=inner,
            n_positions=spec.block,
            embd_pdrop=spec.dropout,
            attn_pdrop=spec.dropout,
            resid_pdrop=spec.dropout,
            bos_token_id=0,
            eos_token_id=0,
            pad_token_id=0,
        )
    return T5Config(
        vocab_size=vocabulary,
        d_model=spec.hidden,
        d_kv=spec.hidden // spec.heads,
        d_ff=inner,
        num_layers=spec.layers,
        num_heads=spec.heads,
        dropout_rate=spec.dropout,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )
