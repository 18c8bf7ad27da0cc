"""A conversation as the session holds it: what each side said, and how each answer came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from core.generation import ChatMessage

Why = Literal["ended", "stopped", "count", "room", "failed"]
"""Why an answer goes no further: the model ended it, or somebody stopped it; it has as many tokens
as were asked for, or as the model takes; or there is an error."""

MOST_TURNS: Final = 60
"""Older turns are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one side said.

    Of an answer also how many tokens it has, the seed and temperature that they were drawn with,
    the ``attempt`` (0 is the first), and ``error``, a sentence where it failed.
    """

    role: Literal["user", "assistant"]
    text: str
    count: int = 0
    seed: int = 0
    temperature: float = 0.0
    attempt: int = 0
    why: Why = "ended"
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The turns of both sides in their order, and how many older ones were ``forgotten``."""

    turns: tuple[Turn, ...] = ()
    forgotten: int = 0

    @property
    def answer(self) -> Turn | None:
        """The answer that was given last; None where the model has said nothing since."""
        return self.turns[-1] if self.turns and self.turns[-1].role == "assistant" else None

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """The turns as a template takes them."""
        return tuple(ChatMessage(role=turn.role, text=_sayable(turn)) for turn in self.turns)

    @property
    def last_read(self) -> Talk:
        """As much as can be read: an answer without a word leaves nothing to go on with."""
        if self.answer is not None and not _sayable(self.answer):
            return self.without_answer()
        return self

    def then(self, turn: Turn) -> Talk:
        """With one turn more; of too many the oldest question goes, and its answer with it."""
        turns = (*self.turns, turn)
        surplus = max(0, len(turns) - MOST_TURNS)
        surplus += surplus % 2
        return Talk(turns=turns[surplus:], forgotten=self.forgotten + surplus)

    def without_answer(self) -> Talk:
        """Without the answer that was given last."""
        return self if self.answer is None else replace(self, turns=self.turns[:-1])


def _sayable(turn: Turn) -> str:
    """The text as a template takes it: models write signs that no text may have, or only spaces."""
    if turn.role == "user":
        return turn.text
    return turn.text.replace("\0", "") if turn.text.strip(" \t\r\n\0") else ""
