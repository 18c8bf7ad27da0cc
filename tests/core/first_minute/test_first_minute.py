"""The first minute: what is recorded is what the models give."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.first_minute import compute, read_recorded
from core.language import LANGUAGES
from core.models import load_model

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def lease(model_id):
    yield load_model(model_id)


def test_the_recorded_one_has_a_story_in_each_language():
    recorded = read_recorded()
    assert recorded.looks.keys() == LANGUAGES.keys()
    for look in recorded.looks.values():
        for frame in look.frames:
            assert len(frame.texts) == len(frame.weights[0]) == len(frame.labels)
            assert abs(sum(frame.weights[0][frame.focus]) - 1) < 0.005


def test_the_two_heads_look_alike_and_do_not_matter_alike():
    tired = read_recorded().looks["en"].frames[0]
    assert tired.weight(0) == pytest.approx(0.68, abs=0.005)
    assert tired.weight(1) == pytest.approx(0.67, abs=0.005)
    assert tired.moved == pytest.approx((0.007, 0.106), abs=0.0005)


def test_what_a_causal_model_looks_at_does_not_change_with_a_later_word():
    first, second = read_recorded().looks["zh"].frames
    seen = slice(first.focus + 1)
    assert first.focus == second.focus
    assert first.weights[0][first.focus][seen] == second.weights[0][second.focus][seen]
    assert first.moved == second.moved


def test_the_head_that_copies_costs_most():
    twice = read_recorded().twice
    assert (twice.layer, twice.head) == (16, 0)
    assert twice.second < twice.others < twice.without[twice.head] < twice.first


def test_it_is_read_without_the_heavy_libraries():
    code = "import sys; from core.first_minute import read_recorded; read_recorded(); "
    code += "sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.models
def test_what_is_recorded_is_what_the_models_give():
    recorded, again = read_recorded(), compute(lease)
    for language, look in again.looks.items():
        for frame, kept in zip(look.frames, recorded.looks[language].frames, strict=True):
            assert frame.ids == kept.ids
            assert frame.moved == pytest.approx(kept.moved, abs=1e-4)
            for head in (0, 1):
                assert frame.weight(head) == pytest.approx(kept.weight(head), abs=1e-3)
    assert again.twice.without == pytest.approx(recorded.twice.without, abs=0.01)
    assert again.twice.second == pytest.approx(recorded.twice.second, abs=0.01)
