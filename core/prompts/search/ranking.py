"""Which word would lower the loss most at one place of a prompt, to first order.

HotFlip's estimate as AutoPrompt uses it (Ebrahimi et al. 2018; Shin et al. 2020, equation 2): the
loss changes by (e_new − e_old) · ∇_e L when the vector of a token is exchanged, averaged over a
batch. One forward and one backward say it for every word of the vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from core.errors import InputError
from core.language import _
from core.prediction import logits_at
from core.prompts.reading import ReadPrompt

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A prompt whose token at ``at`` of its tokens is to be exchanged; ``label`` is the right one.

    Tokens are counted with one mask for the answer of a masked model.
    """

    prompt: ReadPrompt
    at: int
    label: int


def loss_changes(
    model: LanguageModel, places: Sequence[Place], owners: Sequence[int]
) -> npt.NDArray[np.float32]:
    """By how much the mean loss changes, to first order, with each token at the places. (vocab,)

    All places hold the same token. ``owners`` is the label of each of the prompts' words. Raises
    InputError for a word of several tokens.
    """
    with torch.inference_mode(mode=False), torch.enable_grad():
        embedding = model.network.get_input_embeddings()
        ids, mask, asked = _inputs(model, places)
        vectors = embedding(ids).detach().requires_grad_()  # (row, token, hidden)
        loss = _loss(model, vectors, mask, asked, places, owners)
        (gradient,) = torch.autograd.grad(loss, vectors)
        rows = torch.arange(len(places), device=ids.device)
        at = torch.tensor([place.at for place in places], device=ids.device)
        direction = gradient[rows, at].sum(dim=0)  # (hidden,)
        changes = embedding.weight.detach() @ direction  # (vocab,)
        changes = changes - changes[ids[0, at[0]]]
    found: npt.NDArray[np.float32] = changes.float().cpu().numpy()
    return found


def prompt_loss(model: LanguageModel, places: Sequence[Place], owners: Sequence[int]) -> float:
    """The mean −log p of the right labels of the prompts as they stand."""
    with torch.inference_mode(mode=False), torch.no_grad():
        ids, mask, asked = _inputs(model, places)
        vectors = model.network.get_input_embeddings()(ids)
        return float(_loss(model, vectors, mask, asked, places, owners))


def _loss(
    model: LanguageModel,
    vectors: Tensor,
    mask: Tensor,
    asked: Tensor,
    places: Sequence[Place],
    owners: Sequence[int],
) -> Tensor:
    inputs = {"inputs_embeds": vectors, "attention_mask": mask}
    logits = logits_at(model.network, inputs, asked, gradients=True)[:, 0].float()  # (row, vocab)
    words = torch.tensor([[_only(word) for word in place.prompt.words] for place in places])
    scores = logits.gather(1, words.to(logits.device))  # (row, word)
    columns = []
    for label in range(max(owners) + 1):
        own = [place for place, owner in enumerate(owners) if owner == label]
        mean = torch.logsumexp(scores[:, own], dim=1) - math.log(len(own))
        columns.append(mean)
    labels = torch.tensor([place.label for place in places], device=logits.device)
    return nn.functional.cross_entropy(torch.stack(columns, dim=1), labels)


def _inputs(model: LanguageModel, places: Sequence[Place]) -> tuple[Tensor, Tensor, Tensor]:
    """Token numbers and their mask, (row, token), and where the answer is asked for, (row, 1)."""
    rows = [tokens_of(model, place.prompt) for place in places]
    longest = max(map(len, rows))
    padding = model.tokenizer.pad_token_id
    ids = torch.full((len(rows), longest), 0 if padding is None else int(padding))
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        mask[number, : len(row)] = 1
    own = 0 if model.kind == "masked" else 1  # a causal model answers after its last token
    asked = torch.tensor([[len(place.prompt.before) - own] for place in places])
    device = model.device
    return ids.to(device), mask.to(device), asked.to(device)


def tokens_of(model: LanguageModel, prompt: ReadPrompt) -> tuple[int, ...]:
    """What the model reads: of a masked one with one mask where the answer stands."""
    if model.kind != "masked":
        return prompt.before
    return (*prompt.before, int(model.tokenizer.mask_token_id), *prompt.after)


def _only(word: tuple[int, ...]) -> int:
    if len(word) != 1:
        raise InputError(
            _(
                "Triggers are searched for words of one token each: one of these has {count}."
            ).format(count=len(word))
        )
    return word[0]
