"""The tab "Fill": the text as chips, the steps that filled its masks, and what each expected."""

from __future__ import annotations

import streamlit as st

from app.branch_controls import choose_branch
from app.branches import START, Place
from app.facts import source_line
from app.frame import as_plain, framed
from app.masked import moves
from app.masked.inside import show_inside
from app.masked.look import Look
from app.masked.moves import WALK
from app.masked.panels import show_panels
from app.masked.paths import masks_of, taken, tokens_at
from app.masked.state import FILL_ORDERS
from app.masked.tree import compare_branches, drop_misfits, shown_branches
from app.walk import problem
from components.chips import chips_of
from components.views.timeline import timeline
from components.views.token_strip import Chip, token_strip
from core.language import _
from core.masked import FillStep, only_masks


@framed
def show_fill(look: Look) -> None:
    """Chips, controls, timeline, and the words expected at the step that is shown."""
    if said := problem():
        st.error(as_plain(said))
    if not any(_marks(look)):
        _show_chips(look, ())
        st.info(_("Click a word to mask it, or type [MASK] into the text."))
        return
    drop_misfits(look)
    place = WALK.place
    path = WALK.path
    steps = taken(look, path)
    _show_chips(look, steps)
    if look.computed("only masks", lambda model, read: only_masks(model, read)):
        st.info(
            _(
                "Nothing but masks: the model has no word to go by and gives what is frequent. "
                "Add a word."
            )
        )
    _show_controls(look, place, still_open=len(masks_of(look)) > len(path))
    timeline(
        shown_branches(look),
        key="masked_timeline",
        label=_("Steps that fill the masks"),
        selected=place,
        on_select=WALK.show,
        start=_("all masked"),
        source=source_line(look.model),
    )
    compare_branches(look)
    show_panels(look, place, path)
    show_inside(look, path)


def _marks(look: Look) -> list[bool]:
    """Which tokens are masks."""
    return look.computed(
        "marks",
        lambda model, read: [id_ == model.tokenizer.mask_token_id for id_ in read.ids],
    )


def _show_chips(look: Look, steps: tuple[FillStep, ...]) -> None:
    """The text at the step that is shown: open masks, and the words filled in so far."""
    filled = {step.position: step for step in steps}
    marks = _marks(look)
    original = look.original()
    chips = [
        _chip(
            chip,
            filled.get(position),
            masked=marks[position],
            original=original.labels[position] if position in look.masks else "",
        )
        for position, chip in enumerate(chips_of(tokens_at(look, steps)))
    ]
    token_strip(
        chips,
        key="masked_chips",
        label=_("The text as tokens"),
        selected=steps[-1].position if steps else None,
        on_select=lambda token: moves.toggle_mask(look, token),
        value_label=_("probability of a word when it was filled in"),
        legend=bool(filled),
        hint=_("Click a word to mask it, or a masked one to bring it back"),
    )


def _chip(chip: Chip, step: FillStep | None, *, masked: bool, original: str) -> Chip:
    """``chip`` as an open mask, or as the word that was filled in."""
    details = ((_("original"), original),) if original else ()
    if step is not None:
        return Chip(
            text=chip.text,
            piece=chip.piece,
            id=chip.id,
            kind=chip.kind,
            continues=chip.continues,
            value=min(1.0, max(0.0, step.probability)),
            details=(*chip.details, *details),
        )
    if not masked:
        return chip
    return Chip(
        text=chip.text, piece=chip.piece, id=chip.id, kind="word", mark="masked", details=details
    )


def _show_controls(look: Look, place: Place, *, still_open: bool) -> None:
    started = bool(WALK.branches.rows[0].choices)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Step"),
            key="masked_step",
            icon=":material/play_arrow:",
            type="primary",
            disabled=not still_open,
            on_click=moves.step,
            args=(look,),
        )
        st.button(
            _("Fill all"),
            key="masked_fill",
            icon=":material/fast_forward:",
            disabled=not still_open,
            on_click=moves.fill,
            args=(look,),
        )
        st.button(
            _("Back"),
            key="masked_back",
            icon=":material/undo:",
            disabled=place == START,
            on_click=WALK.back,
        )
        st.selectbox(
            _("Next mask"),
            FILL_ORDERS,
            format_func=order_names().__getitem__,
            key=moves.ORDER,
            persist_state="session",
            width=220,
        )
        with st.popover(_("Settings"), icon=":material/tune:"):
            _show_settings(look, started=started)


def _show_settings(look: Look, *, started: bool) -> None:
    names = {"greedy": _("the most probable one"), "sample": _("drawn by probability")}
    st.selectbox(
        _("The word"),
        names,
        format_func=names.__getitem__,
        key=moves.CHOOSE,
        persist_state="session",
    )
    st.number_input(_("Seed"), min_value=0, max_value=9999, key=moves.SEED, persist_state="session")
    st.button(
        _("Fill in every order"),
        key="masked_orders",
        on_click=moves.fill_in_every_order,
        args=(look, order_names()),
        width="stretch",
    )
    if started:
        st.button(_("Start over"), key="masked_over", on_click=WALK.start_over, width="stretch")
    choose_branch(WALK)


def order_names() -> dict[str, str]:
    """What the orders are called."""
    return {
        "confidence": _("the surest first"),
        "left": _("left to right"),
        "right": _("right to left"),
        "random": _("by chance"),
    }
