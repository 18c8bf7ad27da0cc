"""Sentence vectors: the mean of a text's token vectors, of length 1.

As sentence-transformers computes them (Reimers and Gurevych 2019, section 3, "MEAN"): the last
layer's vectors of all tokens, the template's too, averaged and normalised. Texts of like length
are read together. What vectors are compared for is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.errors import InputError
from core.jobs import Progress
from core.language import _
from core.length_batches import length_batches
from core.tokens import check_text

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

FloatArray = npt.NDArray[np.float32]

WINDOW: Final = 512
"""The most tokens that are read at once, where a model takes more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embeddings:
    """One vector for each text. ``vectors`` float32 (text, hidden), each of length 1.

    ``windows`` says in how many pieces each text was read, 1 where it fits the model; the vector of
    several is the mean over the tokens of all. ``unknown`` is the share of each text's pieces that
    the vocabulary lacks, 0 to 1.
    """

    vectors: FloatArray
    windows: tuple[int, ...]
    unknown: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.vectors) == len(self.windows) == len(self.unknown):
            raise ValueError("every text needs a vector, a count of windows and a share")


def embed_texts(
    model: LanguageModel, texts: Sequence[str], *, progress: Progress | None = None
) -> Embeddings:
    """The vectors of ``texts``, in their order.

    A text past the model's limit is read in windows. Raises TextError for a text that cannot be
    read, InputError where there is none.
    """
    if not texts:
        raise InputError(_("There is no text: give at least one."))
    for text in texts:
        check_text(text)
    limit = min(model.shape.max_tokens, WINDOW)
    windows = model.reader.windows(texts, limit=limit)
    owners = np.repeat(np.arange(len(texts)), [len(each) for each in windows])
    rows = [row for each in windows for row in each]
    sums = np.zeros((len(texts), model.shape.hidden), dtype=np.float32)  # (text, hidden)
    counts = np.zeros(len(texts), dtype=np.float32)  # (text,)
    done = 0
    for batch in length_batches([len(row) for row in rows], model.device):
        found = _summed(model, [rows[place] for place in batch])
        np.add.at(sums, owners[batch], found)
        np.add.at(counts, owners[batch], [len(rows[place]) for place in batch])
        done += len(batch)
        if progress is not None:
            progress(done, len(rows))
    vectors: FloatArray = sums / counts[:, None]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return Embeddings(
        vectors=vectors,
        windows=tuple(len(each) for each in windows),
        unknown=tuple(_unknown(model, each) for each in windows),
    )


def token_vectors(model: LanguageModel, ids: Sequence[int]) -> FloatArray:
    """The last layer's vector of each token, of length 1. float32 (token, hidden)"""
    with torch.inference_mode():
        vectors = _encoder(model)(
            input_ids=torch.tensor([list(ids)], device=model.device),
            attention_mask=torch.ones((1, len(ids)), dtype=torch.long, device=model.device),
        )[0][0]  # (token, hidden)
        found: FloatArray = torch.nn.functional.normalize(vectors.float(), dim=-1).cpu().numpy()
    return found


def _summed(model: LanguageModel, rows: Sequence[Sequence[int]]) -> FloatArray:
    """The sum of each row's token vectors. (row, hidden)"""
    width = max(map(len, rows))
    padding = model.tokenizer.pad_token_id or 0
    ids = torch.full((len(rows), width), padding, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    ids, mask = ids.to(model.device), mask.to(model.device)
    with torch.inference_mode():
        vectors = _encoder(model)(input_ids=ids, attention_mask=mask)[0]  # (row, token, hidden)
        kept = vectors.float() * mask[:, :, None]
        found: FloatArray = kept.sum(dim=1).cpu().numpy()
    return found


def _encoder(model: LanguageModel) -> Callable[..., tuple[Tensor, ...]]:
    """The part of the network that makes vectors of tokens."""
    network = model.network
    part = network.get_encoder() if model.kind == "seq2seq" else network.base_model
    read: Callable[..., tuple[Tensor, ...]] = part
    return read


def _unknown(model: LanguageModel, windows: Sequence[Sequence[int]]) -> float:
    """The share of pieces that stand for what the vocabulary lacks."""
    own = model.tokenizer.unk_token_id
    special = set(model.tokenizer.all_special_ids) - {own}
    pieces = [id_ for row in windows for id_ in row if id_ not in special]
    return pieces.count(own) / len(pieces) if pieces and own is not None else 0.0
