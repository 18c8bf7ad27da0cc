"""The network of a run as it was trained, put together again from what the run kept.

``restore`` gives it with its adapter in it, as it was trained; ``as_language_model`` gives the
network that all of Headlight looks into: LoRA added to the weights, virtual tokens as tokens.
"""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from peft import PeftModel, load_peft_weights, set_peft_model_state_dict
from safetensors.torch import load_file
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerFast

from core.attention.virtual import Prefix
from core.errors import BrokenModelError
from core.language import _
from core.models.language_model import Kind
from core.tuning.finetune.networks import TunedNetwork, build_network
from core.tuning.finetune.pattern import Pattern, read_pattern
from core.tuning.finetune.spec import RunSpec
from core.tuning.finetune.task import TaskNetwork
from core.tuning.kept import KeptModel

_LANGUAGE = ("causal", "completion", "masked")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restored:
    """A plain network with what a run taught it.

    ``vectors`` (token, hidden) or ``prefixes`` are its virtual tokens, where it has some; ``task``
    is the same network with its head, where it gives classes.
    """

    network: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast
    kind: Kind
    vectors: torch.Tensor | None = None
    prefixes: tuple[Prefix, ...] = ()
    task: TaskNetwork | None = None


def restore(kept: KeptModel) -> TunedNetwork:
    """The network of ``kept`` as the run trained it, in eval mode and without gradients.

    Its outputs equal those at the end of the run to 0.0. Raises what ``build_network`` raises,
    where the model that an adapter belongs to is gone for example.
    """
    spec = RunSpec.from_json(kept.record.spec)
    if not kept.is_adapter and kept.step is None:
        # The folder holds all weights, its head's too: the first model is not needed.
        spec = replace(spec, model=str(kept.folder))
    tuned = build_network(spec, kept.label_names)
    if kept.step != 0 and (kept.is_adapter or kept.step is not None):
        put_weights(tuned, kept.folder)
    tuned.network.eval().requires_grad_(requires_grad=False)
    return tuned


def put_weights(tuned: TunedNetwork, folder: Path) -> None:
    """Give the network the weights of a checkpoint or of a run's model."""
    if isinstance(tuned.network, PeftModel):
        weights = load_peft_weights(str(folder), device="cpu")
        set_peft_model_state_dict(tuned.network, weights)
        return
    result = tuned.network.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    tuned.network.tie_weights()
    if result.unexpected_keys:
        raise BrokenModelError(
            _("The weights in {folder} do not fit the model of the run: train it again.").format(
                folder=folder.name
            )
        )


def merged(tuned: TunedNetwork) -> PreTrainedModel:
    """The plain network whose weights have LoRA's update in them: W + alpha / rank · B A.

    Equal to the network with its adapter up to rounding.
    """
    network = tuned.network
    if not isinstance(network, PeftModel):
        return network
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain: PreTrainedModel = network.merge_and_unload()
    return plain


def as_language_model(kept: KeptModel) -> Restored:
    """The network of a run as a model to be looked into, and apart from it what gives classes."""
    tuned = restore(kept)
    spec = RunSpec.from_json(kept.record.spec)
    whole = spec.kind in _LANGUAGE or spec.by_pattern
    network = tuned.network
    vectors: torch.Tensor | None = None
    prefixes: tuple[Prefix, ...] = ()
    if spec.adapter in ("prompt", "prefix") and isinstance(network, PeftModel):
        with torch.no_grad():
            found = network.get_prompt(1)
        if isinstance(found, DynamicCache):
            prefixes = tuple(
                Prefix(keys=layer.keys[0].detach(), values=layer.values[0].detach())
                for layer in found.layers
            )
        else:
            vectors = found[0].detach()  # (token, hidden)
        plain = network.get_base_model()
    else:
        plain = merged(tuned)
        tuned = replace(tuned, network=plain)
    kind: Kind = "masked" if spec.kind == "masked" else "encoder"
    if whole and spec.kind != "masked":
        kind = "causal" if tuned.causal else "masked"
    return Restored(
        network=plain if whole else plain.base_model,
        tokenizer=copy.deepcopy(tuned.tokenizer),  # which may get tokens that are put first
        kind=kind,
        vectors=vectors,
        prefixes=prefixes,
        task=_task(spec, tuned, kept) if kept.is_task else None,
    )


def _task(spec: RunSpec, tuned: TunedNetwork, kept: KeptModel) -> TaskNetwork:
    pattern: Pattern | None = None
    if spec.by_pattern:
        pattern = read_pattern(
            spec.template,
            spec.verbalizer,
            kept.label_names,
            tuned.tokenizer,
            paired=spec.kind == "pair",
            causal=tuned.causal,
        )
    return TaskNetwork(kind=spec.kind, label_names=kept.label_names, tuned=tuned, pattern=pattern)
