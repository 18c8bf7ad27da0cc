"""What a model expects at some positions, as log-probabilities over its whole vocabulary.

One row of numbers in, the most probable tokens and where a given one stands among them out. Which
positions matter, and what is done with the words, is up to the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.errors import InputError
from core.language import _
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

FloatArray = npt.NDArray[np.float32]

_BLOCK: Final = 64
"""Of so many neighbours the largest is looked at first, where only a few of all are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopTokens:
    """The most probable tokens of one position, the first first.

    ``texts`` are as people read them, ``pieces`` as the vocabulary writes them ("##s").
    """

    token_ids: tuple[int, ...]
    texts: tuple[str, ...]
    pieces: tuple[str, ...]
    probabilities: FloatArray  # (k,)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedToken:
    """One token among all of the vocabulary; ``rank`` 1 is the most probable."""

    token_id: int
    text: str
    probability: float
    rank: int


class TokenNames:
    """What token ids say, each looked up once."""

    def __init__(self, model: LanguageModel) -> None:
        self._reader = model.reader
        self._known: dict[int, tuple[str, str]] = {}

    def text(self, id_: int) -> str:
        """As people read it, with the space before it where it has one."""
        return self._named(id_)[0]

    def piece(self, id_: int) -> str:
        """As the vocabulary writes it."""
        return self._named(id_)[1]

    def _named(self, id_: int) -> tuple[str, str]:
        if id_ not in self._known:
            try:
                read = self._reader.read_ids([id_])
            except InputError:  # networks can have more vectors than their tokenizer has pieces
                self._known[id_] = (f"#{id_}", f"#{id_}")
            else:
                self._known[id_] = (read.texts[0] or read.characters[0], read.pieces[0])
        return self._known[id_]


def log_probabilities(model: LanguageModel, tokens: Tokens, positions: Sequence[int]) -> FloatArray:
    """log P of every token of the vocabulary at each of ``positions``, in nats. (position, vocab)

    The network reads the text once, and its head those positions only.
    """
    logits = logits_at(model.network, model.inputs(tokens), list(positions))[0]
    return normalised(logits)


def normalised(logits: Tensor) -> FloatArray:
    """Logits as log-probabilities, in float32. (…, vocab)"""
    array: FloatArray = torch.log_softmax(logits.float(), dim=-1).cpu().numpy()
    return array


def top_tokens(scores: FloatArray, top_k: int, names: TokenNames) -> TopTokens:
    """The ``top_k`` most probable tokens by log-probabilities (vocab,)."""
    ids = top_ids(scores, top_k)
    return TopTokens(
        token_ids=ids,
        texts=tuple(names.text(id_) for id_ in ids),
        pieces=tuple(names.piece(id_) for id_ in ids),
        probabilities=np.exp(scores[list(ids)]),
    )


def top_ids(scores: FloatArray, count: int) -> tuple[int, ...]:
    """The ids with the largest scores (vocab,), the largest first, of equal ones the smaller id."""
    count = min(count, len(scores))
    blocks = len(scores) // _BLOCK
    few = count <= blocks
    # As many blocks as are wanted have a maximum of at least the least: no wanted one is smaller.
    pool = scores[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1) if few else scores
    least = np.partition(pool, -count)[-count]
    kept = np.flatnonzero(scores >= least)
    return tuple(kept[np.lexsort((kept, -scores[kept]))][:count].tolist())


def ranked(scores: FloatArray, id_: int, names: TokenNames) -> RankedToken:
    """Where the token ``id_`` stands by log-probabilities (vocab,)."""
    if not 0 <= id_ < len(scores):
        raise InputError(
            _("The vocabulary has no token number {id}: the largest is {largest}.").format(
                id=id_, largest=len(scores) - 1
            )
        )
    return RankedToken(
        token_id=id_,
        text=names.text(id_),
        probability=float(np.exp(scores[id_])),
        rank=int((scores > scores[id_]).sum()) + 1,
    )


def entropy(scores: FloatArray) -> float:
    """−Σ p log p in nats, of log-probabilities (vocab,)."""
    probabilities = np.exp(scores)
    return float(-np.sum(np.where(probabilities > 0, probabilities * scores, 0)))


def divergence(after: FloatArray, before: FloatArray) -> float:
    """KL(after ‖ before) = Σ p log(p/q) in nats, of log-probabilities (vocab,)."""
    probabilities = np.exp(after)
    parts = np.where(probabilities > 0, probabilities * (after - before), 0)
    return max(float(parts.sum()), 0.0)


def check_top_k(top_k: int) -> None:
    """InputError unless at least one token is asked for."""
    if top_k < 1:
        raise InputError(
            _("The {count} most probable words were asked for: ask for at least 1.").format(
                count=top_k
            )
        )
