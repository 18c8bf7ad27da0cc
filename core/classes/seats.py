"""What a class consists of: what is shown and asked in it, its seats, and what a seat is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a teacher asks; without ``choices`` any text is an answer."""

    id: str
    text: str
    choices: tuple[str, ...] = ()

    def written(self) -> dict[str, object]:
        """As ``read`` takes it."""
        return {"id": self.id, "text": self.text, "choices": list(self.choices)}

    @staticmethod
    def read(kept: Mapping[str, object]) -> Question | None:
        """The question that was ``written``; None of an empty mapping."""
        if not kept:
            return None
        choices = kept.get("choices")
        return Question(
            id=str(kept.get("id", "")),
            text=str(kept.get("text", "")),
            choices=tuple(map(str, choices)) if isinstance(choices, list) else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the teacher shows; ``revision`` grows with every change of it."""

    revision: int
    page: str = ""
    link: Mapping[str, str] = field(default_factory=dict)
    question: Question | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The answers to one question, the most frequent first."""

    title: str
    answers: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many answered."""
        return sum(count for _answer, count in self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a seat is told. ``stamp`` changes when there is news for it."""

    stamp: int
    followers: int = 0
    spreads: tuple[Spread, ...] = ()


@dataclass(slots=True, kw_only=True)
class Seat:
    """One session in a class."""

    ticket: str
    code: str
    member: str
    teacher: bool
    following: bool
    seen: float
    listening: int = 0


@dataclass(slots=True, kw_only=True)
class OpenClass:
    """A class as it is held in memory: ``waiting`` are those to call at news."""

    owner: str
    expires: float
    shown: Shown
    news: int = 0
    seats: dict[str, Seat] = field(default_factory=dict)
    waiting: dict[int, tuple[Seat, Callable[[], None]]] = field(default_factory=dict)
