"""Tokens as chips: from what a tokenizer made to what a token strip shows."""

from __future__ import annotations

from collections.abc import Sequence

from components.views.token_strip import Chip, Kind
from core.language import _
from core.tokens import Tokens


def chips_of(tokens: Tokens, *, values: Sequence[float] | None = None) -> tuple[Chip, ...]:
    """One chip for each token; ``values`` in 0..1 colour them."""
    return tuple(
        Chip(
            text=text,
            piece=piece,
            id=number,
            kind=_kind(text, special, unknown),
            continues=continues,
            value=None if values is None else float(values[place]),
            details=((_("bytes"), data.hex(" ").upper()),) if data else (),
        )
        for place, (text, piece, number, special, unknown, continues, data) in enumerate(
            zip(
                tokens.texts,
                tokens.pieces,
                tokens.ids,
                tokens.special,
                tokens.unknown,
                tokens.continues,
                tokens.data,
                strict=True,
            )
        )
    )


def _kind(text: str, special: bool, unknown: bool) -> Kind:
    if special:
        return "special"
    if unknown:
        return "unknown"
    return "word" if text else "part"
