"""The families that are there, each in a file of its own that is imported when it is asked for.

A new family: a file with ``FAMILY``, and its name in ``_MODULES``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from core.errors import InputError
from core.language import _
from core.tasks.task import Family, FamilyName, Task

_MODULES: Final[dict[FamilyName, str]] = {
    "classification": "core.tasks.classification",
    "tagging": "core.tasks.tagging",
    "matching": "core.tasks.matching",
    "generation": "core.tasks.generation",
    "comprehension": "core.tasks.comprehension",
}


@cache
def families() -> tuple[Family, ...]:
    """The families, in the order in which they are shown. Importing them loads no model."""
    return tuple(_read(import_module(module).FAMILY) for module in _MODULES.values())


def find_family(name: str) -> Family:
    """The family called ``name``. Raises InputError."""
    for each in families():
        if each.name == name:
            return each
    raise InputError(
        _("There is no family of tasks “{name}”: choose one of {names}.").format(
            name=name[:40], names=", ".join(each.name for each in families())
        )
    )


def find_task(task_id: str) -> Task:
    """The task of that id, of any family. Raises InputError."""
    for family in families():
        for each in family.tasks:
            if each.id == task_id:
                return each
    raise InputError(
        _("There is no task “{name}”: choose one of {names}.").format(
            name=task_id[:40], names=", ".join(each.id for each in all_tasks())
        )
    )


def all_tasks() -> tuple[Task, ...]:
    """Every task of every family."""
    return tuple(each for family in families() for each in family.tasks)


def _read(family: object) -> Family:
    if not isinstance(family, Family):
        raise TypeError(f"{family!r} is no family of tasks")
    return family
