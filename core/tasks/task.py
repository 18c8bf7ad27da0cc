"""What a task is, and what all answers have in common: the small interface that families share.

A family (one file each) lists its tasks and solves them; what a task is solved with is a way. This
file knows no model and computes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, get_args

from core.catalogue.entries import Text
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _

if TYPE_CHECKING:
    from core.models import LanguageModel

FamilyName = Literal["classification", "tagging", "matching", "generation", "comprehension"]
Way = Literal["built-in", "prompted", "tuned"]

FAMILIES: Final[tuple[FamilyName, ...]] = get_args(FamilyName)
WAYS: Final[tuple[Way, ...]] = get_args(Way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One of the answers a task chooses from: its name in the data, and what it means.

    ``description`` is a sentence of the text's language that a text with this label is like;
    ``word`` stands for the label in a prompt, begun with a space where one belongs before it.
    """

    name: str
    titles: Text
    description: str = ""
    word: str = ""

    @property
    def title(self) -> str:
        """What people read, in the language of the session."""
        return str(self.titles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An input that shows what a task does; ``second`` is a question, a list or a reference."""

    text: str
    second: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that language models are used for.

    ``languages`` are those its models know. ``examples`` go with the languages of the interface
    where the task knows them. ``models`` names what answers in each way, "" where there is nothing
    yet; ``dataset`` is what quality is measured on, of the catalogue, and ``template`` the prompt.
    """

    id: str
    family: FamilyName
    titles: Text
    languages: tuple[str, ...]
    examples: Mapping[str, Example]
    models: Mapping[Way, str]
    dataset: str = ""
    labels: tuple[Label, ...] = ()
    template: str = ""
    second: Text | None = None
    """What the second text is called, where the task reads two."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    """Whatever else the family needs, by name."""

    @property
    def title(self) -> str:
        """What people read, in the language of the session."""
        return str(self.titles)

    def example(self, language: str) -> Example:
        """The example in ``language``, or in the first that the task knows."""
        return self.examples.get(language) or next(iter(self.examples.values()))


class Answer(Protocol):
    """What a way says of one text. ``problem`` says why there is nothing, "" where there is."""

    @property
    def problem(self) -> str:
        """A sentence on what was wrong with this text; empty where nothing was."""

    def cells(self) -> Mapping[str, object]:
        """A row of a table, column by column; the same columns for every text of a task."""


class Solve(Protocol):
    """How a family solves its tasks: an answer for each text, or fewer where it was stopped."""

    def __call__(
        self,
        task: Task,
        model: LanguageModel,
        texts: Sequence[str],
        seconds: Sequence[str],
        *,
        way: Way,
        progress: Progress,
        stop: Stop,
    ) -> Sequence[Answer]:
        """The answers of ``model`` in the ``way`` named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of tasks: what it is called, the tasks in it, and what solves them."""

    name: FamilyName
    titles: Text
    abouts: Text
    tasks: tuple[Task, ...]
    solve: Solve
    script: Callable[[Task, str, Way, str, str], str] | None = None
    """“Copy as Python” of a family whose answers need more than ``solve``: task, model, way, text,
    second text → lines."""

    @property
    def title(self) -> str:
        """What people read, in the language of the session."""
        return str(self.titles)

    @property
    def about(self) -> str:
        """A few words on what it is for, in the language of the session."""
        return str(self.abouts)

    def task(self, task_id: str) -> Task:
        """The task of that id. Raises InputError."""
        for each in self.tasks:
            if each.id == task_id:
                return each
        raise InputError(
            _("There is no task “{name}”: choose one of {names}.").format(
                name=task_id[:40], names=", ".join(each.id for each in self.tasks)
            )
        )
