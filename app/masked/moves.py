"""What a click on the Masked words page does: masks, and steps that fill them."""

from __future__ import annotations

import streamlit as st

from app.branches import START, Place
from app.example_texts import follow_model
from app.masked.look import Look
from app.masked.paths import check_count, chosen_next, taken
from app.masked.state import FILL_ORDERS, MASKED
from app.walk import Walk, move
from core.masked import Order

MASKS, ORDER, CHOOSE, SEED = (MASKED.key(name) for name in ("masks", "order", "choose", "seed"))
WALK = Walk(MASKED)


def change_model() -> None:
    """Another model: no masks, and an example becomes the one that goes with it."""
    follow_model(MASKED)
    forget_masks()


def forget_masks() -> None:
    """Neither masks by click nor steps: they belonged to another text or tokenizer."""
    st.session_state[MASKS] = []
    WALK.start_over()


@move
def toggle_mask(look: Look, token: int) -> None:
    """Mask the token, and the other pieces of its word; take the mask away where it was so.

    Special tokens and masks typed into the text stay.
    """
    tokens = look.original()
    if tokens.special[token]:
        return
    first = last = token
    while first > 0 and tokens.continues[first]:
        first -= 1
    while last + 1 < len(tokens) and tokens.continues[last + 1]:
        last += 1
    word = set(range(first, last + 1))
    masks = set(st.session_state[MASKS])
    st.session_state[MASKS] = sorted(masks - word if token in masks else masks | word)
    WALK.start_over()


@move
def step(look: Look) -> None:
    """Fill the next mask as the settings say."""
    _follow(look, WALK.place, _order())


@move
def fill(look: Look) -> None:
    """Fill every mask that is still open."""
    _follow(look, WALK.place, _order(), every=True)


@move
def fill_in_every_order(look: Look, names: dict[str, str]) -> None:
    """Fill all masks in each order; orders that fill alike share a branch and its name."""
    check_count(look, ())  # before the branches that are there go
    WALK.start_over()
    for order in FILL_ORDERS:
        _follow(look, START, order, every=True)
        branch = WALK.place[0]
        name = WALK.branches.rows[branch].name
        WALK.name(branch, f"{name} · {names[order]}" if name else names[order])


def _follow(look: Look, after: Place, order: Order, *, every: bool = False) -> None:
    path = WALK.branches.path(after)
    taken(look, path)  # a bad link is told before anything is added
    session = st.session_state
    choices = chosen_next(
        look, path, order=order, choose=session[CHOOSE], seed=session[SEED], every=every
    )
    WALK.go_on(choices, after)


def _order() -> Order:
    wanted = st.session_state[ORDER]
    return next((order for order in FILL_ORDERS if order == wanted), "confidence")
