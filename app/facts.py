"""What pages say of a model: its kind, and what its numbers come from. Each is found out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from app import resources
from core.export import Provenance, provenance_of
from core.models import LanguageModel

Value = TypeVar("Value")


def of_model(model_id: str, name: Hashable, compute: Callable[[LanguageModel], Value]) -> Value:
    """What ``compute`` makes of a model on this server, kept for all sessions under ``name``."""

    def with_model() -> Value:
        with resources.pool().lease(resources.require_known(model_id)) as model:
            return compute(model)

    return cast("Value", resources.results().get((model_id, name), with_model))


def model_kind(model_id: str) -> str:
    """Encoder, masked, causal or seq2seq."""
    return of_model(model_id, "kind", lambda model: model.kind)


def provenance(model_id: str) -> Provenance:
    """What the numbers of a model come from."""
    return of_model(model_id, "provenance", provenance_of)


def source_line(model_id: str) -> str:
    """The provenance in a line, for the foot of a saved picture."""
    facts = provenance(model_id)
    return f"{facts.model} · {facts.weights[:12]} · {facts.dtype} · Headlight {facts.headlight}"
