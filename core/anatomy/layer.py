"""Every intermediate of one layer for one text, named as in the formulas.

Holds numbers of all heads and no weights; ``core.anatomy.weights`` fetches those that a formula
names. Vaswani et al. 2017, "Attention Is All You Need", sections 3.1 to 3.5, where nothing else is
said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.anatomy.embedding import EmbeddingAnatomy, embedding_of
from core.anatomy.feed_forward import FeedForwardAnatomy, feed_forward_of
from core.anatomy.heads import HeadVectors, floats, head_vectors
from core.anatomy.memory import bytes_of
from core.anatomy.norms import NormAnatomy, norm_of
from core.anatomy.observation import Observation, observe
from core.anatomy.vocabulary import VocabularyAnatomy, vocabulary_of_pass
from core.anatomy.wiring import (
    Arrangement,
    UnknownWiringError,
    WiredAttention,
    WiredPart,
    wire,
)
from core.attention.capture import places_of
from core.attention.places import Stack
from core.attention.recording import FloatArray, LayerRecord
from core.errors import InputError, UnsupportedError
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

PartName = Literal["self", "decoder", "cross", "feed_forward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionAnatomy:
    """One attention of a layer, of all heads.

    ``inputs`` are the X of Q = X W^Q, after the norm where one stands before; ``key_inputs`` the X
    of K and V, which is the encoder's last layer in cross attention. ``record`` holds scaling, mask
    and bias. ``scaling`` multiplies QKᵀ: 1/√d_k, or what the model has instead.
    """

    stack: Stack
    inputs: FloatArray  # (query, hidden)
    key_inputs: FloatArray  # (key, hidden)
    queries: HeadVectors
    keys: HeadVectors
    values: HeadVectors
    scaling: float
    divided_ahead: bool
    """Whether the network divides the queries, not their products with the keys (OPT)."""
    record: LayerRecord
    outputs: FloatArray  # (head, query, dim)
    concat: FloatArray  # (query, head × dim)
    mixed: FloatArray  # (query, hidden)
    output_module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SumAnatomy:
    """Add & Norm around one part.

    ``stream`` is what comes along the residual connection and ``made`` what the part makes of
    ``given``. ``total`` = stream + made (normed first in "both" and "after"). ``result`` is what
    goes on: the normed total in "post", the total itself else.
    """

    part: PartName
    arrangement: Arrangement
    stream: FloatArray  # (token, hidden)
    before: NormAnatomy | None
    given: FloatArray  # (token, hidden)
    made: FloatArray  # (token, hidden)
    after: NormAnatomy | None
    total: FloatArray  # (token, hidden)
    norm: NormAnatomy | None
    result: FloatArray  # (token, hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerAnatomy:
    """One layer of one stack for one text, the embedding before and the vocabulary after.

    ``attentions`` has the attention asked for first in its name: ``attention``. ``sums`` are the
    parts in order. ``notes`` say in sentences what this model does otherwise than the formulas.
    """

    model: str
    kind: str
    stack: Stack
    layer: int
    layers: int
    heads: int
    kv_heads: int
    tokens: Tokens
    key_tokens: Tokens
    causal: bool
    embedding: EmbeddingAnatomy
    given: FloatArray  # (token, hidden)
    attention: AttentionAnatomy
    sums: tuple[SumAnatomy, ...]
    feed_forward: FeedForwardAnatomy
    result: FloatArray  # (token, hidden)
    vocabulary: VocabularyAnatomy | None

    @property
    def attention_sum(self) -> SumAnatomy:
        """Add & Norm around the attention asked for."""
        return next(part for part in self.sums if part.part == self.stack)

    @property
    def feed_forward_sum(self) -> SumAnatomy:
        """Add & Norm around the feed-forward."""
        return self.sums[-1]

    @property
    def nbytes(self) -> int:
        """The memory of all arrays, each once."""
        return bytes_of(self)


def layer_anatomy(
    model: LanguageModel,
    text: str | Tokens,
    pair: str | Tokens | None = None,
    *,
    layer: int = 0,
    stack: Stack = "self",
    limit: int | None = None,
) -> LayerAnatomy:
    """Every intermediate of ``layer`` for ``text``, equal to the network's own.

    ``stack`` chooses among an encoder–decoder model's encoder ("self"), decoder and cross
    attention; ``pair`` is then the target, what the decoder reads. ``limit`` cuts the text.
    Raises TextError for the text, InputError for a layer or stack that the model does not have,
    and UnsupportedError for a model whose attention cannot be recorded or whose layer is put
    together in an unknown way.
    """
    shapes = places_of(model).shapes
    if stack not in shapes:
        raise InputError(
            _("{id} has no “{name}” attention: choose “self”.").format(id=model.id, name=stack)
        )
    _check(_("layer"), layer, shapes[stack].layers)
    tokens, target = _read(model, text, pair, limit)
    seen = observe(model, tokens, target, stack=stack, layer=layer)
    try:
        wired = wire(seen)
        own = next(part for part in wired.attentions if part.attended.stack == stack)
        attention = _attention(own)
        feed_forward = feed_forward_of(wired.feed_forward)
    except UnknownWiringError as error:
        raise UnsupportedError(
            _(
                "The layers of {id} ({name}) are put together in a way that Anatomy does not know: "
                "{reason}. Its attention can be seen on the page Attention."
            ).format(id=model.id, name=type(model.network).__name__, reason=str(error))
        ) from error
    queries = tokens if stack == "self" or target is None else target
    keys = target if stack == "decoder" and target is not None else tokens
    names: list[PartName] = [part.attended.stack for part in wired.attentions]
    parts = [*(part.part for part in wired.attentions), wired.feed_forward.part]
    sums = tuple(
        _sum(name, part) for name, part in zip([*names, "feed_forward"], parts, strict=True)
    )
    return LayerAnatomy(
        model=model.id,
        kind=model.kind,
        stack=stack,
        layer=layer,
        layers=shapes[stack].layers,
        heads=shapes[stack].heads,
        kv_heads=shapes[stack].kv_heads,
        tokens=queries,
        key_tokens=keys,
        causal=shapes[stack].causal,
        embedding=embedding_of(model, seen, queries),
        given=floats(seen.given),
        attention=attention,
        sums=sums,
        feed_forward=feed_forward,
        result=floats(seen.made),
        vocabulary=_vocabulary(model, seen, target or tokens),
    )


def _attention(wired: WiredAttention) -> AttentionAnatomy:
    vectors, ahead = head_vectors(wired)
    record = wired.attended.record
    keys = next(call for call in wired.projections if call.name == vectors["k"].place.module)
    return AttentionAnatomy(
        stack=wired.attended.stack,
        inputs=floats(wired.part.given),
        key_inputs=floats(keys.given),
        queries=vectors["q"],
        keys=vectors["k"],
        values=vectors["v"],
        scaling=record.scaling * ahead,
        divided_ahead=ahead != 1.0,
        record=record,
        outputs=floats(wired.attended.output.transpose(0, 1)),
        concat=floats(wired.output.given),
        mixed=floats(wired.output.made),
        output_module=wired.output.name,
    )


def _sum(name: PartName, part: WiredPart) -> SumAnatomy:
    return SumAnatomy(
        part=name,
        arrangement=part.arrangement,
        stream=floats(part.stream),
        before=norm_of(part.before),
        given=floats(part.given),
        made=floats(part.made),
        after=norm_of(part.after),
        total=floats(part.total),
        norm=norm_of(part.norm),
        result=floats(part.result),
    )


def _vocabulary(
    model: LanguageModel, seen: Observation, tokens: Tokens
) -> VocabularyAnatomy | None:
    return None if model.kind == "encoder" else vocabulary_of_pass(model, seen, tokens)


def _read(
    model: LanguageModel, text: str | Tokens, pair: str | Tokens | None, limit: int | None
) -> tuple[Tokens, Tokens | None]:
    """The tokens of the text and, of an encoder–decoder model, those that the decoder reads."""
    if model.kind != "seq2seq":
        if isinstance(pair, Tokens):
            raise UnsupportedError(
                _("{id} has no decoder: give the second text as text, not as tokens.").format(
                    id=model.id
                )
            )
        return (text if isinstance(text, Tokens) else model.encode(text, pair, limit=limit)), None
    tokens = text if isinstance(text, Tokens) else model.encode(text, limit=limit)
    target = pair if isinstance(pair, Tokens) else model.encode_target(pair, limit=limit)
    return tokens, target


def _check(what: str, number: int, count: int) -> None:
    if not 0 <= number < count:
        raise InputError(
            _("There is no {what} {number}: choose from 0 to {last}.").format(
                what=what, number=number, last=count - 1
            )
        )
