"""The room "New run", from nothing: texts, what is learnt, and a size make a run."""

from __future__ import annotations

import io
import math

import pytest
from streamlit.testing.v1 import AppTest

from app import resources
from app.train import new_corpus, new_nothing, new_start
from app.train.new_corpus import CorpusPreview, corpus_language
from app.train.new_source import KEPT, TITLE, Origin
from app.train.state import TRAIN, TRAIN_OBJECTIVES, TRAIN_SIZES
from core.jobs import Jobs
from core.language import speaking
from core.tuning.data import TextSplit
from core.tuning.documents import Document
from core.tuning.finetune.estimate import Estimate
from core.tuning.labelled import store_upload
from core.tuning.pretrain import PRESETS, TOKENIZERS, PretrainSpec
from core.tuning.pretrain.estimate import Expected
from core.tuning.pretrain.material import TextPairs
from core.tuning.runs import RunStore

ESTIMATE = Estimate(trainable=900_000, parameters=900_000, steps=600, memory=2**28, seconds=65)


def page():
    import streamlit as st

    from app.train.new import show_new
    from app.train.state import TRAIN

    for param in TRAIN.params:
        st.session_state.setdefault(TRAIN.key(param.name), param.default())
    show_new()


@pytest.fixture
def runs(headlight_home, monkeypatch):
    with RunStore() as found:
        monkeypatch.setattr(new_start, "runs", lambda: found)
        monkeypatch.setattr(new_start, "ensure_worker", lambda _store: None)
        monkeypatch.setattr(new_start, "mine", lambda: "a" * 32)
        yield found


@pytest.fixture
def fresh(runs, monkeypatch):
    """The page before it runs, with ten articles and an estimate of a minute."""
    documents = tuple(
        Document(source="news", title=str(n), sentences=(f"Article {n} begins.", "It ends."))
        for n in range(10)
    )

    def read_split(spec, progress=None):
        if spec.file:
            return whole(spec, progress)
        return TextSplit(train=documents[:9], held_out=documents[9:], repeats=2)

    def read_text_pairs(_spec):
        return TextPairs(train=(("en: 2000", "two thousand"),), held_out=(("zh: 3", "三"),))

    whole, jobs = new_corpus.read_split, Jobs()
    monkeypatch.setattr(new_corpus, "read_split", read_split)
    monkeypatch.setattr(new_corpus, "read_text_pairs", read_text_pairs)
    expected = Expected(estimate=ESTIMATE, vocabulary=4_000, loss=math.log(8_000))
    monkeypatch.setattr(new_nothing, "expect", lambda _spec: expected)
    monkeypatch.setattr(resources, "jobs", lambda: jobs)
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state[TRAIN.key("start")] = "nothing"
    return app


@pytest.fixture
def shown(fresh):
    return fresh.run()


def written(shown):
    return "\n".join(each.value for each in shown.markdown).replace("\\", "")


def widget(shown, kind, label):
    return next(each for each in getattr(shown, kind) if each.label == label)


def test_the_default_is_a_tiny_network_that_learns_masked_words_from_the_news(shown):
    assert not shown.exception
    assert not shown.error
    said = written(shown)
    assert "| Article 0 begins. It ends. |" in said
    assert "9 texts to learn from, 1 held out to check. 2 that repeat another are left out." in said
    assert "About 2 minutes, 600 steps: 900,000 of 900,000 weights are trained" in said
    assert f"ln V + ln 2 = {math.log(4000) + math.log(2):.2f}" in said
    assert not shown.button(key="train_start").disabled


def test_one_click_queues_the_run_and_shows_it(shown, runs):
    shown.button(key="train_start").click().run()
    assert not shown.exception
    (run,) = runs.list()
    spec = PretrainSpec.from_json(run.spec)
    assert run.kind == "pretrain"
    assert (spec.objective, spec.tokenizer, spec.steps) == ("masked", "wordpiece", 600)
    assert [each.dataset for each in spec.texts] == ["news-articles"]
    assert run.name == "News articles · Masked words and next sentences (BERT) · Tiny"
    assert shown.session_state["train.tab"] == "runs"


def test_numbers_are_what_an_encoder_decoder_learns_from(fresh, runs):
    fresh.session_state[TRAIN.key("objective")] = "seq2seq"
    shown = fresh.run()
    assert not shown.exception
    assert "| en: 2000 | two thousand |" in written(shown)
    shown.button(key="train_start").click().run()
    spec = PretrainSpec.from_json(runs.list()[0].spec)
    assert [each.dataset for each in spec.texts] == ["numbers"]


def test_another_size_is_another_network(shown, runs):
    widget(shown, "selectbox", "Size").set_value("mini").run()
    shown.button(key="train_start").click().run()
    spec = PretrainSpec.from_json(runs.list()[0].spec)
    assert (spec.layers, spec.hidden) == (PRESETS["mini"].layers, PRESETS["mini"].hidden)


@pytest.mark.parametrize(
    ("label", "value", "sentence"),
    [
        ("Batch", 0, "batch is 0: it must be a whole number from 1 to 4096."),
        ("Learning rate", 100.0, "rate is 100.0: it must be above 0 and up to 1."),
        ("Hidden size", 130, "hidden is 130: it must be a multiple of the 4 heads."),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_stays(shown, label, value, sentence):
    widget(shown, "number_input", label).set_value(value).run()
    assert [each.value.replace("\\", "") for each in shown.error] == [sentence]
    assert widget(shown, "number_input", label).value == value
    assert shown.button(key="train_start").disabled


@pytest.mark.parametrize(
    ("text", "said"),
    [("只有一段话。", "only one text"), ("\n\n", "no ")],
)
def test_a_file_that_cannot_be_learnt_from_is_told(fresh, headlight_home, text, said):
    _give(fresh, text)
    shown = fresh.run()
    assert not shown.exception
    assert any(said in each.value for each in shown.error)
    assert shown.button(key="train_start").disabled


def test_a_chinese_file_is_cut_into_characters(fresh, runs, headlight_home):
    _give(fresh, "\n\n".join(f"这是第{n}段话。它很短。" for n in range(40)))
    shown = fresh.run()
    shown.button(key="train_start").click().run()
    spec = PretrainSpec.from_json(runs.list()[0].spec)
    assert (spec.tokenizer, spec.texts) == ("characters", ())
    assert spec.file


def _give(app, text):
    kept = store_upload("mine.txt", io.BytesIO(text.encode()))
    app.session_state[TRAIN.key("corpus")] = ""
    app.session_state[KEPT], app.session_state[TITLE] = kept, "mine.txt"


def test_in_chinese_the_texts_are_chinese():
    (param,) = (each for each in TRAIN.params if each.name == "corpus")
    assert param.default() == "news-articles"
    with speaking("zh"):
        assert param.default() == "news-zh"
    assert corpus_language(Origin(title="", dataset="news-zh"), None) == "zh"
    preview = CorpusPreview(texts=(("他们在 2024 年来了。",),), train=1, held_out=1)
    assert corpus_language(Origin(title="", file="a.txt"), preview) == "zh"


def test_the_objectives_and_sizes_of_a_link_are_those_there_are():
    assert set(TRAIN_OBJECTIVES) == set(TOKENIZERS)
    assert set(TRAIN_SIZES) == set(PRESETS)
