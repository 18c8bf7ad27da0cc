"""Virtual tokens: vectors that prompt or prefix tuning trained, which stand before every text.

To a model they are tokens of its tokenizer's template: its first vectors are the trained ones, and
every view counts and names them as it does any token. They have numbers past the vocabulary and
are never predicted. How they are trained is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

import torch
from tokenizers import AddedToken, Encoding, Tokenizer, processors
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from core.attention.virtual import Prefix
from core.errors import UnsupportedError
from core.language import _
from core.tokens import Tokens

NAME: Final = "[V{number}]"
"""How virtual tokens are called, counted from 1."""
_NAMED: Final = re.compile(r"\[+V[0-9]+\]+")
_SAMPLES: Final = ("a", "0", "the", "我")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VirtualTokens:
    """``count`` virtual tokens, numbered from ``first``.

    ``prefixes`` are keys and values by layer where these were trained (Li and Liang 2021), and
    empty where the vectors were (Lester et al. 2021).
    """

    first: int
    count: int
    prefixes: tuple[Prefix, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """Their numbers, in order."""
        return tuple(range(self.first, self.first + self.count))


def count_virtual(tokens: Tokens) -> int:
    """How many virtual tokens stand before the text in ``tokens``."""
    marks = zip(tokens.pieces, tokens.special, strict=True)
    return sum(1 for _each in takewhile(lambda mark: mark[1] and _NAMED.fullmatch(mark[0]), marks))


def put_before_texts(tokenizer: PreTrainedTokenizerFast, count: int) -> int:
    """Let ``tokenizer`` begin every text with ``count`` virtual tokens; the number of the first.

    Raises UnsupportedError for a tokenizer whose template cannot be told.
    """
    names = [NAME.format(number=number) for number in range(1, count + 1)]
    while set(names) & set(tokenizer.get_vocab()):
        names = [f"[{name}]" for name in names]
    known = _template(tokenizer)
    tokens = [AddedToken(name, special=True, normalized=False) for name in names]
    tokenizer.add_tokens(tokens, special_tokens=True)
    ids = [int(tokenizer.convert_tokens_to_ids(name)) for name in names]
    if ids != list(range(ids[0], ids[0] + count)):
        raise _unable()
    before = [f"{name}:0" for name in names]
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=[*before, *known.single],
        pair=[*before, *known.pair],
        special_tokens=[*known.special, *zip(names, ids, strict=True)],
    )
    return ids[0]


@dataclass(frozen=True, slots=True)
class _Template:
    """What a tokenizer puts around one text and around two, as TemplateProcessing takes it."""

    single: list[str]
    pair: list[str]
    special: list[tuple[str, int]]


def _template(tokenizer: PreTrainedTokenizerFast) -> _Template:
    """The template of ``tokenizer``, found by reading a short text with it."""
    backend = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    backend.no_truncation()
    backend.no_padding()
    for sample in _SAMPLES:
        bare = backend.encode(sample, add_special_tokens=False)
        if len(bare.ids):
            break
    else:
        raise _unable()
    again = backend.encode(sample, add_special_tokens=False)
    single = backend.post_process(bare, None, add_special_tokens=True)
    pair = backend.post_process(bare, again, add_special_tokens=True)
    size = len(bare.ids)
    special = {
        (token, id_)
        for found in (single, pair)
        for token, id_, mark in zip(found.tokens, found.ids, found.special_tokens_mask, strict=True)
        if mark
    }
    return _Template(_pieces(single, [size]), _pieces(pair, [size, size]), sorted(special))


def _pieces(found: Encoding, sizes: Sequence[int]) -> list[str]:
    """Special tokens and the places of the texts, whose tokens are so many."""
    pieces: list[str] = []
    own = 0
    starts = {0: "$A", sizes[0]: "$B"}
    rows = zip(found.tokens, found.type_ids, found.special_tokens_mask, strict=True)
    for token, type_, mark in rows:
        if mark:
            pieces.append(f"{token}:{type_}")
            continue
        if own in starts:
            pieces.append(f"{starts[own]}:{type_}")
        own += 1
    if own != sum(sizes):
        raise _unable()
    return pieces


def add_vectors(network: PreTrainedModel, first: int, vectors: Tensor) -> None:
    """Give ``network`` the ``vectors`` (token, hidden) for the tokens numbered from ``first``.

    What it predicts stays as it is: its output has no place for them.
    """
    embedding = network.get_input_embeddings()
    old = embedding.weight
    if not isinstance(embedding, nn.Embedding) or old.shape[1] != vectors.shape[1]:
        raise _unable()
    scale = float(getattr(embedding, "embed_scale", 1.0))  # some multiply what they look up
    count = len(vectors)
    size = max(len(old), first + count)
    weight = torch.zeros(size, old.shape[1], dtype=old.dtype, device=old.device)
    weight[: len(old)] = old.detach()
    weight[first : first + count] = (vectors / scale).to(weight)
    # A weight of its own: an output that shares the old one keeps its size.
    embedding.weight = nn.Parameter(weight, requires_grad=False)
    embedding.num_embeddings = size


def _unable() -> UnsupportedError:
    return UnsupportedError(
        _(
            "Virtual tokens cannot be put before the text with this model's tokenizer: choose "
            "another model or method."
        )
    )
