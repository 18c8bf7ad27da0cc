"""Gradient × input: how much each token of a text weighs in one prediction, to first order.

The network is shared: nothing of it is changed, no weight takes a gradient and no hook is left. The
vectors of the tokens are exchanged for ones that do take a gradient where this thread looks them
up, since passing ``inputs_embeds`` instead is another computation in some families (Marian forgets
its scale). captum's InputXGradient is the same product; it would bring matplotlib and five
packages for two lines, and knows neither the vectors nor the prediction that are the work here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from core.attention.recording import FloatArray
from core.attention.target import Target
from core.errors import InputError, UnsupportedError
from core.language import _
from core.prediction import logits_of
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAttribution:
    """How much each token weighs in ``target``, in the target's own unit.

    ``values`` has one number per token of ``tokens`` (of an encoder–decoder model the source's):
    positive where the token's vector, made larger, would make the target larger. ``score`` is the
    target's value: a log-probability, or the length of a vector.
    """

    target: Target
    tokens: Tokens
    values: FloatArray  # (token,)
    score: float

    @property
    def shares(self) -> FloatArray:
        """Each token's share of all |values|; 0 where there is nothing to share. (token,)"""
        sizes = np.abs(self.values)
        total = float(sizes.sum())
        shares: FloatArray = np.asarray(sizes / total if total > 0 else sizes, dtype=np.float32)
        return shares


def gradient_times_input(
    model: LanguageModel, text: str | Tokens, pair: str | None = None, *, target: Target
) -> TokenAttribution:
    """How much each token of ``text`` weighs in ``target``: gradient × input, summed over hidden.

    Shrikumar et al. 2017, "Learning Important Features Through Propagating Activation Differences",
    section 2, with the vectors of the tokens, before positions are added, as the input; Σ_d x_d ·
    ∂s/∂x_d of each. ``s`` is the log-probability of a target word; of a vector h it is
    h · ĥ, the length along its own direction with ĥ = h/|h| held fixed (that is |h|, and its
    gradient). Where a model ends in a norm that length can change little, and so can say little.

    For an encoder–decoder model ``pair`` is the target text and tokens are the source's. Raises
    InputError for a position or a token that is not there, TextError for the text, and
    UnsupportedError for a target that the model does not have.
    """
    tokens = text if isinstance(text, Tokens) else model.encode_source(text, pair)
    read = model.encode_target(pair) if model.kind == "seq2seq" else None
    _check(model, target, len(tokens if read is None else read))
    lookup = _TokenVectors(model.network.get_input_embeddings())
    # A caller may be in inference mode, whose tensors take no part in a gradient.
    with torch.inference_mode(mode=False), torch.enable_grad():
        inputs = model.inputs(tokens, read)
        with lookup:
            score = _score(model, inputs, target)
        if lookup.leaf is None or not score.requires_grad:
            raise UnsupportedError(
                _("The tokens' vectors of {id} cannot be followed: choose another model.").format(
                    id=model.id
                )
            )
        (gradient,) = torch.autograd.grad(score, lookup.leaf)  # (1, token, hidden)
    products = (lookup.leaf.detach() * gradient).float().sum(dim=-1)[0]  # (token,)
    return TokenAttribution(
        target=target, tokens=tokens, values=products.cpu().numpy(), score=float(score.detach())
    )


class _TokenVectors(TorchFunctionMode):
    """While entered, the first look-up of token vectors gives ``leaf``, which takes a gradient.

    Such a mode belongs to the thread that entered it. The first look-up is the source's: a decoder
    that shares the vectors comes later.
    """

    def __init__(self, embedding: nn.Module) -> None:
        super().__init__()
        self.leaf: Tensor | None = None  # (1, token, hidden)
        self._weight = embedding.weight

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Iterable[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        result = func(*args, **(kwargs or {}))
        if self.leaf is not None or func is not nn.functional.embedding:
            return result
        if args[1] is not self._weight or not isinstance(result, Tensor):
            return result
        self.leaf = result.detach().requires_grad_()
        return self.leaf


def _score(model: LanguageModel, inputs: dict[str, Tensor], target: Target) -> Tensor:
    """The number that the target names, as a scalar tensor with its history."""
    if target.token_id is None:
        states: Tensor = model.network.base_model(**inputs)["last_hidden_state"]
        vector = states[0, target.position].float()
        direction = vector.detach() / torch.linalg.vector_norm(vector.detach())
        return torch.dot(vector, direction)
    outputs = model.network(**inputs)
    logits = logits_of(outputs)
    return torch.log_softmax(logits[0, target.position].float(), dim=-1)[target.token_id]


def _check(model: LanguageModel, target: Target, count: int) -> None:
    """InputError or UnsupportedError for a target that is not in a text of ``count`` tokens."""
    kinds = {"causal": "next", "seq2seq": "next", "masked": "mask", "encoder": "vector"}
    if target.kind != kinds[model.kind] and (target.kind != "vector" or model.kind == "seq2seq"):
        raise UnsupportedError(
            _("{id} has no such target: choose a word that it predicts.").format(id=model.id)
        )
    if not 0 <= target.position < count:
        raise InputError(
            _("There is no token {number}: choose from 0 to {last}.").format(
                number=target.position, last=count - 1
            )
        )
    if target.token_id is not None and not 0 <= target.token_id < model.shape.vocab:
        raise InputError(
            _("The model {id} has no token number {number}: the largest is {last}.").format(
                id=model.id, number=target.token_id, last=model.shape.vocab - 1
            )
        )
