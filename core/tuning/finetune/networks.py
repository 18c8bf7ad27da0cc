"""The network that a spec trains: transformers' class for the task, with PEFT's adapter in it.

Only what the method trains takes a gradient. How it is optimised is not known here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from peft import (
    LoraConfig,
    PeftConfig,
    PeftModel,
    PrefixTuningConfig,
    PromptTuningConfig,
    TaskType,
    get_peft_model,
)
from peft.utils.constants import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING
from torch import nn
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.pytorch_utils import Conv1D

from core.catalogue import check_folder, ensure_model, weights_size
from core.device import cuda_computes
from core.errors import InputError, UnsupportedError
from core.language import _
from core.models.configuration import LOCAL, read_config
from core.models.faults import broken_as_sentence
from core.models.kinds import candidates
from core.models.loading import load_tokenizer
from core.models.room import check_fits
from core.tuning.finetune.spec import RunSpec

_FLOAT32: Final = 4  # bytes
_HEADS: Final = ("classifier", "score")  # what PEFT trains and saves of its own accord
_TARGETS: Final = TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING | {
    "distilbert": ["q_lin", "v_lin"],
    "albert": ["query", "value"],
    "modernbert": ["Wqkv"],
}
_BEFORE_TEXT: Final = ("prompt", "prefix")
_LANGUAGE: Final = ("causal", "completion", "masked")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TunedNetwork:
    """A network ready to be trained, and how texts reach it.

    ``limit`` is the most tokens of a row; ``typed`` says whether segments tell the texts of a pair
    apart, ``causal`` whether it reads from left to right only. ``new`` are the weights that the
    model's files lack; ``folder`` holds the model it starts from.
    """

    network: PreTrainedModel | PeftModel
    tokenizer: PreTrainedTokenizerFast
    folder: Path
    limit: int
    typed: bool
    causal: bool
    new: tuple[str, ...]

    @property
    def trainable(self) -> int:
        """How many parameters are trained."""
        return sum(part.numel() for part in self.network.parameters() if part.requires_grad)

    @property
    def parameters(self) -> int:
        """How many parameters there are in all."""
        return sum(part.numel() for part in self.network.parameters())


def build_network(
    spec: RunSpec,
    label_names: Sequence[str] = (),
    *,
    progress: Callable[[float, str], None] | None = None,
) -> TunedNetwork:
    """The network of ``spec``, with an output for each of ``label_names`` where it classifies.

    What is new in it follows from ``spec.seed``. Raises UnsupportedError where the model cannot
    do what the spec asks, and what ``load_model`` raises.
    """
    text = load_tokenizer(spec.model, progress=progress)
    folder = ensure_model(spec.model, progress)
    check_folder(folder)
    check_fits(spec.model, _FLOAT32 * weights_size(folder).parameters, torch.device("cpu"))
    config = read_config(spec.model, folder)
    config._attn_implementation = "sdpa" if cuda_computes() else "eager"
    tokenizer = text.tokenizer
    _give_padding(config, tokenizer)
    auto_class, causal = _auto_class(spec, config)
    if auto_class in (AutoModelForSequenceClassification, AutoModelForTokenClassification):
        config.id2label = dict(enumerate(label_names))
        config.label2id = {name: place for place, name in enumerate(label_names)}
        config.problem_type = "single_label_classification"
    torch.manual_seed(spec.seed)
    with broken_as_sentence(spec.model):
        network, report = auto_class.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # the head of another task gives way to a new one
            **LOCAL,
        )
    changed = {name for name, _found, _wanted in report["mismatched_keys"]}
    new = tuple(sorted({*report["missing_keys"], *changed}))
    _check_whole(spec, network, new, language=_is_language(spec))
    adapted = _adapted(spec, network, new)
    _start_virtual(spec, adapted, tokenizer)
    before = spec.virtual_tokens if spec.adapter in _BEFORE_TEXT else 0
    limit = min(spec.max_tokens, text.max_tokens - before)
    if limit < 8:
        raise InputError(
            _(
                "{count} virtual tokens leave room for {limit} of a text in {id}: lower their "
                "number."
            ).format(count=before, limit=max(0, limit), id=spec.model)
        )
    return TunedNetwork(
        network=adapted,
        tokenizer=tokenizer,
        folder=folder,
        limit=limit,
        typed=spec.kind == "pair" and getattr(config, "type_vocab_size", 0) > 1,
        causal=causal,
        new=new,
    )


def _is_language(spec: RunSpec) -> bool:
    return spec.kind in _LANGUAGE or spec.by_pattern


def _auto_class(spec: RunSpec, config: PretrainedConfig) -> tuple[type[AutoModel], bool]:
    """transformers' class for the task, and whether the model reads from left to right only."""
    kind = candidates(config, ())[0].kind
    decoding = AutoModelForCausalLM._model_mapping
    masking = AutoModelForMaskedLM._model_mapping
    causal = kind == "causal" or (type(config) in decoding and type(config) not in masking)
    found: type[AutoModel] | None = None
    if kind == "seq2seq":
        found = None
    elif spec.kind in ("causal", "completion"):
        found = AutoModelForCausalLM if causal else None
    elif spec.kind == "masked":
        found = None if causal else AutoModelForMaskedLM
    elif spec.by_pattern:
        found = AutoModelForCausalLM if causal else AutoModelForMaskedLM
    elif spec.kind == "tagging":
        found = AutoModelForTokenClassification
    elif not (causal and spec.method == "prompt"):  # it would read the padding's last position
        found = AutoModelForSequenceClassification
    if found is None or type(config) not in found._model_mapping:
        raise _unable(spec)
    return found, causal


def _unable(spec: RunSpec) -> UnsupportedError:
    return UnsupportedError(
        _(
            "{id} cannot learn “{kind}” by the method “{method}”: choose another model or method."
        ).format(id=spec.model, kind=spec.kind, method=spec.method)
    )


def _give_padding(config: PretrainedConfig, tokenizer: PreTrainedTokenizerFast) -> None:
    """Where no token was set aside for padding, the closing one serves: it is never attended to."""
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    config.pad_token_id = tokenizer.pad_token_id


def _check_whole(
    spec: RunSpec, network: PreTrainedModel, new: Sequence[str], *, language: bool
) -> None:
    """Only a head for the task may be new; a body or a language head of random numbers may not."""
    body = f"{network.base_model_prefix}."
    lacking = [name for name in new if ".pooler." not in name]
    if language and lacking:
        raise UnsupportedError(
            _(
                "{id} has no head that predicts words, which this run needs: choose a masked or a "
                "causal model."
            ).format(id=spec.model)
        )
    if any(name.startswith(body) for name in lacking):
        raise _unable(spec)


def _adapted(
    spec: RunSpec, network: PreTrainedModel, new: Sequence[str]
) -> PreTrainedModel | PeftModel:
    """The network with what the method adds, and gradients only where it trains."""
    if spec.method in ("full", "pet"):
        return network
    if spec.method == "head":
        network.requires_grad_(requires_grad=False)
        for weight in _head(network, new):
            weight.requires_grad = True
        return network
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice on settings that are chosen on purpose
        try:
            adapted = get_peft_model(network, _peft_config(spec, network, new))
            reached = spec.adapter not in _BEFORE_TEXT or _reaches_output(adapted)
        except (ValueError, KeyError, AttributeError, TypeError, RuntimeError) as error:
            raise _unable(spec) from error
    if not reached:
        raise _unable(spec)
    return adapted


def _start_virtual(
    spec: RunSpec, network: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerFast
) -> None:
    """Let virtual tokens begin as the words of ``spec.virtual_text``, where there is one.

    As PEFT's own start from a text (Lester et al. 2021, section 3.2): its tokens, repeated or cut.
    """
    if spec.adapter != "prompt" or not spec.virtual_text.strip():
        return
    found = tokenizer(spec.virtual_text, add_special_tokens=False, verbose=False)["input_ids"]
    if not found or not isinstance(network, PeftModel):
        raise InputError(
            _(
                "“{text}” is no token of {id}: let the virtual tokens begin from other words."
            ).format(text=spec.virtual_text[:60], id=spec.model)
        )
    ids = torch.tensor([found[place % len(found)] for place in range(spec.virtual_tokens)])
    with torch.no_grad():
        words = network.get_input_embeddings().weight[ids]  # (token, hidden)
        network.prompt_encoder["default"].embedding.weight.copy_(words)


def _reaches_output(network: PeftModel) -> bool:
    """Whether the tokens before the text change what comes out: some models pass them by."""
    ids = torch.ones((1, 4), dtype=torch.long)  # (row, token)
    with torch.inference_mode(mode=False), torch.enable_grad():
        logits = network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        virtual = list(network.prompt_encoder.parameters())
        found = torch.autograd.grad(logits.sum(), virtual, allow_unused=True)
    return all(gradient is not None for gradient in found)


def _head(network: PreTrainedModel, new: Sequence[str]) -> Iterator[nn.Parameter]:
    body = f"{network.base_model_prefix}."
    for name, weight in network.named_parameters():
        if name in new or not name.startswith(body):
            yield weight


def _peft_config(spec: RunSpec, network: PreTrainedModel, new: Sequence[str]) -> PeftConfig:
    task = {
        "classification": TaskType.SEQ_CLS,
        "pair": TaskType.SEQ_CLS,
        "tagging": TaskType.TOKEN_CLS,
        "causal": TaskType.CAUSAL_LM,
        "completion": TaskType.CAUSAL_LM,
    }.get(spec.kind, TaskType.FEATURE_EXTRACTION)
    if spec.by_pattern:  # the labels are words: no head of theirs is put on
        task = TaskType.FEATURE_EXTRACTION
    modules = {name.rpartition(".")[0] for name in new}
    saved = sorted(name for name in modules if not set(name.split(".")) & set(_HEADS)) or None
    if spec.adapter == "prompt":
        return PromptTuningConfig(
            task_type=task, num_virtual_tokens=spec.virtual_tokens, modules_to_save=saved
        )
    if spec.adapter == "prefix":
        return PrefixTuningConfig(
            task_type=task, num_virtual_tokens=spec.virtual_tokens, modules_to_save=saved
        )
    usual = _TARGETS.get(network.config.model_type, "all-linear")
    return LoraConfig(
        task_type=task,
        r=spec.rank,
        lora_alpha=spec.alpha,
        target_modules=list(spec.targets) or usual,
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in network.modules()),
        modules_to_save=saved,
    )
