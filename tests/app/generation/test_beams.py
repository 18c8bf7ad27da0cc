"""The room "Beams": its search, its tables, the texts beside each other, and the room itself."""

from __future__ import annotations

import math

import pytest
from streamlit.testing.v1 import AppTest

from app import resources
from app.generation.beams.beside import (
    GREEDY,
    Continuation,
    comparison_table,
    largest_sum,
    longest_repeat,
    writing,
)
from app.generation.beams.nodes import considered, texts
from app.generation.beams.search import BeamSettings, search_beams, search_key
from app.generation.beams.words import dropped_table, kept_table, one_line, sum_of_beam
from app.generation.look import Look
from core.generation import SamplingSettings, generate_steps
from core.models import load_model
from tests.core.conftest import make_model

TEXT = "The animal didn't cross the street"
SETTINGS = BeamSettings(beams=2, count=5, length_penalty=1.0)
MODEL = "smollm2-135m-instruct"


def look_at(text=TEXT, model="tiny"):
    return Look(model=model, title="A model", text=text)


def ignore(done, total):
    """No bar."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    return {name: load_model(str(make_model(name, root / name))) for name in ("llama", "t5")}


@pytest.fixture
def known(monkeypatch):
    """Every model counts as known: the database is not asked."""
    monkeypatch.setattr(resources, "require_known", lambda model_id: model_id)


def searched(model, settings=SETTINGS, stop=lambda: False):
    return search_beams(model, look_at(), settings, ignore, stop)


def text_of(ids, total, ended=False):
    return Continuation(token_ids=ids, text="words", log_probability=total, ended=ended)


# ---- the search


@pytest.mark.parametrize("family", ["llama", "t5"])
def test_a_search_names_every_token_and_sums_the_winner_by_the_model(tiny, family):
    found = searched(tiny[family])
    assert len(found.steps) == SETTINGS.count
    assert set(found.labels) == {path[-1] for path in considered(found.steps)}
    assert found.best == found.steps[-1].winner
    assert found.log_probability == pytest.approx(found.best.log_probability, abs=1e-3)
    assert (found.source is None) == (family == "llama")


def test_a_stopped_search_keeps_the_steps_that_it_made(tiny):
    found = searched(tiny["llama"], stop=lambda: True)
    assert [step.number for step in found.steps] == [1]
    assert found.steps[-1].winner is None
    assert found.best == found.steps[-1].beams[0]


def test_a_sum_is_written_with_the_term_of_every_token(tiny):
    found = searched(tiny["llama"])
    said = sum_of_beam(found.best, considered(found.steps))
    terms, total = said.removeprefix("Σ log p = ").replace("−", "-").split(" = ")
    own = [float(each.strip("()")) for each in terms.split(" + ")]
    assert len(own) == SETTINGS.count
    assert sum(own) == pytest.approx(float(total.strip("*")), abs=0.004)


def test_of_a_long_sum_the_first_terms_are_written(tiny):
    found = searched(tiny["llama"], BeamSettings(beams=1, count=12, length_penalty=0.0))
    assert " + … = " in sum_of_beam(found.best, considered(found.steps))


def test_tables_have_a_row_for_each_beam_kept_and_dropped(tiny):
    found = searched(tiny["llama"])
    said = texts(considered(found.steps), found.labels)
    last = found.steps[-1]
    rows = kept_table(last, said).split("\n")[2:]
    assert len(rows) == len(last.beams) == 2
    assert "winner · at the limit" in rows[0]
    assert "ended · at the limit" in rows[1]
    assert len(dropped_table(last, said).split("\n")) == len(last.dropped) + 2


def test_a_text_of_several_lines_stays_in_one():
    assert one_line("\n a\nb ") == "↵  a ↵ b"
    assert one_line(" ") == "(no text)"


# ---- beside each other


@pytest.mark.parametrize(
    ("ids", "longest"),
    [((), 0), ((1, 2, 3), 0), ((1, 2, 1), 1), ((1, 2, 3, 1, 2, 4), 2), ((7, 7, 7, 7), 3)],
)
def test_the_longest_passage_that_comes_twice(ids, longest):
    assert longest_repeat(ids) == longest


def test_a_text_counts_its_mean_and_what_is_distinct():
    one = text_of((4, 5, 4, 5), -6.0)
    assert (one.mean, one.distinct, one.longest_repeat) == (-1.5, 2, 2)
    assert text_of((), 0.0).mean == 0
    row = comparison_table([("Greedy", one)]).split("\n")[-1]
    assert [cell.strip() for cell in row.split("|")[3:7]] == ["−1\\.500", "4", "2", "2"]


def test_the_text_with_the_highest_sum_is_named_and_not_praised():
    said = largest_sum([("Greedy", text_of((1, 2), -3.0)), ("Sampling", text_of((1, 3), -5.0))])
    assert said.startswith("**Greedy has the highest Σ log p, −3\\.000\\.**")
    assert "not better prose" in said
    assert "differ in length" not in said


def test_two_that_wrote_the_same_share_the_highest_sum():
    same = text_of((1, 2), -3.0)
    said = largest_sum([("Greedy", same), ("Sampling", text_of((1,), -9.0)), ("Beams", same)])
    assert "Greedy and Beams share" in said
    assert "differ in length" in said
    assert largest_sum([("Greedy", same), ("Beams", same)]).startswith("**All have the same")


@pytest.mark.parametrize("settings", [GREEDY, SamplingSettings(temperature=1.3)])
def test_a_text_beside_is_that_of_the_steps(settings, tiny, monkeypatch, known):
    monkeypatch.setattr(resources, "pool", lambda: Pool(tiny["llama"]))
    one = writing(look_at(), settings, 3, 6)(ignore, lambda: False)
    steps = list(generate_steps(tiny["llama"], TEXT, settings=settings, max_new_tokens=6, seed=3))
    assert one.token_ids == tuple(step.token_id for step in steps)
    assert one.log_probability == pytest.approx(
        sum(math.log(step.probability) for step in steps), abs=1e-4
    )


class Pool:
    """A pool of one model."""

    def __init__(self, model):
        self._model = model

    def lease(self, _name):
        return self

    def __enter__(self):
        return self._model

    def __exit__(self, *problem):
        return None


# ---- the room


def room(text, model, changes):
    import streamlit as st

    from app.generation.beams.room import show_beams
    from app.generation.look import Look
    from app.generation.state import GENERATION

    for param in GENERATION.params:
        st.session_state.setdefault(GENERATION.key(param.name), param.default())
    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        for name, value in changes.items():
            st.session_state[GENERATION.key(name)] = value
    show_beams(Look(model=model, title="A model", text=text))


@pytest.fixture
def shown(tiny, monkeypatch, known):
    """The room, once its jobs have ended; the model is a tiny one."""
    monkeypatch.setattr(resources, "pool", lambda: Pool(tiny["llama"]))

    def show(text=TEXT, model="tiny", **changes):
        changes = {"count": 4, "beams": 2, **changes}
        page = AppTest.from_function(
            room, default_timeout=60, kwargs={"text": text, "model": model, "changes": changes}
        )
        for _attempt in range(20):  # on a busy machine bars are shown first
            page.run()
            running = [job for job in resources.jobs()._jobs.values() if not job.done]
            if not running:
                break
            assert all(job.wait(60) for job in running)
        assert not page.exception
        return page

    yield show
    resources.forget("tiny")


def said(page):
    return "\n".join(part.value for part in page.markdown)


def test_the_room_shows_the_last_step_until_another_is_chosen(shown):
    page = shown()
    assert "Kept after step 4" in said(page)
    assert "The score of the winner" in said(page)
    assert "all that ended have the same length" in said(page)
    page.button(key="generation_beam_back").click().run()
    assert "Kept after step 3" in said(page)
    assert "The score of the best so far" in said(page)
    assert page.session_state["generation.beam_step"] == 3
    page.button(key="generation_beam_step").click().run()
    assert page.session_state["generation.beam_step"] is None
    page.slider(key="generation_beam_slider").set_value(0).run()
    assert "Before the first step there is only the text" in said(page)
    assert not page.exception


def test_an_encoder_decoder_model_is_searched_too(shown, tiny, monkeypatch):
    monkeypatch.setattr(resources, "pool", lambda: Pool(tiny["t5"]))
    page = shown()
    assert "Kept after step" in said(page)
    assert "| Beam search |" in said(page)
    assert not page.error


def test_a_step_past_the_end_is_the_last(shown):
    assert "Kept after step 4" in said(shown(beam_step=900))


def test_the_score_divides_the_sum_by_the_length_to_the_penalty(shown, tiny):
    page = said(shown(length_penalty=0.5))
    found = searched(tiny["llama"], BeamSettings(beams=2, count=4, length_penalty=0.5)).best
    total = f"{found.log_probability:.3f}".replace("-", "\\−").replace(".", "\\.")
    assert "/ 4^0\\.5 = **" in page
    assert total.lstrip("\\") in page
    assert found.score == pytest.approx(found.log_probability / 2, abs=1e-4)


def test_three_texts_stand_beside_each_other(shown):
    page = said(shown(temperature=0.0))
    assert "At temperature 0 sampling is greedy" in page
    assert "| Beam search |" in page
    assert "the highest Σ log p" in page or "All have the same" in page


def test_the_best_of_a_stopped_search_is_not_compared_with_whole_texts(shown, tiny, monkeypatch):
    part = searched(tiny["llama"], stop=lambda: True)
    monkeypatch.setattr("app.generation.beams.room.searching", lambda *_asked: lambda *_told: part)
    page = said(shown())
    assert "Kept after step 1" in page
    assert "until it was stopped" in page
    assert "Tokens: 1; not ended" in page
    assert "| Beam search |" in page
    assert "highest Σ log p" not in page


def test_more_tokens_than_a_tree_can_show_are_not_searched(shown):
    page = shown(count=150, beams=1)
    assert "ends after 40 tokens" in said(page)
    job = resources.jobs().get(
        search_key(look_at(), BeamSettings(beams=1, count=40, length_penalty=1.0))
    )
    assert job is not None


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_text_gets_one_sentence(shown, text):
    assert [each.value for each in shown(text).error] == [
        "The text is empty\\: type at least one word\\."
    ]


def test_what_is_typed_is_shown_and_not_acted_on(shown):
    page = shown("# <b>$x$ | :red[no]\n\n    `code` **bold**")
    assert not page.error
    assert not page.exception


@pytest.mark.models
def test_a_model_that_writes_nothing_says_where_it_belongs(known):
    page = AppTest.from_function(
        room,
        default_timeout=60,
        kwargs={"text": TEXT, "model": "minilm-l6-masked", "changes": {}},
    ).run()
    for job in list(resources.jobs()._jobs.values()):
        assert job.wait(60)
    page.run()
    assert "Masked words page" in page.error[0].value
