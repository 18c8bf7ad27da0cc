"""The ladder: every method on the same rows, stopped and resumed, and the one that is shipped."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from core.errors import InputError
from core.prompts.ladder import METHODS, LadderSpec, climb_table, read_rungs, recorded_ladder
from core.prompts.ladder.recorded import Ladder, as_markdown, write_recorded
from core.prompts.search.searching import labelled_rows
from core.prompts.table import PromptTable
from core.tuning.finetune import RunSpec

pytestmark = pytest.mark.slow

WORDS = ("animal", "street", "capital", "character", "France")
HIDDEN = 32


@pytest.fixture(scope="module")
def table():
    rows = tuple(
        {
            "text": f"The {WORDS[number % 5]} is {('tired', 'yellow')[number % 2]} {number}.",
            "label": ("positive", "negative")[number % 2],
        }
        for number in range(60)
    )
    return PromptTable(
        name="tiny",
        columns=("text", "label"),
        label="label",
        labels=("positive", "negative"),
        rows=rows,
        numbers=tuple(range(60)),
    )


@pytest.fixture(scope="module")
def spec(make_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "bert"
    return LadderSpec(
        model=str(make_model("bert", folder, max_position_embeddings=256)),
        template="{{ text }} It is [MASK].",
        words=(("positive", "the"), ("negative", "and")),
        dataset="movie-snippets",
        labels=12,
        test=10,
        tries=4,
    )


class Watch:
    def __init__(self, stop_after=None):
        self.points, self.notes, self.stop_after = [], {}, stop_after

    def stopped(self):
        return self.stop_after is not None and len(self.points) >= self.stop_after

    def log(self, point):
        self.points.append(dict(point))

    def note(self, name, value):
        self.notes[name] = value


@pytest.fixture(scope="module")
def climbed(spec, table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ladder")
    climb_table(spec, table, folder, Watch())
    return folder


def _same(rungs):
    return [replace(rung, seconds=0.0) for rung in rungs]


def test_every_method_is_measured_on_the_same_test_rows(climbed):
    rungs = read_rungs(climbed)
    assert [each.method for each in rungs] == list(METHODS)
    assert {each.count for each in rungs} == {10}
    assert all(0 <= each.right <= 10 and each.seconds >= 0 for each in rungs)


def test_what_each_method_used_and_trained_is_counted(climbed):
    """Prompt tuning: tokens × hidden; LoRA: Σ r (d_in + d_out); a prompt trains nothing."""
    found = {each.method: each for each in read_rungs(climbed)}
    assert [found[name].labels for name in ("hand", "calibrated", "few-shot")] == [0, 0, 8]
    assert all(found[name].labels == 12 for name in METHODS[4:])
    assert all(found[name].trainable == 0 for name in METHODS[:5])
    assert found["soft"].trainable == 20 * HIDDEN
    assert found["pet-lora"].trainable == 2 * 2 * 8 * (HIDDEN + HIDDEN)
    assert found["soft"].trainable < found["pet-lora"].trainable < found["pet"].trainable
    assert found["lora"].trainable > found["pet-lora"].trainable  # a head comes on top


def test_the_floor_says_the_commonest_label_of_the_examples(climbed, table, spec):
    floor = read_rungs(climbed)[0]
    test = labelled_rows(table, "test", spec.test, seed=spec.seed)
    shares = Counter(str(row[table.label]) for row in test)
    assert floor.count == len(test) == 10
    assert floor.right in shares.values()


def test_what_made_a_rung_can_be_opened(climbed, spec):
    found = {each.method: each for each in read_rungs(climbed)}
    assert found["hand"].template == spec.template
    assert found["calibrated"].calibrate
    assert len(found["few-shot"].demonstrations) == 8
    assert "[T]" not in found["searched"].template
    for name in METHODS[5:]:
        run = RunSpec.from_json(found[name].spec)
        assert run.by_pattern == (name in ("soft", "pet", "pet-lora"))
        assert not run.by_pattern or run.template == "{text} It is {word}."


def test_stopped_and_resumed_climbs_the_same(spec, table, climbed, tmp_path):
    climb_table(spec, table, tmp_path, Watch(stop_after=5))
    assert len(read_rungs(tmp_path)) == 5
    watch = Watch()
    climb_table(spec, table, tmp_path, watch)
    assert _same(read_rungs(tmp_path)) == _same(read_rungs(climbed))
    assert [point["step"] for point in watch.points] == list(range(1, len(METHODS) + 1))


def test_a_spec_survives_json_and_names_what_cannot_be(spec):
    assert LadderSpec.from_json(spec.to_json()) == spec
    values = json.loads(spec.to_json())
    for broken in ("", "[]", json.dumps(values | {"format": 9}), json.dumps(values | {"x": 1})):
        with pytest.raises(InputError, match="no description of a ladder"):
            LadderSpec.from_json(broken)
    for change in ({"labels": 1}, {"methods": ()}, {"dataset": ""}, {"trigger_template": "a"}):
        with pytest.raises(InputError):
            replace(spec, **change)


def test_a_recorded_ladder_is_read_as_it_was_written(spec, climbed, tmp_path):
    ladder = Ladder(spec=spec, rungs=read_rungs(climbed), day="2026-01-01", machine="x")
    write_recorded(ladder, tmp_path / "recorded.json")
    table = as_markdown(ladder)
    assert table.count("\n") == 2 + len(METHODS)
    assert f"| soft | 12 | {20 * HIDDEN:,} |" in table


def test_the_shipped_ladder_has_at_least_a_thousand_test_rows():
    """Recorded comparisons use at least 1,000 rows."""
    ladder = recorded_ladder()
    assert ladder is not None
    assert [each.method for each in ladder.rungs] == list(METHODS)
    assert all(each.count >= 1000 for each in ladder.rungs)
