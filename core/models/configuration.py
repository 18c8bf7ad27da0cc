"""The configuration of a model, read from its folder as a description and never as an order.

A configuration can ask for more than a shape: kernels from the hub, another form of output, more
layers than any model has. Only the shape is taken from it. Nothing here opens weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import torch
from transformers import AutoConfig, PretrainedConfig

from core.errors import BrokenModelError, TooLargeError, UnsupportedError
from core.language import _
from core.models.faults import broken_as_sentence
from core.models.kinds import Candidate

LOCAL: Final = {"local_files_only": True, "trust_remote_code": False}
COUNT_LIMIT: Final = 4096
"""More layers, or experts, than any model has: even to count them would take hours."""
LABEL_LIMIT: Final = 1_000_000

_COUNTED: Final = re.compile(r"(^|_)(layers?|experts|blocks|stages|groups|group_num|block_sizes)$")
_TYPE: Final = re.compile("model.type")  # in transformers' own words for a type it does not know


def read_config(id_: str, folder: Path) -> PretrainedConfig:
    """The configuration in ``folder``, free of everything but the model's shape.

    Raises BrokenModelError, and UnsupportedError for a model that transformers does not know or
    whose weights are quantized.
    """
    try:
        with broken_as_sentence(id_):
            values, _rest = PretrainedConfig.get_config_dict(folder, **LOCAL)
            _check_counts(id_, values)
            config = AutoConfig.from_pretrained(folder, **LOCAL)
    except BrokenModelError as error:
        if isinstance(error.__cause__, ValueError) and _TYPE.search(str(error.__cause__)):
            raise UnsupportedError(
                _(
                    "{id} is of a type that transformers does not know (model_type in its "
                    "config.json): choose another model."
                ).format(id=id_)
            ) from error
        raise
    if getattr(config, "quantization_config", None) is not None:
        raise UnsupportedError(
            _("{id} has quantized weights: choose the same model with plain ones.").format(id=id_)
        )
    # A name such as owner/kernel would be fetched from the hub and run.
    config._attn_implementation = None
    config._experts_implementation = None
    config.transformers_weights = None  # other files than those that were checked
    config.return_dict = True
    config.output_attentions = config.output_hidden_states = False
    return config


def claimed_bytes(config: PretrainedConfig, way: Candidate, dtype: torch.dtype) -> int:
    """The bytes of the network that ``config`` describes, whatever its files hold.

    It is built without memory, on torch's meta device: weights that files lack would be made up,
    at their full size, before anybody could say that they are missing.
    """
    with torch.device("meta"):
        network = way.auto_class.from_config(config, dtype=dtype)
    parts = (*network.parameters(), *network.buffers())
    return sum(part.nbytes for part in parts)


def _check_counts(id_: str, values: Mapping[str, object]) -> None:
    for name, number in _numbers(values):
        limit = LABEL_LIMIT if name == "num_labels" else COUNT_LIMIT
        if (name == "num_labels" or _COUNTED.search(name)) and number > limit:
            raise TooLargeError(
                _(
                    "The config.json of {id} asks for {name} = {number:,}, and the limit is "
                    "{limit:,}: no model has so many."
                ).format(id=id_, name=name, number=number, limit=limit)
            )


def _numbers(values: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """Every whole number in a configuration and in those inside it, with its name."""
    waiting: list[tuple[str, object]] = list(values.items())
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += [(name, inner) for inner in value]
        elif isinstance(value, int):
            yield name, value
