"""Captures what every head of a model attends to in one text.

The result holds queries and keys, in numpy, and makes weights of them when asked. It does not
reduce, label or draw them: see ``core.attention.reduced`` and ``core.attention.profile``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from core.attention.places import AttentionPlaces, Stack
from core.attention.recording import AttentionRecorder, EnoughRecorded, FloatArray
from core.attention.stack import AttentionStack
from core.attention.tap import recording
from core.errors import InputError, UnsupportedError
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

__all__ = ["AttentionCapture", "AttentionStack", "capture_attention", "places_of", "run_recorded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionCapture:
    """Attention of one text through one model.

    Numbers of layers and heads count from 0. ``queries_kept`` are the query rows kept, in order.
    Of an encoder–decoder model, ``main`` is the encoder's own attention; ``decoder_tokens`` are
    the queries of ``decoder`` and ``cross``.
    """

    model: str
    kind: Literal["encoder", "masked", "causal", "seq2seq"]
    tokens: Tokens
    queries_kept: tuple[int, ...]
    main: AttentionStack
    decoder_tokens: Tokens | None = None
    decoder: AttentionStack | None = None
    cross: AttentionStack | None = None

    @property
    def layers(self) -> tuple[int, ...]:
        """The numbers of the layers kept."""
        return self.main.layers

    @property
    def heads(self) -> tuple[int, ...]:
        """The numbers of the heads kept."""
        return self.main.heads

    @property
    def causal(self) -> bool:
        """Whether no query sees a later key."""
        return self.main.causal

    def stack(self, name: Stack) -> AttentionStack:
        """The attention named "self", "decoder" or "cross"; InputError where there is none."""
        stack = {"self": self.main, "decoder": self.decoder, "cross": self.cross}.get(name)
        if stack is None:
            raise InputError(
                _("There is no “{name}” attention in the capture of {id}: choose “self”.").format(
                    name=name, id=self.model
                )
            )
        return stack

    def query_tokens(self, name: Stack = "self") -> Tokens:
        """The tokens that look, in the stack ``name``."""
        return self._decoder_tokens() if name != "self" else self.tokens

    def key_tokens(self, name: Stack = "self") -> Tokens:
        """The tokens that are looked at, in the stack ``name``."""
        return self._decoder_tokens() if name == "decoder" else self.tokens

    def rows_kept(self, name: Stack = "self") -> tuple[int, ...]:
        """The token of each row of the weights, in the stack ``name``."""
        return self.queries_kept if name == "self" else tuple(range(len(self.query_tokens(name))))

    def _decoder_tokens(self) -> Tokens:
        if self.decoder_tokens is None:
            raise InputError(
                _("{id} has no decoder that reads an encoder: choose another model.").format(
                    id=self.model
                )
            )
        return self.decoder_tokens

    def head(self, layer: int, head: int) -> FloatArray:
        """The weights of one head. (query, key)"""
        return self.main.head(layer, head)

    @property
    def weights(self) -> FloatArray:
        """All weights, computed at each call. (layer, head, query, key)"""
        return self.main.weights

    @property
    def scores(self) -> FloatArray:
        """All scaled scores before softmax, −inf where masked. (layer, head, query, key)"""
        return self.main.scores

    @property
    def queries(self) -> FloatArray:
        """All queries, after rotary embedding. (layer, head, query, dim)"""
        return self.main.queries

    @property
    def keys(self) -> FloatArray:
        """All keys, repeated for the heads that share them. (layer, head, key, dim)"""
        return self.main.keys

    @property
    def values(self) -> FloatArray | None:
        """All values, if asked for with ``vectors``. (layer, head, key, dim)"""
        return self.main.values

    @property
    def decoder_weights(self) -> FloatArray | None:
        """The decoder's attention to itself. (layer, head, query, key)"""
        return None if self.decoder is None else self.decoder.weights

    @property
    def cross_weights(self) -> FloatArray | None:
        """The decoder's attention to the encoder. (layer, head, decoder query, encoder key)"""
        return None if self.cross is None else self.cross.weights

    @property
    def nbytes(self) -> int:
        """The memory that the capture holds."""
        stacks = (self.main, self.decoder, self.cross)
        return sum(stack.nbytes for stack in stacks if stack is not None)


def capture_attention(
    model: LanguageModel,
    text: str | Tokens,
    pair: str | Tokens | None = None,
    *,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    queries: Sequence[int] | None = None,
    scores: bool = False,
    vectors: bool = False,
    limit: int | None = None,
) -> AttentionCapture:
    """What the heads of ``model`` attend to in ``text``.

    ``layers``, ``heads`` and ``queries`` (rows, by token) choose what is kept; None is everything.
    Of a decoder with fewer layers or heads than its encoder, those are kept that it has.
    Scores, queries and keys follow from what is kept anyhow, so ``scores`` costs nothing;
    ``vectors`` keeps the values too. ``limit`` cuts the text at that many tokens. For an
    encoder–decoder model ``pair`` is the target. ``text`` may be Tokens, of generated ids say, and
    so may a target: what the decoder reads, its start token first.

    Weights equal the library's own eager attention: softmax(QKᵀ/√d) of Vaswani et al. 2017, eq. 1.
    Raises TextError for the text, InputError for numbers that the model does not have and
    UnsupportedError for a model whose attention cannot be tapped.
    """
    del scores
    places = places_of(model)
    chosen = _chosen(_("layer"), layers, {s: shape.layers for s, shape in places.shapes.items()})
    kept_heads = _chosen(_("head"), heads, {s: shape.heads for s, shape in places.shapes.items()})
    chosen = {stack: numbers for stack, numbers in chosen.items() if numbers and kept_heads[stack]}
    tokens, target = _read(model, text, pair, limit)
    if target is not None and queries is not None:
        raise UnsupportedError(
            _("Query rows cannot be chosen for {id}: it has an encoder and a decoder.").format(
                id=model.id
            )
        )
    rows = _numbers(_("token"), queries, len(tokens))
    recorder = AttentionRecorder(
        places,
        chosen,
        heads=kept_heads,
        queries=None if queries is None else rows,
        values=vectors,
        stop=True,
    )
    run_recorded(model, tokens, target, recorder)
    stacks = {
        stack: AttentionStack(
            layers=numbers,
            heads=kept_heads[stack],
            causal=places.shapes[stack].causal,
            records=tuple(recorder.records[stack, layer] for layer in numbers),
        )
        for stack, numbers in chosen.items()
    }
    return AttentionCapture(
        model=model.id,
        kind=model.kind,
        tokens=tokens,
        queries_kept=rows,
        main=stacks["self"],
        decoder_tokens=target,
        decoder=stacks.get("decoder"),
        cross=stacks.get("cross"),
    )


def places_of(model: LanguageModel) -> AttentionPlaces:
    """Where the attention of ``model`` stands; UnsupportedError where it cannot be tapped."""
    if model.places is None or "self" not in model.places.shapes:
        raise UnsupportedError(
            _(
                "The attention of {id} cannot be recorded: its architecture ({name}) computes it "
                "in a way of its own. Choose another model."
            ).format(id=model.id, name=type(model.network).__name__)
        )
    return model.places


def run_recorded(
    model: LanguageModel, tokens: Tokens, target: Tokens | None, recorder: AttentionRecorder
) -> None:
    """A forward pass of ``model`` under ``recorder``, up to the last layer that it wants."""
    with torch.inference_mode(), recording(recorder):
        try:
            model.network(**model.inputs(tokens, target))
        except EnoughRecorded:
            return


def _read(
    model: LanguageModel, text: str | Tokens, pair: str | Tokens | None, limit: int | None
) -> tuple[Tokens, Tokens | None]:
    """The tokens of the text and those of the decoder, if there is one."""
    if model.kind == "seq2seq":
        tokens = text if isinstance(text, Tokens) else model.encode(text, limit=limit)
        decoder = pair if isinstance(pair, Tokens) else model.encode_target(pair, limit=limit)
        return tokens, decoder
    if isinstance(pair, Tokens):
        raise UnsupportedError(
            _("{id} has no decoder: give the second text as text, not as tokens.").format(
                id=model.id
            )
        )
    return text if isinstance(text, Tokens) else model.encode(text, pair, limit=limit), None


def _chosen(
    what: str, chosen: Collection[int] | None, counts: Mapping[Stack, int]
) -> dict[Stack, tuple[int, ...]]:
    """The numbers chosen of each stack; the first one must have them all."""
    own = _numbers(what, chosen, counts["self"])
    return {
        stack: tuple(range(count)) if chosen is None else tuple(n for n in own if n < count)
        for stack, count in counts.items()
    }


def _numbers(what: str, chosen: Collection[int] | None, count: int) -> tuple[int, ...]:
    """The numbers chosen, or all of them; InputError for one that is not there."""
    if chosen is None:
        return tuple(range(count))
    for number in chosen:
        if not 0 <= number < count:
            raise InputError(
                _("There is no {what} {number}: choose from 0 to {last}.").format(
                    what=what, number=number, last=count - 1
                )
            )
    if not chosen:
        raise InputError(_("No {what} was chosen: choose at least one.").format(what=what))
    return tuple(int(number) for number in chosen)
