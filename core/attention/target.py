"""What is measured when heads are changed: one word that is predicted, or one token's vector.

A target names what to look at; it holds no numbers and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import torch

from core.errors import InputError, UnsupportedError
from core.language import _
from core.prediction import logits_at
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

TargetKind = Literal["next", "mask", "vector"]
_KINDS: Final[dict[str, TargetKind]] = {
    "causal": "next",
    "seq2seq": "next",
    "masked": "mask",
    "encoder": "vector",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a change is measured by.

    "next": the log-probability of ``token_id`` after the token at ``position`` (of the decoder, in
    an encoder–decoder model). "mask": that of ``token_id`` behind the mask at ``position``.
    "vector": the last layer's vector of the token at ``position``; ``token_id`` is None. ``text``
    is the word predicted, or the token whose vector it is, as people read it.
    """

    kind: TargetKind
    position: int
    token_id: int | None
    text: str

    def __post_init__(self) -> None:
        if (self.kind == "vector") != (self.token_id is None):
            raise ValueError("a prediction has a token, a vector has none")


def choose_target(
    model: LanguageModel,
    tokens: Tokens,
    *,
    position: int | None = None,
    token: str | int | None = None,
    target: Tokens | None = None,
    kind: TargetKind | None = None,
) -> Target:
    """The target in ``tokens`` that was chosen, or the natural one of ``model``.

    By default the last token of a causal model, the decoder's last of an encoder–decoder model
    (``target`` are its tokens, ``tokens`` the source's), the first mask of a masked model, and the
    vector of the first token that is not special of an encoder. ``token``, a text such as
    " animal" or an id, is the word to predict; by default the most probable one, for which the
    model reads the text once. ``kind="vector"`` asks a model that predicts for a vector instead.
    Raises InputError for a position or a word that is not there and for a text without a mask,
    UnsupportedError for a kind of target that the model does not have.
    """
    kind = _kind(model, kind)
    if model.kind == "seq2seq":
        target = target or model.encode_target(None)
    read = target or tokens
    place = _position(model, read, position, kind)
    if kind == "vector":
        return Target(kind=kind, position=place, token_id=None, text=_said(read, place))
    if token is None:
        id_ = most_probable(model, tokens, place, target=target)
    else:
        id_ = token_of_text(model, token) if isinstance(token, str) else int(token)
    return Target(kind=kind, position=place, token_id=id_, text=_word(model, id_))


def most_probable(
    model: LanguageModel, tokens: Tokens, position: int, *, target: Tokens | None = None
) -> int:
    """The id that ``model`` predicts at ``position``, with the largest probability."""
    logits = logits_at(model.network, model.inputs(tokens, target), [position])
    return int(torch.argmax(logits[0, 0]))


def token_of_text(model: LanguageModel, text: str) -> int:
    """The one token that ``text`` is, as typed, or with or without the space before it.

    Raises InputError for a text of several tokens and for one that the vocabulary lacks.
    """
    ids = _ids(model, text)
    others = (text.strip(), f" {text.strip()}")
    for other in others:
        if len(ids) != 1 and other.strip() and other != text:
            found = _ids(model, other)
            ids = found if len(found) == 1 else ids
    if not ids or ids[0] == model.tokenizer.unk_token_id:
        raise InputError(
            _("The vocabulary of {id} lacks “{text}”: choose another word.").format(
                id=model.id, text=text
            )
        )
    if len(ids) > 1:
        parts = model.reader.read_ids(ids).labels
        raise InputError(
            _("“{text}” is {count} tokens ({parts}): choose a word that is one token.").format(
                text=text, count=len(ids), parts=", ".join(parts[:8])
            )
        )
    return ids[0]


def _kind(model: LanguageModel, kind: TargetKind | None) -> TargetKind:
    natural = _KINDS[model.kind]
    if kind is None or kind == natural:
        return natural
    if kind == "vector" and model.kind != "seq2seq":
        return kind
    sentences = {
        "next": _("{id} predicts no next token: choose another target."),
        "mask": _("{id} predicts no masked words: choose another target."),
        "vector": _("{id} is measured by what its decoder predicts: choose another target."),
    }
    raise UnsupportedError(sentences[kind].format(id=model.id))


def _position(model: LanguageModel, tokens: Tokens, position: int | None, kind: TargetKind) -> int:
    if position is not None and not 0 <= position < len(tokens):
        raise InputError(
            _("There is no token {number}: choose from 0 to {last}.").format(
                number=position, last=len(tokens) - 1
            )
        )
    if kind == "mask":
        return mask_position(model, tokens, position)
    if position is not None:
        return position
    if kind == "next":
        return len(tokens) - 1
    return next((place for place, special in enumerate(tokens.special) if not special), 0)


def mask_position(model: LanguageModel, tokens: Tokens, position: int | None = None) -> int:
    """Where the first mask of ``tokens`` stands, or the one at ``position``."""
    mask = model.tokenizer.mask_token_id
    if mask is None or mask not in tokens.ids:
        raise InputError(
            _("The text has no mask: write {mask} where a word is to be predicted.").format(
                mask=model.tokenizer.mask_token or "[MASK]"
            )
        )
    if position is None:
        return tokens.ids.index(mask)
    if tokens.ids[position] != mask:
        raise InputError(
            _("Token {number} ({text}) is no mask: choose one that is.").format(
                number=position, text=tokens.labels[position]
            )
        )
    return position


def _ids(model: LanguageModel, text: str) -> list[int]:
    """The tokens of ``text`` without those of the template."""
    if text.strip():
        tokens = model.reader.read(text)
        kept = zip(tokens.ids, tokens.segments, strict=True)
        return [id_ for id_, segment in kept if segment is not None]
    # A reader takes no blank text, but a line break can be what a model predicts.
    found = model.tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
    return [id_ for id_, kept in zip(found.ids, found.attention_mask, strict=True) if kept]


def _word(model: LanguageModel, id_: int) -> str:
    if not 0 <= id_ < model.shape.vocab:
        raise InputError(
            _("The model {id} has no token number {number}: the largest is {last}.").format(
                id=model.id, number=id_, last=model.shape.vocab - 1
            )
        )
    return _said(model.reader.read_ids([id_]), 0)


def _said(tokens: Tokens, place: int) -> str:
    return tokens.texts[place] or tokens.characters[place]
