"""The words expected behind each mask: of the mask just filled, and of those still open."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.branches import Place
from app.facts import source_line
from app.frame import as_plain
from app.masked.look import Look
from app.masked.moves import WALK
from app.masked.paths import Path, asked, expected, masks_of, taken, words
from components.views.predictions import MOST_PANELS, Panel, predictions
from core.language import _
from core.masked import FillStep, MaskPrediction, WordPrediction

MOST_PIECES: Final = 6
"""Masks side by side that are read as one word: few words have more pieces, and each takes passes
of its own."""


def show_panels(look: Look, place: Place, path: Path) -> None:
    """A panel of words for each mask; a click takes a word there."""
    masks = masks_of(look)
    steps = taken(look, path)
    open_masks = expected(look, path)
    found = [*([asked(look, path)] if path else []), *open_masks]
    shown = found[:MOST_PANELS]
    panels = [
        _panel(one, masks, steps[-1] if path and number == 0 else None)
        for number, one in enumerate(shown)
    ]
    before = WALK.branches.before(place)

    def take(word: tuple[int, int]) -> None:
        mask, rank = word
        filled = bool(path) and mask == 0
        choice = (shown[mask].position, shown[mask].token_ids[rank])
        WALK.take(choice, before if filled else place)

    predictions(
        panels,
        key="masked_predictions",
        label=_("The likeliest words behind each mask"),
        on_select=take,
        source=source_line(look.model),
    )
    if len(found) > len(shown):
        said = _("{count} more masks are not shown: fill some first.").format(
            count=len(found) - len(shown)
        )
        st.markdown(f":small[{said}]")
    if path:
        _say_taken(steps[-1])
    _show_words(look, path, tuple(one.position for one in open_masks))


def _panel(found: MaskPrediction, masks: tuple[int, ...], step: FillStep | None) -> Panel:
    """One mask: its likeliest words, the word that was masked, and the one that was taken."""
    number = masks.index(found.position) + 1
    title = _("mask {number}") if step is None else _("mask {number} · filled")
    original = found.original
    chosen = None
    if step is not None and step.token_id in found.token_ids:
        chosen = found.token_ids.index(step.token_id)
    return Panel(
        title.format(number=number),
        [text.strip() or text for text in found.texts],
        [min(1.0, float(share)) for share in found.probabilities],
        original=None
        if original is None
        else (
            original.text.strip() or original.text,
            min(1.0, original.probability),
            original.rank,
        ),
        chosen=chosen,
        before=None
        if found.earlier is None or step is not None
        else [min(1.0, float(share)) for share in found.earlier],
    )


def _say_taken(step: FillStep) -> None:
    """The word that was taken, and what it changed."""
    said = _("Filled in: **{word}**, probability {probability}, rank {rank}.").format(
        word=as_plain(step.text.strip() or step.text),
        probability=f"{step.probability:.3f}",
        rank=f"{step.rank:,}",
    )
    changed = [change for change in step.changes if change.changed]
    if step.changes:
        said += " " + (
            _("Of the masks still open {count} have another first word now.").format(
                count=len(changed)
            )
            if changed
            else _("The first words of the masks still open stay.")
        )
    st.markdown(f":small[{said}]", width=680)


def _show_words(look: Look, path: Path, still_open: tuple[int, ...]) -> None:
    """Masks that stand side by side, read as one word of several pieces."""
    runs = [run for run in _runs(still_open) if 1 < len(run) <= MOST_PIECES][:2]
    if not runs:
        return
    masks = masks_of(look)
    found = [words(look, path, run) for run in runs]
    predictions(
        [_word_panel(one, masks) for one in found],
        key="masked_words",
        label=_("Whole words behind masks side by side"),
        source=source_line(look.model),
    )
    said = _(
        "A whole word's probability is the product of its pieces, filled from left to right; only "
        "pieces that form one word are joined."
    )
    st.markdown(f":small[{said}]", width=680)


def _word_panel(found: WordPrediction, masks: tuple[int, ...]) -> Panel:
    first, last = (masks.index(place) + 1 for place in (found.positions[0], found.positions[-1]))
    candidates = found.candidates
    original = found.original
    better = (
        0 if original is None else sum(one.probability > original.probability for one in candidates)
    )
    listed = original is not None and any(one.token_ids == original.token_ids for one in candidates)
    return Panel(
        _("masks {first} to {last} as one word").format(first=first, last=last),
        [one.text for one in candidates],
        [min(1.0, one.probability) for one in candidates],
        # beyond the list a rank among all words is not known
        original=(original.text, min(1.0, original.probability), better + 1)
        if original is not None and listed
        else None,
    )


def _runs(positions: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Positions side by side, together."""
    runs: list[tuple[int, ...]] = []
    for place in positions:
        if runs and place == runs[-1][-1] + 1:
            runs[-1] = (*runs[-1], place)
        else:
            runs.append((place,))
    return runs
