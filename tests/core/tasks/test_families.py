"""The families and their tasks, and what cannot be solved at all."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.catalogue import find_dataset, find_model
from core.errors import InputError, UnsupportedError
from core.language import LANGUAGES
from core.tasks import FAMILIES, TEXT_LIMIT, WAYS, all_tasks, families, find_task, solve


def test_tasks_have_names_of_their_own_and_belong_to_their_family():
    names = [task.id for task in all_tasks()]
    assert len(set(names)) == len(names)
    for family in families():
        assert family.name in FAMILIES
        assert {task.family for task in family.tasks} == {family.name}


@pytest.mark.parametrize("task", all_tasks(), ids=lambda task: task.id)
def test_what_a_task_names_is_in_the_catalogue(task):
    assert not task.dataset or find_dataset(task.dataset) is not None
    for way, model in task.models.items():
        assert way in WAYS
        assert not model or model.startswith("tuned:") or find_model(model) is not None
    for language in LANGUAGES:
        assert task.example(language).text
        assert bool(task.example(language).second) == (task.second is not None)


def test_listing_the_tasks_loads_no_library_that_takes_seconds():
    code = "import sys, core.tasks; core.tasks.all_tasks(); print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing", "a text"), "no task “nothing”"),
        (("sentiment", ()), "There are 0 texts"),
        (("sentiment", ("a",) * (TEXT_LIMIT + 1)), "There are 50,001 texts"),
        (("topic", ("a", "b"), ("one",)), "2 texts came with 1 second texts"),
    ],
)
def test_what_cannot_be_solved_is_one_sentence(arguments, said):
    with pytest.raises(InputError, match=said):
        solve(*arguments)


def test_a_way_that_is_none_is_named():
    with pytest.raises(InputError, match="no way “best”"):
        solve("sentiment", "a text", way="best")


def test_a_way_without_a_model_asks_for_one():
    with pytest.raises(UnsupportedError, match="name one of your own"):
        solve("topic", "a text", "a, b", way="tuned")


def test_an_unknown_task_of_a_family_is_named():
    with pytest.raises(InputError, match="no task “x”"):
        families()[0].task("x")
    assert families()[0].task("sentiment") is find_task("sentiment")
