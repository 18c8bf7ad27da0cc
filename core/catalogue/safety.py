"""Checks on a model folder before anything in it is opened.

A folder passes with weights in safetensors, a plain ``config.json`` and no code of its own. What
transformers makes of the configuration is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from core.catalogue.fetching import MEGABYTE
from core.catalogue.weights import INDEX, SINGLE, check_weights, weights_files
from core.errors import BrokenModelError, UnsafeModelError, UnsupportedError
from core.language import _

CONFIG_LIMIT: Final = 2_000_000
"""Bytes. Real ones have some thousand; ``tokenizer_config.json`` up to some hundred thousand."""

SMALL_LIMIT: Final = 100 * MEGABYTE
"""Bytes of a file that is read as a whole: a tokenizer with a very large vocabulary has 40."""
READ_WHOLE: Final = (".json", ".txt", ".model", ".jinja")

PICKLES: Final = frozenset(
    {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".h5", ".keras", ".msgpack"}
)
_WITH_CODE: Final = ("config.json", "tokenizer_config.json", "processor_config.json")


def check_folder(folder: Path) -> None:
    """Raise unless ``folder`` holds a model that can be opened without running code of its own.

    ``BrokenModelError``: it is no model folder, or a file in it is damaged. ``UnsafeModelError``:
    its weights are pickled, or it brings code. ``UnsupportedError``: it is an adapter.
    """
    if (folder / "adapter_config.json").is_file():
        message = _("{model} holds an adapter, which needs its base model: load it as a run.")
        raise UnsupportedError(message.format(model=folder.name))
    if not (folder / "config.json").is_file():
        message = _("{folder} is no model folder: it has no config.json. Name the folder that has.")
        raise BrokenModelError(message.format(folder=folder))
    check_configurations(folder)
    files = [path for path in folder.iterdir() if path.is_file()]
    refuse_pickles(folder.name, [path.name for path in files])
    for path in files:
        if path.suffix in READ_WHOLE:
            _check_size(path, SMALL_LIMIT)
    for path in weights_files(folder):
        check_weights(path)


def check_configurations(folder: Path) -> Mapping[str, object]:
    """The ``config.json`` of ``folder``, checked; its tokenizer's configuration is checked too."""
    config: Mapping[str, object] = {}
    for name in _WITH_CODE:
        if (folder / name).is_file():
            values = _read_json(folder / name)
            config = values if name == "config.json" else config
            if _names_code(values):
                message = _(
                    "{model} comes with its own code ({file} has auto_map), which Headlight does "
                    "not run; choose a model that transformers itself knows."
                )
                raise UnsafeModelError(message.format(model=folder.name, file=name))
    return config


def refuse_pickles(model: str, names: Iterable[str]) -> None:
    """Raise unless there are safetensors weights among the files ``names`` of ``model``."""
    files = sorted(names)
    if SINGLE in files or INDEX in files:
        return
    pickles = [name for name in files if PurePosixPath(name).suffix.lower() in PICKLES]
    if pickles:
        message = _(
            "{model} has its weights only as {file}: pickled weights can run code when they are "
            "opened, so Headlight opens safetensors only; choose a model that has them, or "
            "convert this one where you trust it (save_pretrained writes safetensors)."
        )
        raise UnsafeModelError(message.format(model=model, file=pickles[0]))
    message = _("{model} holds no weights: there is no model.safetensors; choose another.")
    raise BrokenModelError(message.format(model=model))


def kind_of(config: Mapping[str, object]) -> str:
    """What kind of model a ``config.json`` names, by the architecture's own name."""
    named = config.get("architectures")
    architecture = str(named[0]) if isinstance(named, list) and named else ""
    if config.get("is_encoder_decoder"):
        return "seq2seq"
    if architecture.endswith(("ForMaskedLM", "ForPreTraining")):
        return "masked"
    if architecture.endswith(("ForCausalLM", "LMHeadModel")):
        return "causal"
    return "encoder"


def _check_size(path: Path, limit: int) -> None:
    size = path.stat().st_size
    if size > limit:
        message = _("{file} has {size} MB and the limit is {limit} MB: it is no model's.")
        raise BrokenModelError(
            message.format(file=path.name, size=size // MEGABYTE, limit=limit // MEGABYTE)
        )


def _read_json(path: Path) -> Mapping[str, object]:
    try:
        _check_size(path, CONFIG_LIMIT)
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = _("{file} of {model} is not readable JSON; fetch or copy the model again.")
        raise BrokenModelError(message.format(file=path.name, model=path.parent.name)) from error
    if not isinstance(values, dict):
        message = _("{file} of {model} is no configuration; fetch or copy the model again.")
        raise BrokenModelError(message.format(file=path.name, model=path.parent.name))
    return values


def _names_code(values: object) -> bool:
    """Whether ``auto_map`` stands anywhere in it: parts of a model may have their own."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("auto_map"):
                return True
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False
