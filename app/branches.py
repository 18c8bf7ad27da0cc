"""A run stepped through in several ways: branches of choices, as a page and a link hold them.

A choice is a few whole numbers, whose meaning is the page's: (position, token id), or a token id
alone. What a choice leads to is computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.errors import LinkError
from core.language import _

Choice = tuple[int, ...]
Path = tuple[Choice, ...]
Place = tuple[int, int]
"""(branch, step); step −1 is before the first step of a branch without a parent."""

START: Final[Place] = (0, -1)
BRANCH_LIMIT: Final = 64
STEP_LIMIT: Final = 2000
LARGEST: Final = 9_999_999
NAME_LIMIT: Final = 60


@dataclass(frozen=True, slots=True)
class Branch:
    """The ``choices`` of a branch, which stand instead of those from step ``at`` of ``parent``."""

    choices: tuple[Choice, ...] = ()
    parent: int | None = None
    at: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Branches:
    """All branches, each after its parent; the first starts the run."""

    rows: tuple[Branch, ...] = (Branch(),)

    def holds(self, place: Place) -> bool:
        """Whether there is such a step."""
        branch, step = place
        if not 0 <= branch < len(self.rows):
            return False
        first = -1 if branch == 0 else 0
        return first <= step < len(self.rows[branch].choices)

    def path(self, place: Place) -> tuple[Choice, ...]:
        """The choices that lead to ``place``, its own included, from the start of the run."""
        branch, step = place
        row = self.rows[branch]
        own = row.choices[: step + 1]
        if row.parent is None:
            return own
        return self.path((row.parent, row.at - 1))[: self._length(row.parent, row.at)] + own

    def _length(self, branch: int, steps: int) -> int:
        """How many choices lead to step ``steps`` of ``branch``, that one not included."""
        row = self.rows[branch]
        before = 0 if row.parent is None else self._length(row.parent, row.at)
        return before + steps

    def depth(self, place: Place) -> int:
        """How many choices lead to ``place``, its own included."""
        return self._length(place[0], place[1] + 1)

    def before(self, place: Place) -> Place:
        """The step before ``place``, on its parent where the branch begins; the start stays."""
        branch, step = place
        row = self.rows[branch]
        if step > 0 or (step == 0 and row.parent is None):
            return branch, step - 1
        if row.parent is None:
            return place
        return self._at(row.parent, row.at - 1)

    def after(self, place: Place) -> Place | None:
        """The step after ``place`` on the same branch."""
        branch, step = place
        return (branch, step + 1) if step + 1 < len(self.rows[branch].choices) else None

    def then(self, place: Place, choice: Choice) -> tuple[Branches, Place]:
        """``choice`` taken after ``place``: the step that is there already, or a new one.

        It goes on with the branch that ends at ``place``, else a new branch leaves there. Raises
        LinkError for more branches or steps than are kept.
        """
        for known in self._nexts(place):
            if self.rows[known[0]].choices[known[1]] == choice:
                return self, known
        branch, step = place
        row = self.rows[branch]
        if step + 1 == len(row.choices):
            rows = list(self.rows)
            rows[branch] = replace(row, choices=(*row.choices, choice))
            return _checked(rows), (branch, step + 1)
        parent, at = self._trunk(branch, step + 1)
        grown = _checked([*self.rows, Branch((choice,), parent=parent, at=at)])
        return grown, (len(self.rows), 0)

    def without(self, branch: int) -> Branches:
        """All but ``branch`` and what left it; the first branch stays, emptied."""
        gone = {branch}
        for number, row in enumerate(self.rows):
            if row.parent in gone:
                gone.add(number)
        if branch == 0:
            return Branches()
        kept = [number for number in range(len(self.rows)) if number not in gone]
        moved = {old: new for new, old in enumerate(kept)}
        rows = [self.rows[number] for number in kept]
        return Branches(
            tuple(
                row if row.parent is None else replace(row, parent=moved[row.parent])
                for row in rows
            )
        )

    def named(self, branch: int, name: str) -> Branches:
        """The same, ``branch`` called ``name``."""
        rows = list(self.rows)
        rows[branch] = replace(rows[branch], name=name.strip()[:NAME_LIMIT])
        return Branches(tuple(rows))

    def _nexts(self, place: Place) -> list[Place]:
        """Every step that follows ``place`` directly, on any branch."""
        following = self.after(place)
        found = [] if following is None else [following]
        for number, row in enumerate(self.rows):
            if row.parent is not None and row.choices and self.before((number, 0)) == place:
                found.append((number, 0))
        return found

    def _trunk(self, branch: int, at: int) -> tuple[int, int]:
        """Where a branch that leaves step ``at`` of ``branch`` hangs.

        Instead of a branch's own first step the new one hangs on that branch's parent.
        """
        row = self.rows[branch]
        if at == 0 and row.parent is not None:
            return self._trunk(row.parent, row.at)
        return branch, at

    def _at(self, branch: int, step: int) -> Place:
        """(branch, step), or where that branch left if it has no such step of its own."""
        row = self.rows[branch]
        if step >= 0 or row.parent is None:
            return branch, step
        return self._at(row.parent, row.at - 1)


def _checked(rows: Sequence[Branch]) -> Branches:
    if len(rows) > BRANCH_LIMIT or sum(len(row.choices) for row in rows) > STEP_LIMIT:
        raise LinkError(
            _("At most {branches} branches and {steps} steps are kept: delete a branch.").format(
                branches=BRANCH_LIMIT, steps=STEP_LIMIT
            )
        )
    return Branches(tuple(rows))


def written_branches(value: object) -> str:
    """Branches as signs that need no escape in an address: what ``read_branches`` reads."""
    if not isinstance(value, Branches) or value == Branches():
        return ""
    return "~".join(map(_written, value.rows))


def _written(row: Branch) -> str:
    hangs = "" if row.parent is None else f"{row.parent}-{row.at}"
    choices = [".".join(map(str, choice)) for choice in row.choices]
    name = [f"*{row.name.encode().hex()}"] if row.name else []
    return "_".join([hangs, *choices, *name])


def read_branches(text: str) -> Branches:
    """The branches of a link. Raises LinkError where they do not fit together."""
    if not text:
        return Branches()
    rows: list[Branch] = []
    for part in text.split("~")[: BRANCH_LIMIT + 1]:
        rows.append(_read(part, rows))
    return _checked(rows)


def _read(part: str, rows: Sequence[Branch]) -> Branch:
    hangs, *signs = part.split("_")
    name = ""
    if signs and signs[-1].startswith("*"):
        try:
            name = bytes.fromhex(signs.pop()[1:]).decode()[:NAME_LIMIT]
        except ValueError as error:
            raise LinkError(_("It names a branch with signs that are no text.")) from error
    choices = tuple(tuple(map(_number, sign.split("."))) for sign in signs)
    if not rows:
        if hangs:
            raise LinkError(_("Its first branch must start the run."))
        return Branch(choices, name=name)
    parent, dash, at = hangs.partition("-")
    if not dash:
        raise LinkError(_("It does not tell where a branch leaves."))
    branch = Branch(choices, parent=_number(parent), at=_number(at), name=name)
    if not (branch.parent or 0) < len(rows) or branch.at > len(rows[branch.parent or 0].choices):
        raise LinkError(_("A branch of it leaves where no step is."))
    return branch


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST)):
        raise LinkError(_("Its steps are whole numbers."))
    return int(text)


def read_place(text: str) -> Place:
    """A step as branch.step; "start" is before the first."""
    if text in {"", "start"}:
        return START
    branch, point, step = text.partition(".")
    if not (point and branch.isdigit() and step.isdigit() and len(text) < 10):
        raise LinkError(_("It takes a step such as 0.3."))
    return int(branch), int(step)


def written_place(value: object) -> str:
    """A step as ``read_place`` reads it."""
    if not isinstance(value, tuple) or value[1] < 0:
        return "start"
    return f"{value[0]}.{value[1]}"
