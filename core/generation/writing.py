"""Writes down one step: names, ranks and what became readable.

Which token is drawn is decided before, in ``core.generation.stepping``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from transformers import PreTrainedTokenizerFast

from core.distribution import FloatArray, TokenNames, check_top_k, top_ids
from core.errors import InputError
from core.generation.distribution import Distribution, no_such_token
from core.generation.own_rules import end_ids
from core.generation.steps import GenerationStep, readable
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


_NAMES: WeakKeyDictionary[PreTrainedTokenizerFast, TokenNames] = WeakKeyDictionary()


def names_of(model: LanguageModel) -> TokenNames:
    """The names that all sessions of ``model`` look up, each token once."""
    return _NAMES.setdefault(model.tokenizer, TokenNames(model))


class StepWriter:
    """Writes the steps of one session; ``top_k`` tokens are told of each."""

    def __init__(self, model: LanguageModel, top_k: int) -> None:
        check_top_k(top_k)
        self._vocabulary = model.shape.vocab
        self._ends = frozenset(end_ids(model))
        self.top_k = top_k
        self.names = names_of(model)

    def write(
        self,
        distribution: Distribution,
        token_id: int,
        *,
        drawn_id: int,
        position: int,
        tokens: Tokens | None,
        pending: bytes,
        vector: FloatArray | None,
    ) -> GenerationStep:
        """The record of going on by ``token_id``; InputError where there is none.

        ``tokens`` end with it, as the tokenizer reads them; None where it has no such piece.
        """
        chosen = distribution.candidate(token_id)
        top = top_ids(distribution.before, self.top_k)
        special, data = (tokens.special[-1], tokens.data[-1]) if tokens else (False, b"")
        text, waiting = readable(pending, data, ends=special)
        return GenerationStep(
            position=position,
            token_id=token_id,
            text=text,
            label=self.names.text(token_id),
            probability=chosen.before,
            rank=distribution.rank(token_id),
            drawn_probability=chosen.after,
            drawn_id=drawn_id,
            entropy=distribution.entropy,
            top_ids=top,
            top_texts=tuple(self.names.text(id_) for id_ in top),
            top_probabilities=distribution.before[list(top)],
            top_after=distribution.after[list(top)],
            mass_cut=distribution.mass_cut,
            kept_count=distribution.kept_count,
            settings=distribution.settings,
            special=special,
            ended=token_id in self._ends,
            pending=waiting,
            vector=vector,
        )

    def check(self, path: Sequence[int]) -> None:
        """InputError for a ``path`` with an id that there is not, or one past an end token."""
        for token_id in path:
            if not 0 <= token_id < self._vocabulary:
                raise no_such_token(token_id, self._vocabulary)
        for count, token_id in enumerate(path[:-1], start=1):
            if token_id in self._ends:
                raise InputError(
                    _(
                        "The path goes on after the model's end token, its number {count} of "
                        "{total}: end it there."
                    ).format(count=count, total=len(path))
                )
