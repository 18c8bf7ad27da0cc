"""The room "Mask like BERT", as a page that holds nothing else."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("known")]

TEXT = "The animal didn't cross the street because it was too tired."


def room(text, masks, chosen):
    import streamlit as st

    from app.masked.look import Look
    from app.masked.scheme import show_scheme
    from app.masked.state import MASKED

    for param in MASKED.params:
        value = chosen.get(param.name, param.default())
        st.session_state.setdefault(MASKED.key(param.name), value)
    show_scheme(Look(model="minilm-l6-masked", title="MiniLM", text=text, masks=masks))


def shown(text=TEXT, masks=(), **chosen):
    page = AppTest.from_function(
        room, default_timeout=60, kwargs={"text": text, "masks": masks, "chosen": chosen}
    ).run()
    assert not page.exception
    return page


def said(page):
    return "\n".join(part.value for part in page.markdown)


def test_it_says_how_many_were_chosen_what_became_of_them_and_writes_the_loss_out():
    page = shown(rate=100, mask=100, random=0)
    assert "Chosen: **14** of 14 tokens. Masked: 14." in said(page)
    assert "L = −log P(the) − log P(animal) −" in said(page)
    assert "/ 14 = **" in said(page)
    assert "\\sum_{i \\in M}" in page.latex[0].value


def test_another_draw_is_one_click_away_and_after_the_last_comes_the_first():
    page = shown(draw=9999)
    page.button(key="masked_draw_again").click().run()
    assert page.session_state["masked.draw"] == 0
    page.button(key="masked_draw_again").click().run()
    assert page.session_state["masked.draw"] == 1


def test_a_random_share_beyond_what_is_left_is_cut_and_it_says_so():
    page = shown(mask=80, random=60)
    assert page.warning[0].value.endswith("20 % are replaced.")
    assert "| replaced | 20 % |" in said(page)
    assert page.slider(key="masked.random").value == 60  # what was set stays


def test_a_draw_that_chooses_nothing_is_explained_and_no_error():
    page = shown("word", rate=1)
    assert not page.error
    assert "chose none of 1 tokens" in page.info[0].value
    assert "happens in 99.0 % of all draws" in page.info[0].value


def test_masks_typed_into_the_text_stay_and_are_counted():
    page = shown("The [MASK] of the [MASK] is the [MASK].", masks=(1,), rate=100)
    assert "**6** of 6 tokens" in said(page)
    assert "as masks may be: 3." in said(page)
    assert "masked by a click" in said(page)


def test_a_text_of_masks_only_gets_one_sentence():
    page = shown("[MASK]")
    assert "special tokens only" in page.error[0].value


def test_a_long_text_has_a_table_of_its_first_tokens_and_says_how_many_follow():
    page = shown("word " * 100, rate=100)
    assert "which count in the sum too: 70." in said(page)
    assert " − … = " in said(page)


def test_it_says_that_the_count_is_drawn_and_not_exact():
    assert "The count is drawn, not exact" in said(shown())
