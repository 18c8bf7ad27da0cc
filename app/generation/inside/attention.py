"""Where the last token looks: the row of attention from which the next token follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.branches import Path
from app.facts import of_model
from app.generation.look import Look
from app.generation.run import Session, at
from app.generation.settings import seed_now
from app.generation.state import GENERATION
from app.layer_head import choose_layer_and_head
from components.chips import chips_of
from components.views.token_strip import token_strip
from core.attention.capture import places_of
from core.attention.places import Stack
from core.generation import EncoderDecoderSession
from core.language import _
from core.models import LanguageModel
from core.tokens import Tokens

SHOWN_TOKENS: Final = 300
"""Of longer texts the last ones are shown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """Attention from one token to ``tokens``, one of which it may be itself, for every head."""

    title: str
    tokens: Tokens
    weights: NDArray[np.float32]  # (head, key)
    itself: int | None


def show_attention(look: Look, path: Path) -> None:
    """One strip for a causal model; in the source and among its own tokens for a decoder."""
    layers, heads = of_model(look.model, "decoder layers and heads", _counts)
    left, _rest = st.columns([5, 7])
    with left:
        layer, head = choose_layer_and_head(GENERATION, layers, heads)
    for number, row in enumerate(at(look, path, seed_now(), lambda one: _rows(one, layer))):
        _show(row, head, number)
    said = _(
        "Read with the keys that are kept: nothing is computed again for it. The vector that "
        "these weights make, layer after layer, is what the next token is predicted from."
    )
    st.markdown(f":small[{said}]", width=680)


def _counts(model: LanguageModel) -> tuple[int, int]:
    stack: Stack = "cross" if model.kind == "seq2seq" else "self"
    shape = places_of(model).shapes[stack]
    return shape.layers, shape.heads


def _rows(session: Session, layer: int) -> Sequence[Row]:
    tokens = session.tokens
    if isinstance(session, EncoderDecoderSession):
        cross = session.attention(layers=[layer])
        own = session.attention(layers=[layer], which="decoder")
        return [
            Row(
                title=_("in the source"),
                tokens=session.source_tokens,
                weights=cross.records[0].weights()[:, 0],
                itself=None,
            ),
            Row(
                title=_("among the tokens written"),
                tokens=tokens,
                weights=own.records[0].weights()[:, 0],
                itself=len(tokens) - 1,
            ),
        ]
    found = session.attention(layers=[layer])
    return [Row(title="", tokens=tokens, weights=found.weights[0, :, 0], itself=len(tokens) - 1)]


def _show(row: Row, head: int | None, number: int) -> None:
    weights = row.weights.mean(axis=0) if head is None else row.weights[head]
    first = max(0, len(row.tokens) - SHOWN_TOKENS)
    label = _("Where the last token looks")
    if row.title:
        st.markdown(f"**{label}: {row.title}**")
    with st.container(height=190 if len(row.tokens) - first > 80 else "content", border=False):
        token_strip(
            chips_of(row.tokens, values=np.clip(weights, 0, 1))[first:],
            key=f"generation_attention_{number}",
            label=f"{label} {row.title}".strip(),
            selected=None if row.itself is None else row.itself - first,
            value_label=_("attention from the last token"),
        )
