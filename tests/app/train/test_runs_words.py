from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.train.runs_curves import EMPTY, Track
from app.train.runs_diagnosis import diagnose
from app.train.runs_facts import RunFacts
from app.train.runs_words import age, duration, numbers_line, progress, state_word
from core.tuning.runs import RunRecord

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
BINARY = RunFacts(steps=200, guessing_loss=float(np.log(2)), majority=0.52)


def record(state="running", *, step=100, position=0, stopping=False, message="", kind="fine-tune"):
    return RunRecord(
        id="0123456789",
        kind=kind,
        name="a run",
        note="",
        owner="me",
        device="cpu",
        state=state,
        position=position,
        stopping=stopping,
        step=step,
        message=message,
        created=NOW,
        started=None,
        ended=None,
        spec="{}",
        folder=Path(),
    )


def track(*values, steps=None):
    places = np.arange(1, len(values) + 1) if steps is None else np.array(steps)
    return Track.of(places, np.array(values, float))


def found(mean, *, validation=EMPTY, facts=BINARY, run=None, loss=None):
    run = run or record(step=int(mean.steps[-1]) if len(mean) else 0)
    loss = mean if loss is None else loss
    return diagnose(run, facts, loss=loss, mean=mean, validation=validation)


def falling(start, end, count=100):
    return track(*np.linspace(start, end, count))


def test_a_run_that_waits_says_its_place():
    assert "Next" in found(EMPTY, run=record("queued", position=1)).text
    assert "Number 3" in found(EMPTY, run=record("queued", position=3)).text


def test_before_the_first_step_it_says_what_is_done():
    assert found(EMPTY, facts=RunFacts()).finding == "beginning"
    assert found(EMPTY, facts=RunFacts(preparing="Reads the rows")).text == "Reads the rows"
    assert "first step" in found(EMPTY).text


def test_a_loss_that_falls_is_learning():
    diagnosis = found(falling(0.7, 0.3))
    assert diagnosis.finding == "learning"
    assert "0.300" in diagnosis.text


def test_a_loss_at_that_of_guessing_is_not_learning():
    diagnosis = found(falling(0.70, 0.69))
    assert diagnosis.finding == "not learning"
    assert "0.693" in diagnosis.text


def test_the_first_steps_are_not_judged():
    assert found(falling(0.70, 0.69, 20)).finding == "beginning"


def test_a_long_run_gets_a_fifth_of_its_steps_before_it_is_judged():
    long = RunFacts(steps=10_000, guessing_loss=float(np.log(2)))
    assert found(falling(0.70, 0.69), facts=long).finding == "learning"


def test_a_validation_loss_that_rises_while_training_falls_is_overfitting():
    validation = track(0.5, 0.4, 0.6, steps=[30, 60, 100])
    diagnosis = found(falling(0.7, 0.1), validation=validation)
    assert diagnosis.finding == "overfitting"
    assert "step 60" in diagnosis.text


def test_a_validation_loss_that_rises_by_a_hair_is_not_overfitting():
    validation = track(0.5, 0.400, 0.405, steps=[30, 60, 100])
    assert found(falling(0.7, 0.1), validation=validation).finding == "learning"


def test_a_training_loss_that_climbs_far_is_diverging():
    mean = track(*np.linspace(0.7, 0.4, 50), *np.linspace(0.4, 3.0, 50))
    diagnosis = found(mean)
    assert diagnosis.finding == "diverging"
    assert "a tenth of the learning rate" in diagnosis.text


def test_a_loss_that_is_no_number_is_diverging():
    loss = track(0.7, 0.6, np.nan)
    assert found(track(0.7, 0.65, np.nan), loss=loss).finding == "diverging"


def test_a_small_loss_that_doubles_is_not_diverging():
    assert found(track(*np.linspace(0.7, 0.05, 90), *[0.12] * 10)).finding == "learning"


def test_what_ended_a_run_is_its_own_sentence():
    run = record("failed", message="Memory ran out: lower the batch.")
    assert found(EMPTY, run=run).text == "Memory ran out: lower the batch."
    assert found(EMPTY, run=record("interrupted", message="x")).finding == "interrupted"


def test_a_stopped_run_says_where_it_goes_on():
    assert "step 100 of 200" in found(EMPTY, run=record("stopped")).text
    assert "first step" in found(EMPTY, run=record("stopped", step=0)).text
    assert found(falling(1, 0.5), run=record(stopping=True)).finding == "stopping"


def test_a_result_within_chance_of_the_commonest_label_is_called_so():
    facts = RunFacts(accuracy=0.55, count=100, majority=0.52)
    assert "not surely better" in found(EMPTY, facts=facts, run=record("done")).text


def test_a_result_without_a_mistake_is_not_said_to_be_certain():
    facts = RunFacts(accuracy=1.0, count=20, majority=0.5)
    assert "from 83.9% to 100.0%" in found(EMPTY, facts=facts, run=record("done")).text


def test_the_interval_is_the_one_of_the_results_where_a_run_noted_it():
    """Words of one row are not independent: there it is a bootstrap over rows."""
    notes = {"majority": 0.7, "accuracy_interval": [0.62, 0.9]}
    facts = RunFacts.of(notes | {"result": {"accuracy": 0.8, "count": 4000}})
    text = found(EMPTY, facts=facts, run=record("done")).text
    assert "from 62.0% to 90.0%" in text
    assert "not surely better" in text
    assert RunFacts.of({"accuracy_interval": [0.1, "x"]}).interval is None


def test_a_good_result_names_its_interval():
    facts = RunFacts(accuracy=0.84, count=1000, majority=0.52)
    text = found(EMPTY, facts=facts, run=record("done")).text
    assert "84.0% right of 1000" in text
    assert "from 81.6% to 86.1%" in text  # Wilson's: the middle moves towards a half
    assert "not surely" not in text


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (
            {"masked_accuracy": 0.231, "pair_accuracy": 0.58, "perplexity": 90.0, "count": 9000},
            "23.1% of the masked words and 58.0% of the sentence pairs",
        ),
        ({"accuracy": 0.999, "exact": 0.991, "count": 5000}, "99.1% of the texts"),
        ({"accuracy": 0.31, "perplexity": 52.34, "count": 9000}, "The perplexity is 52.3."),
    ],
)
def test_what_came_of_a_run_from_nothing_is_told_in_its_own_figures(result, said):
    told = found(EMPTY, facts=RunFacts.of({"result": result}), run=record("done")).text
    assert told.startswith("Done: ")
    assert said in told


@pytest.mark.parametrize("kind", ["label-curve", "prompt-search", "prompt-ladder"])
def test_a_run_of_several_networks_is_not_told_that_it_diverges(kind):
    """Each network begins anew near the loss of guessing."""
    losses = track(*[*np.linspace(1.8, 0.4, 40), *[1.8] * 8])
    told = found(losses, run=record(step=48, kind=kind))
    assert told.finding == "learning"
    assert "step 48 of 200" in told.text
    assert "model" not in found(EMPTY, run=record("done", kind=kind)).text


def test_facts_take_what_is_a_number_and_leave_the_rest():
    facts = RunFacts.of(
        {
            "steps": 189,
            "guessing_loss": float("inf"),
            "majority": "half",
            "preparing": {"share": 0.5, "step": "Reads the rows"},
            "result": {"step": 126, "count": 500, "accuracy": 0.83, "validation_loss": 0.4},
        }
    )
    assert (facts.steps, facts.kept_step, facts.count) == (189, 126, 500)
    assert facts.guessing_loss is None
    assert facts.majority is None
    assert facts.preparing == "Reads the rows"
    assert RunFacts.of({"result": [1], "steps": True}) == RunFacts()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (90, "2 min"), (3700, "1 h 1 min")],
)
def test_a_duration_in_words(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=30), "30 h ago"),
        (timedelta(days=3), "2026-01-28"),
    ],
)
def test_how_long_ago_a_run_was(ago, words):
    assert age(NOW - ago, NOW) == words


class FewCurves:
    def last(self, name):
        return {"rate": 1e-4, "tokens": 5120.4}.get(name)


def test_the_numbers_of_the_moment():
    line = numbers_line(record(), BINARY, FewCurves(), 0.5)
    assert line == (
        *("step 100 / 200", "learning rate 1.00e-04", "5,120 tokens a second"),
        "50 s left",
    )


def test_without_facts_the_numbers_are_those_that_are_known():
    assert progress(record(step=1234), RunFacts()) == "1,234"
    assert state_word("interrupted") == "interrupted"
