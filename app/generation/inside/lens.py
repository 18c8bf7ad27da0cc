"""What each layer would say next: the logit lens at the last tokens."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.branches import Path
from app.facts import source_line
from app.frame import as_plain
from app.generation.look import Look
from app.generation.run import Session, at, token_ids
from app.generation.settings import seed_now
from components.views.lens_grid import lens_grid
from core.generation import EncoderDecoderSession
from core.language import _
from core.lens import LensReading, logit_lens
from core.models import LanguageModel
from core.tokens import Tokens

PLACES: Final = 8
"""How many of the last tokens are read."""
TOP: Final = 5


def show_lens(look: Look, path: Path) -> None:
    """The grid of layers and last tokens, each cell the layer's first choice for the next token."""
    tokens, source, last = at(look, path, seed_now(), _read)
    if source is not None and not path:
        st.info(_("Take a step first: the layers are read at the tokens that were written."))
        return
    following = (*tokens.ids[1:], last)
    places = tuple(range(max(0, len(tokens) - PLACES), len(tokens)))

    def read(model: LanguageModel) -> LensReading:
        answers = [following[place] for place in places]
        if source is None:
            return logit_lens(model, tokens, top_k=TOP, positions=places, answers=answers)
        return logit_lens(model, source, tokens, top_k=TOP, positions=places, answers=answers)

    reading = look.computed(("lens", token_ids(path), last), read)
    layers = len(reading.top_ids)
    lens_grid(
        [_("embedding"), *(_("layer {number}").format(number=n) for n in range(layers - 1))],
        [tokens.labels[place] for place in places],
        reading.top_texts,
        reading.top_probabilities,
        key="generation_lens",
        label=_("What each layer would say next"),
        answers=reading.answer_texts,
        answer_probabilities=reading.answer_probabilities,
        answer_ranks=reading.answer_ranks,
        source=source_line(look.model),
    )
    said = _(
        "Each layer's vector at a token, read by the model's own head as if it were the last "
        "layer. The answer is the token that comes next in the text; after the last one, the "
        "model's first choice. The head was trained on the last layer only, so how sure an "
        "earlier layer looks means little."
    )
    st.markdown(f":small[{as_plain(said)}]", width=680)


def _read(session: Session) -> tuple[Tokens, Tokens | None, int]:
    """The tokens the decoder has, the source if there is one, and the model's first choice."""
    source = session.source_tokens if isinstance(session, EncoderDecoderSession) else None
    if session.finished or not session.room:
        return session.tokens, source, session.tokens.ids[-1]
    return session.tokens, source, int(session.distribution().before.argmax())
