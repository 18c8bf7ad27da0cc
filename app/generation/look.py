"""What the Generation page reads: a model and the text it goes on with, or writes from."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from app.facts import of_model
from core.models import LanguageModel

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A model by its id and title, and a text. With ``special``, special tokens typed in the text
    are special; else they are text. Small: fragments keep it."""

    model: str
    title: str
    text: str
    special: bool = False

    def computed(self, name: Hashable, compute: Callable[[LanguageModel], Value]) -> Value:
        """What ``compute`` makes of the model, kept for all sessions under ``name``."""
        return of_model(self.model, (name, self.text, self.special), compute)
