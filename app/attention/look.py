"""What the Attention page looks at, and what is selected in it: layer, head and token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from app import resources
from app.attention.state import ATTENTION
from app.notes import note_selection
from core.attention import AttentionOverview
from core.attention.places import Stack

LAYER, HEAD, TOKEN, STACK = (ATTENTION.key(name) for name in ("layer", "head", "token", "stack"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A model by its id and title, and the texts it reads. Small: fragments keep it."""

    model: str
    title: str
    text: str
    pair: str

    def overview(self, stack: Stack) -> AttentionOverview:
        """The attention of the texts in one stack, computed once for all sessions.

        Asked for anew in every run, and never kept in a session, whose memory it would be.
        """
        return resources.attention_overview(self.model, self.text, self.pair, stack)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The selection, as it is in the overview at hand: one that is there."""

    layer: int
    head: int
    token: int

    @property
    def place(self) -> tuple[int, int]:
        """(layer, head)"""
        return self.layer, self.head


def select_head(place: tuple[int, int]) -> None:
    """Make ``place`` (layer, head) the selected head."""
    st.session_state[LAYER], st.session_state[HEAD] = place


def select_token(token: int) -> None:
    """Make the query ``token`` the selected one."""
    st.session_state[TOKEN] = token


def settle(overview: AttentionOverview) -> Chosen:
    """What is selected; the first notable head and its strongest query where that is not there."""
    wanted = (st.session_state[LAYER], st.session_state[HEAD])
    place = overview.place(*wanted)
    note_selection(overview, wanted, place)
    select_head(place)
    token = st.session_state[TOKEN]
    if token is None or token >= len(overview.query_tokens):
        pointer = overview.strongest(*place)
        return Chosen(layer=place[0], head=place[1], token=pointer.query if pointer else 0)
    return Chosen(layer=place[0], head=place[1], token=token)


def stepping(overview: AttentionOverview) -> Callable[[tuple[int, int], int, int], None]:
    """What goes on to a neighbour of a head, from the last to the first again.

    It holds numbers only: a session keeps it, and must not keep the overview's memory with it.
    """
    layers, heads = overview.layers, overview.heads

    def step(place: tuple[int, int], layer_steps: int, head_steps: int) -> None:
        if place[0] in layers and place[1] in heads:
            row = layers.index(place[0]) + layer_steps
            column = heads.index(place[1]) + head_steps
            select_head((layers[row % len(layers)], heads[column % len(heads)]))

    return step


def selecting(tokens: Sequence[int]) -> Callable[[int], None]:
    """What selects the token of a row; ``tokens`` are those of the rows."""
    kept = tuple(tokens)
    return lambda row: select_token(kept[row])
