"""Tokens: one text as several tokenizers read it."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.frame import framed
from app.links import open_link, publish_link
from app.notes import note_cut, note_virtual, what_am_i_looking_at
from app.state import TOKENS
from components.chips import chips_of
from components.controls import choose_model, text_input
from components.tables import batch_table, token_table
from components.views.token_strip import token_strip
from core.batch import pad_batch
from core.language import _
from core.models.virtual import count_virtual
from core.tokens import count_characters


def show_facts(text: str) -> None:
    """Numbers in small letters; a caption would be too pale for a projector."""
    st.markdown(f":small[{text}]")


@framed
def show_tokenizer(place: str) -> None:
    """One tokenizer: its name, counts and chips."""
    models = resources.available_models()
    chosen = choose_model(
        _("Tokenizer"), models, key=TOKENS.key(place), none=_("none") if place == "third" else ""
    )
    if not chosen:
        return
    tokens = resources.tokenizer(chosen).encode(text, limit=resources.VIEW_TOKENS)
    show_facts(
        _(
            "{tokens} tokens · {characters} characters · {unknown} unknown · "
            "{vocabulary} in the vocabulary"
        ).format(
            tokens=len(tokens),
            characters=count_characters(text),
            unknown=sum(tokens.unknown),
            vocabulary=f"{resources.tokenizer(chosen).vocabulary_size:,}",
        )
    )
    note_cut(tokens)
    note_virtual(count_virtual(tokens))
    token_strip(chips_of(tokens), key=f"tokens_strip_{place}", label=models.get(chosen, chosen))
    with st.expander(_("Ids and bytes"), key=f"tokens_ids_{place}", on_change="rerun") as table:
        if table.open:
            with st.container(height=360, border=False):
                st.markdown(token_table(tokens))


@framed
def show_batch() -> None:
    """The text and another one padded to one length."""
    other = text_input(_("Second text of the batch"), key=TOKENS.key("other"))
    tokenizer = resources.tokenizer(st.session_state[TOKENS.key("first")])
    batch = pad_batch(tokenizer.encode(text, limit=64), tokenizer.encode(other, limit=64))
    show_facts(
        _(
            "Attention mask: 1 for a token, 0 for padding. {share:.0%} of this batch is padding."
        ).format(share=batch.wasted)
    )
    with st.container(height=220, border=False):  # a table as wide as the text scrolls in it
        st.markdown(batch_table(batch, padding=tokenizer.padding))


open_link(TOKENS)
text = text_input(_("Text"), key=TOKENS.key("text"))
left, right = st.columns(2)
with left:
    show_tokenizer("first")
with right:
    show_tokenizer("second")
with st.expander(_("A third tokenizer"), key="tokens_third", on_change="rerun") as third:
    if third.open:
        show_tokenizer("third")
with st.expander(_("A batch with padding"), key="tokens_batch", on_change="rerun") as more:
    if more.open:
        show_batch()
what_am_i_looking_at(
    _(
        "A model reads numbers. Its tokenizer cuts a text into pieces it knows and gives each "
        "its id. Chips that touch are pieces of one word; a dashed chip is a part of a character. "
        "Try a long word, an emoji, or 中文, and see which tokenizer needs fewer pieces."
    )
)
publish_link(TOKENS)
