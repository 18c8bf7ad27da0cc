"""A spec to begin with for a model, its data and a method: values that work, no search for more."""

from __future__ import annotations

from typing import Final

from core.catalogue import find_model
from core.tuning.finetune.spec import PATTERN_METHODS, Method, RunSpec
from core.tuning.labelled.examples import DataSource
from core.tuning.masked import fast_precision

_SMALL: Final = 50_000_000  # parameters: below, a higher rate pays
_LARGE: Final = 100_000_000  # parameters: above, fewer rows fit at once
_RATES: Final[dict[Method, float]] = {
    "full": 5e-5,
    "head": 1e-3,
    "lora": 5e-4,
    "prompt": 1e-2,
    "prefix": 5e-3,
    "pet": 5e-5,
    "pet-lora": 5e-4,
    "pet-prompt": 1e-2,
}
_EPOCHS: Final[dict[Method, int]] = {
    "full": 3,
    "head": 10,
    "lora": 5,
    "prompt": 10,
    "prefix": 10,
    "pet": 3,
    "pet-lora": 5,
    "pet-prompt": 10,
}
_TEMPLATES: Final = {"classification": "{text} It was {word}", "pair": "{text} {second}: {word}"}


def default_spec(model_id: str, source: DataSource, method: Method = "full") -> RunSpec:
    """The usual spec for learning from ``source`` with this model and method.

    All weights of a small model take twice the rate of those of a large one; what is new and small
    (a head, virtual tokens) a much higher rate and more passes. Raises InputError where the
    method does not go with the kind of data.
    """
    entry = find_model(model_id)
    parameters = entry.parameters if entry else _LARGE
    everything = method in ("full", "pet")
    large = parameters >= _LARGE
    return RunSpec(
        model=model_id,
        source=source,
        method=method,
        template=_TEMPLATES.get(source.kind, "") if method in PATTERN_METHODS else "",
        epochs=_EPOCHS[method],
        batch=8 if large else 32,
        accumulation=4 if large else 1,
        rate=_RATES[method] * (2 if everything and parameters < _SMALL else 1),
        weight_decay=0.01 if everything or method in ("lora", "pet-lora") else 0.0,
        precision=fast_precision(),
    )
