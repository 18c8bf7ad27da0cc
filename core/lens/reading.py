"""The vectors after each layer, read as predictions (nostalgebraist 2020, the logit lens).

The last layer's reading is the model's own. A masked head's transform was fitted to the last layer
only: earlier layers, read through it, look less sure than they are. Which network does what between
its last layer and the logits is not known here, see ``core.lens.tail``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from core.distribution import FloatArray, TokenNames, check_top_k
from core.errors import InputError
from core.language import _
from core.lens.tail import LayerVectors, blocks_of, layer_vectors, logits_after
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LensReading:
    """What each layer would predict at each of ``positions``; layer 0 is the embedding.

    ``answers`` are the tokens that are followed through the layers, by default those that the last
    layer puts first; ``answer_ranks`` count from 1. ``entropies`` are in nats. Of an
    encoder–decoder model the layers, positions and tokens are the decoder's.
    """

    tokens: Tokens
    positions: tuple[int, ...]
    top_ids: IntArray  # (layer + 1, position, k)
    top_probabilities: FloatArray  # (layer + 1, position, k)
    top_texts: tuple[tuple[tuple[str, ...], ...], ...]
    entropies: FloatArray  # (layer + 1, position)
    answers: tuple[int, ...]
    answer_texts: tuple[str, ...]
    answer_probabilities: FloatArray  # (layer + 1, position)
    answer_ranks: IntArray  # (layer + 1, position)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer's numbers."""

    ids: IntArray  # (position, k)
    probabilities: FloatArray  # (position, k)
    entropies: FloatArray  # (position,)
    answers: FloatArray  # (position,)
    ranks: IntArray  # (position,)


def logit_lens(
    model: LanguageModel,
    text: str | Tokens,
    pair: str | Tokens | None = None,
    *,
    top_k: int = 10,
    positions: Sequence[int] | None = None,
    answers: Sequence[int] | None = None,
) -> LensReading:
    """Read the vectors after every layer as predictions, at ``positions`` or all tokens.

    ``answers``, an id per position, are words to follow. Raises UnsupportedError for a model that
    predicts no tokens or whose layers cannot be found, InputError for a position or an id that is
    not there.
    """
    check_top_k(top_k)
    tokens, target = _read(model, text, pair)
    read = tokens if target is None else target
    places = _positions(read, positions)
    states = layer_vectors(model, tokens, target, places)
    followed = _answers(model, states, answers)
    layers = [_layer(model, states, layer, top_k, followed) for layer in range(len(states.vectors))]
    ids = np.stack([layer.ids for layer in layers])
    names = TokenNames(model)
    return LensReading(
        tokens=read,
        positions=places,
        top_ids=ids,
        top_probabilities=np.stack([layer.probabilities for layer in layers]),
        top_texts=tuple(
            tuple(tuple(names.text(id_) for id_ in top) for top in layer) for layer in ids.tolist()
        ),
        entropies=np.stack([layer.entropies for layer in layers]),
        answers=tuple(followed.tolist()),
        answer_texts=tuple(names.text(id_) for id_ in followed.tolist()),
        answer_probabilities=np.stack([layer.answers for layer in layers]),
        answer_ranks=np.stack([layer.ranks for layer in layers]),
    )


def layer_logits(
    model: LanguageModel, text: str | Tokens, pair: str | None = None, *, layer: int
) -> FloatArray:
    """Every logit that ``layer`` gives, 0 being the embedding and −1 the last. (token, vocab)"""
    tokens, target = _read(model, text, pair)
    places = _positions(tokens if target is None else target, None)
    states = layer_vectors(model, tokens, target, places)
    logits: FloatArray = torch.cat(list(logits_after(model, states, layer))).cpu().numpy()
    return logits


def _layer(
    model: LanguageModel, states: LayerVectors, layer: int, top_k: int, answers: IntArray
) -> _Layer:
    parts: list[tuple[torch.Tensor, ...]] = []
    start = 0
    for logits in logits_after(model, states, layer):
        scores = torch.log_softmax(logits, dim=-1)  # (position, vocab)
        wanted = torch.from_numpy(answers[start : start + len(scores)]).to(scores.device)
        own = scores.gather(1, wanted[:, None])  # (position, 1)
        top = scores.topk(min(top_k, scores.shape[1]), dim=-1)
        chances = scores.exp()
        entropies = -torch.where(chances > 0, chances * scores, 0.0).sum(dim=-1)
        ranks = (scores > own).sum(dim=-1) + 1
        parts.append((top.indices, top.values.exp(), entropies, own[:, 0].exp(), ranks))
        start += len(scores)
    return _Layer(*(torch.cat(column).cpu().numpy() for column in zip(*parts, strict=True)))


def _answers(model: LanguageModel, states: LayerVectors, answers: Sequence[int] | None) -> IntArray:
    """The token followed at each position. (position,)"""
    count = len(states.vectors[0])
    if answers is None:
        found = torch.cat([logits.argmax(dim=-1) for logits in logits_after(model, states, -1)])
        ids: IntArray = found.cpu().numpy()
        return ids
    if len(answers) != count or not all(0 <= id_ < model.shape.vocab for id_ in answers):
        raise InputError(
            _("Name one token of the vocabulary for each of the {count} positions.").format(
                count=count
            )
        )
    return np.array(answers, dtype=np.int64)


def _read(
    model: LanguageModel, text: str | Tokens, pair: str | Tokens | None
) -> tuple[Tokens, Tokens | None]:
    """The tokens of the text, and those of the decoder if there is one."""
    blocks_of(model)
    target = None
    if model.kind == "seq2seq":
        target = pair if isinstance(pair, Tokens) else model.encode_target(pair)
    if isinstance(text, Tokens):
        return text, target
    return model.encode_source(text, None if isinstance(pair, Tokens) else pair), target


def _positions(tokens: Tokens, positions: Sequence[int] | None) -> tuple[int, ...]:
    chosen = tuple(range(len(tokens))) if positions is None else tuple(positions)
    for position in chosen:
        if not 0 <= position < len(tokens):
            raise InputError(
                _("There is no token {number}: choose from 0 to {last}.").format(
                    number=position, last=len(tokens) - 1
                )
            )
    if not chosen:
        raise InputError(_("No token was chosen: choose at least one."))
    return chosen
