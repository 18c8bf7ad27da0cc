"""What the library holds: prompts, their versions, and what was measured with each version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.prompts.library.content import PromptContent, PromptResult


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version that is not in the library yet."""

    content: PromptContent
    note: str = ""
    results: tuple[PromptResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrompt:
    """A prompt that is not in the library yet, the oldest version first."""

    name: str
    versions: tuple[NewVersion, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedVersion:
    """A version: its ``number`` counts from 1; the newest ``results`` come last."""

    number: int
    content: PromptContent
    note: str
    made: datetime
    results: tuple[PromptResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPrompt:
    """A prompt of the library, the oldest version first."""

    id: str
    name: str
    tags: tuple[str, ...]
    owner: str
    made: datetime
    versions: tuple[SavedVersion, ...]

    @property
    def newest(self) -> SavedVersion:
        """The version saved last."""
        return self.versions[-1]

    def version(self, number: int) -> SavedVersion | None:
        """The version with this number; None where there is none."""
        return next((each for each in self.versions if each.number == number), None)

    def to_new(self) -> NewPrompt:
        """The same as something that is yet to be saved."""
        return NewPrompt(
            name=self.name,
            tags=self.tags,
            versions=tuple(
                NewVersion(content=each.content, note=each.note, results=each.results)
                for each in self.versions
            ),
        )
