"""The room "Score a text", as a page that holds nothing else, and its table."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import resources
from app.generation.score.formula import instead, least_rows
from app.generation.score.tokens import Scored, notes, quoted, score_csv, scored_places, token_chips
from core.export import CSV_SKIP
from core.generation import score_text
from core.models import load_model
from tests.core.conftest import llama2_tokenizer, make_model

TEXT = "The capital of France is Paris; the capital of Japan is the street."


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    made = {name: make_model(name, root / name) for name in ("gpt2", "llama", "bert", "t5")}
    made["metaspace"] = make_model("llama", root / "metaspace", vocab_size=700)
    llama2_tokenizer().save_pretrained(made["metaspace"])
    return {name: str(folder) for name, folder in made.items()}


@pytest.fixture(scope="module")
def model(folders):
    return load_model(folders["gpt2"])


@pytest.fixture
def shown(folders, monkeypatch):
    """``shown(family, text, other)``: the room once all has been computed."""
    titles = {folder: name for name, folder in folders.items()}
    monkeypatch.setattr(resources, "available_models", lambda: titles)
    monkeypatch.setattr(resources, "require_known", lambda model_id: model_id)

    def show(family="gpt2", text=TEXT, other="", special=False):
        chosen = {"score": text, "other_model": folders.get(other, other)}
        kwargs = {"model": folders[family], "special": special, "chosen": chosen}
        page = AppTest.from_function(room, default_timeout=60, kwargs=kwargs).run()
        for model_id in (folders[family], chosen["other_model"]):
            job = resources.jobs().get((model_id, "score text", text, special))
            if job is not None:  # on a busy machine the bar is shown first
                assert job.wait(60)
        page.run()
        assert not page.exception
        return page

    return show


def room(model, special, chosen):
    import streamlit as st

    from app.generation.look import Look
    from app.generation.score.room import show_score
    from app.generation.state import GENERATION

    for param in GENERATION.params:
        value = chosen.get(param.name, param.default())
        st.session_state.setdefault(GENERATION.key(param.name), value)
    show_score(Look(model=model, title="gpt2", text="", special=special))


def said(page):
    return "\n".join(part.value for part in page.markdown)


def plain(text):
    """``text`` with spaces that may break."""
    return text.replace("\u2060\u00a0", " ")


def test_loss_mean_and_perplexity_are_those_of_the_model(shown, model):
    found = score_text(model, TEXT)
    page = shown()
    assert r"L_{\mathrm{CLM}}" in page.latex[0].value
    assert f"= **{-found.total:.3f}**" in said(page)
    assert f"/ {found.scored} = **{found.loss:.3f}** nats" in said(page)
    assert f"exp({found.loss:.3f}) = **{found.perplexity:,.2f}**" in said(page)


def test_each_term_says_what_stood_before_its_token(shown):
    assert "L = −log P(capital | The) − log P(of | … capital) −" in plain(said(shown()))


def test_a_chip_says_how_expected_its_token_was_and_the_first_has_no_number(model):
    found = score_text(model, TEXT)
    chips = token_chips(found)
    assert chips[0].value is None
    for place in scored_places(found):
        assert chips[place].value == pytest.approx(math.exp(found.log_probabilities[place]))
        told = dict(chips[place].details)
        assert told["rank"] == f"{found.ranks[place]:,}"
        assert told["expected most"].startswith(quoted(found.top_texts(place)[0]))
    assert notes(found) == ["The first token, “The”, has no probability: nothing stands before it."]


def test_a_text_past_the_window_says_how_much_each_token_is_given(shown, model):
    page = shown(text=" ".join([TEXT] * 12))
    assert f"reads {model.shape.max_tokens} tokens at once" in said(page)


def test_the_least_expected_words_come_first_with_what_was_expected_instead(model):
    found = score_text(model, TEXT)
    rows = list(least_rows(found))
    assert [row[0] for row in rows] == [word.text for word in found.least_expected(len(rows))]


def test_instead_of_a_word_of_several_tokens_its_beginning_goes_on_otherwise(model):
    found = score_text(model, "The tired zebra")
    word = next(word for word in found.words() if word.text == "zebra")
    place = min(word.positions, key=lambda one: found.log_probabilities[one])
    before = "".join(found.tokens.texts[one] for one in word.positions if one < place).strip()
    said = [text for text in instead(found, word) if text != "part of a character"]
    assert said
    assert all(text.startswith(f"“{before}") for text in said)
    assert f"“{before}{found.tokens.texts[place]}”" not in said


def test_what_cannot_be_seen_of_an_expected_token_has_a_sign():
    assert [quoted(text) for text in (" city", ",", "\n", " ", "·")] == [
        *("“city”", "“,”", "“↵”", "“␣”"),
        "part of a character",
    ]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_text_gets_one_sentence(text, shown):
    assert "The text is empty" in shown(text=text).error[0].value


def test_a_single_token_gets_one_sentence(shown):
    assert "one token" in shown(text="a").error[0].value


def test_models_that_do_not_predict_the_next_word_say_so(shown):
    assert "Masked words page" in shown("bert").error[0].value
    page = shown("t5")
    assert len(page.error) == 1
    assert "choose a causal model" in page.error[0].value


def test_what_markdown_would_act_on_is_shown_as_it_is(shown):
    page = shown(text="**[a](http://b)** $x$ <script>")
    assert not page.error
    assert "L = −log P(\\* | \\*) − log P(\\[ |" in plain(said(page))


def test_special_tokens_in_a_text_are_text_unless_asked(shown):
    text = "One<|end|> two"
    assert "P(\\<\\|end\\|\\>" not in said(shown("llama", text))
    assert "P(\\<\\|end\\|\\>" in said(shown("llama", text, special=True))


def test_a_second_model_stands_below_and_one_of_both_expects_the_text_more(shown):
    page = shown(other="metaspace")
    assert "expects this text more" in said(page)
    assert "does not compare here" in said(page)
    assert sum("| perplexity per token |" in part.value for part in page.markdown) == 1


def test_the_model_itself_is_no_second_model(shown):
    page = shown(other="gpt2")
    assert page.session_state["generation.other_model"] == ""
    assert "bits per character" not in said(page)


def test_a_second_model_that_predicts_no_next_word_leaves_the_first_one_standing(shown):
    page = shown(other="bert")
    assert "Masked words page" in page.error[0].value
    assert "Perplexity" in said(page)


def test_of_a_score_that_was_stopped_there_is_what_was_computed(model):
    long = " ".join([TEXT] * 12)
    part = score_text(model, long, stop=lambda: True)
    assert any("until the stop" in sentence for sentence in notes(part))
    assert list(least_rows(part))


def test_the_table_reads_back_exactly_and_runs_no_formula(shown, folders, model):
    found = score_text(model, "=1 street")
    shown()  # so that the model counts as known
    written = score_csv(Scored(model=folders["gpt2"], title="gpt2", score=found))
    rows = list(csv.reader(written.removeprefix("\ufeff").splitlines()[CSV_SKIP:]))
    assert rows[0][:4] == ["position", "token", "id", "log P"]
    assert rows[1][1:] == ["'=", str(found.tokens.ids[0]), *[""] * 5]
    for row, place in zip(rows[2:], scored_places(found), strict=True):
        assert np.float32(row[3]) == found.log_probabilities[place]
        assert int(row[5]) == found.ranks[place]
