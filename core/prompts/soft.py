"""Which words lie nearest to the trained vectors of a soft prompt, and how near that is.

A soft prompt (Lester et al. 2021) is no text: its vectors move freely, mostly far from every
word. So a word is never told without its distance, nor a distance without how far words lie from
each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from core.errors import InputError, UnsupportedError
from core.language import _

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Measure = Literal["cosine", "euclidean"]
FloatArray = npt.NDArray[np.float32]
_UNUSED: Final = re.compile(r"[\[<]\|?(?:unused|reserved|extra_id)", re.IGNORECASE)
_SAMPLE: Final = 400  # words whose own nearest word is looked for
_WIDTH: Final = 64  # at a time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoftToken:
    """One trained vector: its nearest words, the nearest first, and its length.

    ``distances`` are Euclidean, ``cosines`` those of the angles between, both in the words' order.
    """

    number: int
    words: tuple[str, ...]
    distances: FloatArray  # (word,)
    cosines: FloatArray  # (word,)
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftPrompt:
    """The vectors of a run, and what distances mean there.

    ``word_distance`` is the median Euclidean distance from a word to the word nearest to it,
    ``word_cosine`` that of the cosines, ``word_length`` the median length of a word's vector.
    """

    tokens: tuple[SoftToken, ...]
    measure: Measure
    word_distance: float
    word_cosine: float
    word_length: float


def soft_tokens(model: LanguageModel, *, top_k: int = 5, measure: Measure = "cosine") -> SoftPrompt:
    """The ``top_k`` words nearest to each virtual token of ``model``, loaded as ``run:RUN_ID``.

    Special tokens and those that stand for nothing are no words. Raises UnsupportedError for a
    model without trained vectors, InputError for a measure that is none.
    """
    if measure not in get_args(Measure):
        raise InputError(
            _("There is no measure “{name}”: choose {known}.").format(
                name=str(measure)[:40], known=", ".join(get_args(Measure))
            )
        )
    if model.virtual is None or model.virtual.prefixes:
        raise UnsupportedError(
            _("{id} has no soft prompt: choose a run whose method trains virtual tokens.").format(
                id=model.id
            )
        )
    weight = model.network.get_input_embeddings().weight.detach().float()
    ids, names = _words(model)
    with torch.no_grad():
        words = weight[torch.tensor(ids, device=weight.device)]  # (word, hidden)
        vectors = weight[list(model.virtual.ids)]  # (token, hidden)
        found = _nearest(vectors, words, top_k, measure)
        drawn = np.random.default_rng(0).permutation(len(ids))[:_SAMPLE]
        typical = _nearest(words[torch.from_numpy(drawn)], words, 2, measure)
    return SoftPrompt(
        tokens=tuple(
            SoftToken(
                number=number + 1,
                words=tuple(names[int(place)] for place in found.places[number]),
                distances=found.distances[number],
                cosines=found.cosines[number],
                length=float(vectors[number].norm()),
            )
            for number in range(len(vectors))
        ),
        measure=measure,
        word_distance=float(np.median(typical.distances[:, 1])),
        word_cosine=float(np.median(typical.cosines[:, 1])),
        word_length=float(words.norm(dim=1).median()),
    )


@dataclass(frozen=True, slots=True)
class _Nearest:
    places: npt.NDArray[np.int64]  # (vector, k)
    distances: FloatArray  # (vector, k)
    cosines: FloatArray  # (vector, k)


def _nearest(vectors: Tensor, words: Tensor, count: int, measure: Measure) -> _Nearest:
    """The ``count`` words nearest to each of ``vectors``."""
    unit = nn.functional.normalize(words, dim=1)
    parts = []
    for start in range(0, len(vectors), _WIDTH):
        some = vectors[start : start + _WIDTH]
        cosines = nn.functional.normalize(some, dim=1) @ unit.T  # (vector, word)
        distances = torch.cdist(some, words)  # (vector, word)
        order = cosines if measure == "cosine" else -distances
        places = order.topk(min(count, len(words)), dim=1).indices
        parts.append((places, distances.gather(1, places), cosines.gather(1, places)))
    columns = [torch.cat([part[place] for part in parts]).cpu().numpy() for place in range(3)]
    return _Nearest(*columns)


def _words(model: LanguageModel) -> tuple[list[int], list[str]]:
    """The numbers and texts of all tokens that stand for something."""
    tokenizer = model.tokenizer
    special = set(tokenizer.all_special_ids)
    pieces = tokenizer.convert_ids_to_tokens(range(model.shape.vocab))
    ids = [
        id_
        for id_, piece in enumerate(pieces)
        if piece is not None and id_ not in special and not _UNUSED.match(piece)
    ]
    return ids, [str(tokenizer.decode([id_])) for id_ in ids]
