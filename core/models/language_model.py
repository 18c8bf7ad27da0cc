"""A model as the rest of Headlight knows it: network, tokenizer, shape, and what it can take.

It does not load itself (``core.models.loading``) and computes nothing but inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from core.attention.blocks import NetworkBlocks
from core.attention.places import AttentionPlaces
from core.errors import InputError, UnsupportedError
from core.language import _
from core.models.virtual import VirtualTokens
from core.token_reader import TokenReader
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.tuning.finetune.task import TaskNetwork

Kind = Literal["encoder", "masked", "causal", "seq2seq"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """The sizes of a model. ``max_tokens`` is what its positions really allow."""

    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    hidden: int
    vocab: int
    max_tokens: int
    decoder_layers: int = 0
    decoder_heads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextTokenizer:
    """The tokenizer of a model whose weights need not be loaded."""

    id: str
    tokenizer: PreTrainedTokenizerFast
    reader: TokenReader
    max_tokens: int

    @property
    def vocabulary_size(self) -> int:
        """How many pieces the tokenizer knows."""
        return len(self.tokenizer)

    @property
    def padding(self) -> str:
        """What fills the shorter rows of a batch; the closing token where none was set aside."""
        return str(self.tokenizer.pad_token or self.tokenizer.eos_token or "[PAD]")

    def encode(self, text: str, pair: str | None = None, *, limit: int | None = None) -> Tokens:
        """Tokens of ``text``; unlike a model's own ``encode`` it cuts only at a ``limit`` given."""
        return self.reader.read(text, pair, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LanguageModel:
    """A loaded model.

    ``id`` is what the user gave: a catalogue id, a hub name or a path. ``network`` is in eval mode
    and takes no gradient. ``places`` tells where its attention stands, None where it cannot be
    tapped; ``blocks`` the layers that a pass may skip; ``virtual`` the trained tokens that stand
    before every text, which its tokenizer puts there; ``task`` the same network with the head that
    a run gave it for classes. Sessions share a model: nobody changes it.
    """

    id: str
    kind: Kind
    folder: Path
    tokenizer: PreTrainedTokenizerFast
    reader: TokenReader
    network: PreTrainedModel
    device: torch.device
    dtype: torch.dtype
    nbytes: int
    shape: ModelShape
    places: AttentionPlaces | None
    blocks: NetworkBlocks | None = None
    virtual: VirtualTokens | None = None
    task: TaskNetwork | None = None

    def is_virtual(self, token_id: int) -> bool:
        """Whether this is the number of a token that was trained and stands for no text."""
        virtual = self.virtual
        return virtual is not None and 0 <= token_id - virtual.first < virtual.count

    def encode(self, text: str, pair: str | None = None, *, limit: int | None = None) -> Tokens:
        """Tokens of ``text`` and ``pair``, cut at ``limit`` or at what the model can take.

        Raises TextError for a text that no tokenizer takes, UnsupportedError for a pair where the
        model reads one text.
        """
        if pair is not None and self.kind == "causal":
            raise UnsupportedError(
                _("{id} reads one text, not a pair: put both texts into one.").format(id=self.id)
            )
        if pair is not None and self.kind == "seq2seq":
            raise UnsupportedError(
                _("{id} reads one text; the other is its target: use encode_target.").format(
                    id=self.id
                )
            )
        return self.reader.read(text, pair, limit=self._limit(limit))

    def encode_source(
        self, text: str, pair: str | None = None, *, limit: int | None = None
    ) -> Tokens:
        """``encode``, but the pair of an encoder–decoder model is its target and left out."""
        return self.encode(text, None if self.kind == "seq2seq" else pair, limit=limit)

    def encode_target(self, text: str | None, *, limit: int | None = None) -> Tokens:
        """What the decoder reads in training: its start token, then ``text`` without its last.

        Without a text the start token alone.
        """
        start = self._start_id()
        first = self.reader.read_ids([start])
        first = replace(first, special=(True,), segments=(None,), spans=(None,), data=(b"",))
        if text is None:
            return first
        return _joined(first, self.reader.read(text, limit=self._limit(limit)))

    def inputs(self, tokens: Tokens, target: Tokens | None = None) -> dict[str, Tensor]:
        """The network's inputs, a batch of one; ``target`` is the decoder's, from encode_target."""
        read = (*tokens.ids, *(target.ids if target else ()))
        largest = max((id_ for id_ in read if not self.is_virtual(id_)), default=0)
        if largest >= self.shape.vocab:
            raise InputError(
                _("The model {id} has no token number {number}: the largest is {last}.").format(
                    id=self.id, number=largest, last=self.shape.vocab - 1
                )
            )
        ids = torch.tensor([tokens.ids], device=self.device)  # (1, token)
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if max(tokens.types) > 0 and max(tokens.types) < self._type_count():
            inputs["token_type_ids"] = torch.tensor([tokens.types], device=self.device)
        if self.kind == "seq2seq":
            reading = self.encode_target(None) if target is None else target
            inputs["decoder_input_ids"] = torch.tensor([reading.ids], device=self.device)
        return inputs

    def _limit(self, limit: int | None) -> int:
        return min(limit or self.shape.max_tokens, self.shape.max_tokens)

    def _type_count(self) -> int:
        return int(getattr(self.network.config, "type_vocab_size", 0) or 0)

    def _start_id(self) -> int:
        config = self.network.config
        named = getattr(config, "decoder_start_token_id", None)
        if named is None:  # some say it only where they say how to generate
            generation = getattr(self.network, "generation_config", None)
            named = getattr(generation, "decoder_start_token_id", None)
        named = getattr(config, "bos_token_id", None) if named is None else named
        if self.kind != "seq2seq" or named is None:
            raise UnsupportedError(
                _("{id} has no decoder that starts from a token of its own.").format(id=self.id)
            )
        return int(named)


def _joined(first: Tokens, rest: Tokens) -> Tokens:
    """``first`` and then ``rest`` without its last token."""
    stop = len(rest) - 1
    return Tokens(
        ids=first.ids + rest.ids[:stop],
        pieces=first.pieces + rest.pieces[:stop],
        texts=first.texts + rest.texts[:stop],
        special=first.special + rest.special[:stop],
        segments=first.segments + rest.segments[:stop],
        types=first.types + rest.types[:stop],
        spans=first.spans + rest.spans[:stop],
        groups=first.groups + tuple(group + 1 for group in rest.groups[:stop]),
        data=(b"", *rest.data[:stop]),
        continues=first.continues + rest.continues[:stop],
        unknown=first.unknown + rest.unknown[:stop],
        cut=rest.cut,
        tokenizer=rest.tokenizer,
    )
