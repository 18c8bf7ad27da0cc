"""What the Masked words page reads: a model, a text, and the tokens masked by a click."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from app import resources
from app.facts import of_model
from core.masked import read_masks, with_masks
from core.models import LanguageModel
from core.tokens import Tokens

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A model by its id and title, the text as it was typed, and where it is masked by hand.

    ``text`` may hold masks in any model's spelling; ``masks`` are token positions, from left to
    right. Small: fragments keep it.
    """

    model: str
    title: str
    text: str
    masks: tuple[int, ...] = ()

    def original(self) -> Tokens:
        """The tokens of the text as it was typed, its own masks included."""
        return of_model(
            self.model, ("masks", self.text), lambda model: read_masks(model, self.text)
        )

    def masked(self) -> Tokens:
        """The tokens as the model reads them. Masks beyond the text are left out."""
        return self.computed("masked", lambda model, tokens: tokens)

    def computed(self, name: Hashable, compute: Callable[[LanguageModel, Tokens], Value]) -> Value:
        """What ``compute`` makes of the model and the masked tokens, kept under ``name``."""
        return of_model(
            self.model,
            (name, self.text, self.masks),
            lambda model: compute(model, self.read(model)),
        )

    def keep(self, name: Hashable, value: object) -> None:
        """Keep under ``name`` what was computed along with something else."""
        resources.results().keep((self.model, (name, self.text, self.masks)), value)

    def read(self, model: LanguageModel) -> Tokens:
        """``masked`` by a model at hand."""
        tokens = read_masks(model, self.text)
        chosen = [
            place for place in self.masks if place < len(tokens) and not tokens.special[place]
        ]
        return with_masks(model, tokens, chosen) if chosen else tokens
