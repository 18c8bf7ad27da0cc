"""The glossary as a room: a search, and each term with its other name and where it is seen."""

from __future__ import annotations

import streamlit as st

from app.frame import as_plain
from app.guide.state import GUIDE
from app.guide.terms import Term, search, terms_in
from app.navigation import is_page, page_path
from core.language import _


def show_glossary() -> None:
    """All terms, or those that were searched for."""
    wanted = st.text_input(
        _("Find a term"),
        key=GUIDE.key("find"),
        persist_state="session",
        max_chars=60,
        placeholder=_("in English or Chinese"),
        width=320,
    )
    found = search(wanted)
    if not found:
        st.info(
            _("No term holds “{text}”: try another word, or empty the box for all.").format(
                text=as_plain(wanted.strip())
            )
        )
    halves = st.columns(2, gap="large")
    middle = (len(found) + 1) // 2
    for column, part in zip(halves, (found[:middle], found[middle:]), strict=True):
        with column:
            for term in part:
                _show(term)


def show_terms_of(text: str) -> None:
    """The terms that an explanation uses, each in a line, and the way to all."""
    found = terms_in(text)
    if not found:
        return
    lines = [f"**{as_plain(term.name)}** · {as_plain(term.meaning)}" for term in found]
    st.markdown(":small[" + "  \n".join(lines) + "]", width=680)
    st.page_link(
        page_path("guide"),
        label=_("All terms"),
        icon=":material/menu_book:",
        query_params={"tab": "glossary"},
    )


def _show(term: Term) -> None:
    other = "" if term.name == term.other_name else f" :small[{as_plain(term.other_name)}]"
    with st.container(gap=None):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{as_plain(term.name)}**{other}", width="content")
            if is_page(term.page):
                st.page_link(page_path(term.page), label=_("See it"))
        st.markdown(as_plain(term.meaning))
