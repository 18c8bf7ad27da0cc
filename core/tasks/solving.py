"""``solve``: any task from a script, in the same way as the page solves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.errors import InputError, UnsupportedError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.families import find_family, find_task
from core.tasks.task import WAYS, Answer, Task, Way

if TYPE_CHECKING:
    from core.models import LanguageModel

TEXT_LIMIT: Final = 50_000
"""Texts that one call takes."""


def solve(
    task: str | Task,
    texts: str | Sequence[str],
    seconds: str | Sequence[str] = (),
    *,
    way: Way = "built-in",
    model: str | LanguageModel = "",
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> tuple[Answer, ...]:
    """What ``way`` says of each of ``texts``: an answer each, in their order.

    ``task`` is an id such as "sentiment"; ``model`` is the task's own in that way unless another is
    given, loaded or by its name. ``seconds`` are what a task asks beside the text: one for all, or
    one for each; none is as good as an empty one. Raises InputError for what cannot be solved at
    all; what is wrong with one text is its answer's ``problem``.
    """
    from core.models import load_model

    asked = find_task(task) if isinstance(task, str) else task
    rows = (texts,) if isinstance(texts, str) else tuple(texts)
    others = (seconds,) * len(rows) if isinstance(seconds, str) else tuple(seconds)
    others = others or ("",) * len(rows)
    check_rows(asked, rows, others, way)
    name = model or asked.models.get(way, "")
    if not name:
        raise UnsupportedError(
            _("No model answers “{task}” in this way yet: name one of your own.").format(
                task=asked.id
            )
        )
    loaded = load_model(name) if isinstance(name, str) else name
    return tuple(
        find_family(asked.family).solve(
            asked,
            loaded,
            rows,
            others,
            way=way,
            progress=progress or _unseen,
            stop=stop or _never,
        )
    )


def check_rows(task: Task, texts: Sequence[str], seconds: Sequence[str], way: Way) -> None:
    """Raise InputError where the texts cannot be read at all."""
    if way not in WAYS:
        raise InputError(
            _("There is no way “{way}”: choose one of {ways}.").format(
                way=str(way)[:40], ways=", ".join(WAYS)
            )
        )
    if not 0 < len(texts) <= TEXT_LIMIT:
        raise InputError(
            _("There are {count:,} texts: give at least 1 and at most {limit:,}.").format(
                count=len(texts), limit=TEXT_LIMIT
            )
        )
    if task.second is not None and len(seconds) != len(texts):
        raise InputError(
            _("{count:,} texts came with {other:,} second texts: give one for each.").format(
                count=len(texts), other=len(seconds)
            )
        )


def _unseen(_done: int, _total: int) -> None:
    pass


def _never() -> bool:
    return False
