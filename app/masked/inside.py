"""Inside a step: where the mask looked, and what each layer would have predicted there."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from app.facts import source_line
from app.frame import as_plain, framed
from app.layer_head import choose_layer_and_head
from app.masked.look import Look
from app.masked.paths import Path, expected, lens, masks_of, taken, written
from app.masked.state import MASKED
from app.navigation import page_path
from components.chips import chips_of
from components.controls import choose_view
from components.views.lens_grid import lens_grid
from components.views.token_strip import token_strip
from core.attention import capture_attention
from core.language import _
from core.models import LanguageModel
from core.tokens import Tokens

INSIDE: Final = MASKED.key("inside")


@framed
def show_inside(look: Look, path: Path) -> None:
    """Under the words: nothing more, the attention of the mask, or the logit lens."""
    names = {
        "words": _("Words only"),
        "attention": _("Attention of the mask"),
        "lens": _("Through the layers"),
    }
    inside = choose_view(_("Inside this step"), names, key=INSIDE)
    if inside == "attention":
        _show_attention(look, path)
    elif inside == "lens":
        _show_lens(look, path)


def _read(look: Look, path: Path) -> tuple[Path, Tokens, tuple[int, ...]]:
    """The path and tokens that the model read for this step, and the masks that it is about.

    A step is about the mask it filled, and reads the text before that; before the first step all
    masks are open.
    """
    if not path:
        return (), look.masked(), masks_of(look)
    step = taken(look, path)[-1]
    return path[:-1], step.before, (step.position,)


def _show_attention(look: Look, path: Path) -> None:
    before, read, places = _read(look, path)
    masks = masks_of(look)
    place = places[0]
    shape = look.computed("shape", lambda model, tokens: model.shape)
    choices, rest = st.columns([4, 6])
    with choices:
        layer, head = choose_layer_and_head(MASKED, shape.layers, shape.heads)

    def weights(model: LanguageModel, tokens: Tokens) -> np.ndarray:
        del tokens
        found = capture_attention(model, read, layers=[layer], queries=[place])
        return found.weights[0, :, 0]  # (head, key)

    rows = look.computed(("attention", before, layer, place), weights)
    row = rows.mean(axis=0) if head is None else rows[head]
    token_strip(
        chips_of(read, values=np.clip(row, 0, 1)),
        key="masked_attention",
        label=_("Where the mask looks"),
        selected=place,
        value_label=_("attention from mask {number}").format(number=masks.index(place) + 1),
    )
    with rest:
        st.page_link(
            page_path("attention"),
            label=_("All heads of this text"),
            icon=":material/arrow_forward:",
            query_params={
                "model": look.model,
                "text": written(look, taken(look, before)),
                "view": "all",
                "layer": str(layer),
                "head": "" if head is None else str(head),
                "token": str(place),
            },
        )


def _show_lens(look: Look, path: Path) -> None:
    before, _tokens, places = _read(look, path)
    masks = masks_of(look)
    steps = taken(look, path)
    predicted = {one.position: one.token_ids[0] for one in expected(look, before)}
    answers = [steps[-1].token_id] if steps else [predicted[place] for place in places]
    reading = lens(look, before, places, answers)
    layers = len(reading.top_ids)
    names = [_("embedding"), *(_("layer {number}").format(number=n) for n in range(layers - 1))]
    lens_grid(
        names,
        [_("mask {number}").format(number=masks.index(place) + 1) for place in places],
        reading.top_texts,
        reading.top_probabilities,
        key="masked_lens",
        label=_("What each layer would predict"),
        answers=reading.answer_texts,
        answer_probabilities=reading.answer_probabilities,
        answer_ranks=reading.answer_ranks,
        source=source_line(look.model),
    )
    said = _(
        "Each layer's vector at the mask, read by the model's own head. The head was trained on "
        "the last layer only, so how sure an earlier layer looks means little."
    )
    st.markdown(f":small[{as_plain(said)}]", width=680)
