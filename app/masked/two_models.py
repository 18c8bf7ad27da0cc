"""The room "Two models": what two masked models expect behind the masks of the same text.

Their tokenizers may differ, so the second reads the text with the masks spelled out; masks are
matched by their order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from app.facts import of_model
from app.frame import as_plain, framed
from app.masked.look import Look
from app.masked.same_text import SpelledText, spelled_out
from app.masked.side_by_side import Reading, read_as, show_both
from app.masked.state import MASKED
from app.other_models import is_of_kind, link_to_models, other_models
from app.waiting import waited
from components.controls import choose_model
from core.jobs import Progress, Stop
from core.language import _
from core.masked import read_masks
from core.models import LanguageModel
from core.tokens import Tokens

OTHER: Final = MASKED.key("other_model")
KIND: Final = "masked"


@framed
def show_two_models(look: Look) -> None:
    """The likeliest words of both models under each mask, and where they differ."""
    models = other_models(look.model, KIND)
    if st.session_state[OTHER] in {"", look.model}:
        st.session_state[OTHER] = next((name for name in models if is_of_kind(name, KIND)), "")
    if not models and not st.session_state[OTHER]:
        _say_only_one(look)
        return
    other = choose_model(_("The other model"), models, key=OTHER, none=_("choose a model"))
    if not _has_masks(look):
        st.info(_("Mask a word on the tab Fill, or type [MASK] into the text."))
        return
    if not other:
        st.info(_("Choose the model that reads the same text."))
        return
    spelled = look.computed(
        "spelled out",
        lambda model, masked: spelled_out(model, look.text, look.original(), masked),
    )
    job = waited(
        (other, "two models", spelled),
        "masked_two_models",
        _("Loading the other model and reading the text"),
        _read_by_other(other, spelled),
    )
    if job is None or job.value is None:
        return
    show_both(
        [(look.model, look.title), (other, models.get(other, other))],
        _read_by_first(look, spelled),
        job.value,
    )


def _say_only_one(look: Look) -> None:
    """That there is nothing to compare with, and where to get it."""
    st.info(
        as_plain(
            _(
                "No other masked model is on this server beside {title}. Fetch one on the page "
                "Models, such as bert-base-uncased, or bert-base-chinese for 中文."
            ).format(title=look.title)
        )
    )
    link_to_models()


def _has_masks(look: Look) -> bool:
    return look.computed("has masks", lambda model, read: model.tokenizer.mask_token_id in read.ids)


def _read_by_first(look: Look, spelled: SpelledText) -> Reading:
    """The first model reads its own tokens, masked where they were clicked."""

    def read(model: LanguageModel, tokens: Tokens) -> Reading:
        return read_as(model, tokens, spelled.words)

    return look.computed("two models", read)


def _read_by_other(other: str, spelled: SpelledText) -> Callable[[Progress, Stop], Reading]:
    """The job: it loads the other model and lets it read the masks spelled out."""

    def read(_progress: Progress, _stop: Stop) -> Reading:
        return of_model(
            other,
            ("two models", spelled),
            lambda model: read_as(model, read_masks(model, spelled.text), spelled.words),
        )

    return read
