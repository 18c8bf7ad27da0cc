"""The panel "Probes" as a page that holds nothing else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.train import probes as panel_module
from app.train.probes_answers import label_panel, written
from app.train.probes_slider import nearest
from app.train.store import runs
from core.tuning.probes import MaskReading, Probe, ProbeInput, ProbeReading
from core.tuning.probes.storage import write_probe

TEXT = "a *fine* film"


def reading(share=0.5, **parts):
    tokens = ("[CLS]", "a", "fine")
    weights = np.full((2, 3, 3), 1 / 3, dtype=np.float32)
    weights[1] = np.eye(3)
    return ProbeReading(
        queries=tokens,
        keys=tokens,
        special=(True, False, False),
        special_queries=(True, False, False),
        weights=weights,
        **parts,
    )


def classified(step, share):
    part = reading(probabilities=np.array([[share, 1 - share]], np.float32))
    return Probe(
        step=step,
        task="classification",
        inputs=(ProbeInput(text=TEXT, expected=("good",), row=7), ProbeInput(text="dull")),
        heads=((0, 1), (5, 3)),
        readings=(part, part),
        label_names=("bad", "good"),
        scores={"accuracy": share, "validation_loss": 0.5, "count": 10} if step != 20 else {},
        confusion=np.array([[5, 1], [2, step]]) if step != 20 else None,
    )


def masked(step):
    mask = MaskReading(
        position=1,
        words=("film", "story"),
        probabilities=np.array([0.6, 0.2], np.float32),
        original="acting",
        probability=0.01,
        rank=9,
    )
    return Probe(
        step=step,
        task="masked",
        inputs=(ProbeInput(text=TEXT),),
        heads=((0, 1), (5, 3)),
        readings=(reading(masks=(mask,)),),
    )


def writing(step):
    parts = {
        "continuation": (" is", "\n", "_it_"),
        "continuation_probabilities": np.array([0.5, 0.5, 0.2], np.float32),
    }
    return Probe(
        step=step,
        task="causal",
        inputs=(ProbeInput(text=TEXT),),
        heads=((0, 1), (5, 3)),
        readings=(reading(**parts),),
    )


def tagged(step):
    shares = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
    return Probe(
        step=step,
        task="tagging",
        inputs=(ProbeInput(text="a film", expected=("x", "x")),),
        heads=((0, 1), (5, 3)),
        readings=(reading(words=("a", "film"), probabilities=shares),),
        label_names=("x", "y"),
    )


@pytest.fixture
def record(headlight_home, monkeypatch):
    """A run that waits, whose folder may get probes; the address is left alone."""
    monkeypatch.setattr(panel_module, "publish_link", lambda state: None)
    runs.cache_clear()
    with runs() as store:
        yield store.get(store.enqueue("fine-tune", "{}", owner="me", name="one", device="cpu"))
    runs.cache_clear()


def room(run_id):
    from app.train.probes import show_probes
    from app.train.store import runs

    show_probes(runs().get(run_id))


@pytest.fixture
def shown(record):
    def show(*probes, **state):
        for probe in probes:
            write_probe(record.folder, probe)
        page = AppTest.from_function(room, default_timeout=60, kwargs={"run_id": record.id})
        for key, value in state.items():
            page.session_state[key.replace("_", ".", 1)] = value
        page.run()
        assert not page.exception
        assert not page.error
        return page

    return show


def said(page):
    return "\n".join(part.value for part in (*page.markdown, *page.info)).replace("\\", "")


def test_before_the_first_probe_it_says_when_that_comes(shown):
    assert "before the first step" in said(shown())


def test_the_newest_probe_is_shown_with_what_was_measured(shown):
    page = shown(classified(0, 0.5), classified(10, 0.8))
    assert page.select_slider[0].value == 10
    assert page.select_slider[0].options == ["0", "10"]
    assert "step 10 · validation loss 0.500 · accuracy 0.800" in said(page)
    assert "a *fine* film" in said(page)
    assert "held out, row 7" in said(page)


def test_the_slider_moves_everything_and_stays_where_it_was_put(shown, record):
    page = shown(classified(0, 0.5), classified(10, 0.8))
    page.select_slider[0].set_value(0).run()
    assert not page.exception
    assert "before the first step · validation loss" in said(page)
    write_probe(record.folder, classified(30, 0.9))
    page.run()
    assert page.select_slider[0].value == 0
    page.select_slider[0].set_value(30).run()
    write_probe(record.folder, classified(40, 0.9))
    page.run()
    assert page.select_slider[0].value == 40  # the newest is followed again


def test_where_rows_were_not_counted_the_last_count_stands_with_its_step(shown):
    page = shown(classified(0, 0.5), classified(10, 0.8), classified(20, 0.9))
    assert page.select_slider[0].value == 20
    assert "as counted at step 10" in said(page)


def test_a_link_names_the_step(shown):
    page = shown(classified(0, 0.5), classified(10, 0.8), train_probe="4")
    assert page.select_slider[0].value == 0


@pytest.mark.parametrize(
    ("chosen", "found"), [("", 30), (None, 30), ("10", 10), ("29", 10), ("0", 0), ("x", 30)]
)
def test_the_step_shown_is_the_last_up_to_the_chosen_one(chosen, found):
    assert nearest(chosen, (0, 10, 30)) == found


def test_playing_goes_from_the_first_to_the_newest_and_stops(shown):
    page = shown(classified(0, 0.5), classified(10, 0.8), classified(20, 0.9))
    play = next(each for each in page.button if each.key == "train_probe_play")
    play.click().run()
    seen = [page.select_slider[0].value]
    for _turn in range(4):
        page.run()
        seen.append(page.select_slider[0].value)
    assert not page.exception
    assert seen[0] in (0, 10)
    assert seen == sorted(seen)
    assert seen[-1] == 20
    assert next(each for each in page.button if each.key == "train_probe_play").label == "Play"


def test_a_browser_that_has_not_heard_of_the_newest_step_chooses_nothing(shown, record):
    """Its next request tells the value of before, as if somebody had moved the slider there."""
    page = shown(classified(0, 0.5), classified(10, 0.8))
    write_probe(record.folder, classified(30, 0.9))
    page.run()
    assert page.select_slider[0].value == 30
    page.select_slider[0].set_value(10).run()
    assert page.select_slider[0].value == 30
    page.select_slider[0].set_value(0).run()
    assert page.select_slider[0].value == 0  # that one was never left by itself


def test_words_are_tagged_before_and_now(shown):
    text = said(shown(tagged(0), tagged(10)))
    assert "| film | y\u00a00.800 | y\u00a00.800 | x\u00a0✗ |" in text
    assert "| a | x\u00a00.900 | x\u00a00.900 | x\u00a0✓ |" in text


def test_what_is_written_is_shown_as_it_is(shown):
    page = shown(writing(0), writing(10))
    assert "a *fine* film:blue[ is ↵ _it_]" in said(page)
    assert r"\_it\_" in written(TEXT, writing(0).readings[0])


@pytest.mark.parametrize("make", [masked, writing, tagged])
def test_every_task_has_a_panel(shown, make):
    shown(make(0), make(10))


def test_the_bars_of_labels_stand_beside_those_of_before():
    before, now = classified(0, 0.5), classified(10, 0.2)
    panel = label_panel(now, before, 0, "title")
    assert panel.words == ["good", "bad"]
    assert panel.probabilities == pytest.approx([0.8, 0.2])
    assert panel.before == pytest.approx([0.5, 0.5])
    assert (panel.original[0], panel.original[2]) == ("good", 1)
    typed = dataclasses.replace(now, inputs=(ProbeInput(text="x"), ProbeInput(text="y")))
    assert label_panel(typed, None, 0, "title").original is None
