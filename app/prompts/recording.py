"""Results that the project recorded, as the room Measure opens with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import resources
from app.prompts.shown import Answered
from core.language import _

if TYPE_CHECKING:
    from core.prompts.recorded import Recorded, RecordedCell


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What was recorded, with titles in the language of the session."""

    found: Recorded

    @property
    def cells(self) -> dict[str, RecordedCell]:
        """The cells, by name."""
        return self.found.cells

    def title(self, name: str) -> str:
        """A cell in a few words."""
        cell = self.cells[name]
        models = resources.available_models()
        return f"{cell.heading} · {models.get(cell.model, cell.model)}"

    def sentence(self, name: str) -> str:
        """What a cell is, and how it was made."""
        facts = self.found.facts[name]
        return _(
            "Recorded {day} on {rows:,} rows of movie review snippets by “{command}”: {title}. "
            "“Run again” puts your own prompt to your own rows."
        ).format(
            day=facts["recorded"],
            rows=len(self.found.truths),
            command=facts["command"],
            title=self.title(name),
        )

    def answered(self, name: str, *, calibrated: bool = False) -> Answered:
        """A cell as it is shown."""
        evaluation = self.found.evaluations[name]
        return Answered(
            evaluation=evaluation if calibrated else evaluation.before,
            texts=self.found.texts,
            numbers=self.found.numbers,
            title=self.title(name),
            facts=tuple(self.found.facts[name].items()),
        )


def recorded_now() -> Known | None:
    """What was recorded; None where nothing was."""
    from core.prompts.recorded import recorded

    found = recorded()
    return None if found is None else Known(found=found)
