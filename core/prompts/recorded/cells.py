"""What is recorded: each cell a prompt, a model and a setting, all over the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.language import _ as translated
from core.language import mark

DATASET: Final = "movie-snippets"
ROWS: Final = 1_000
SEED: Final = 0
COMMAND: Final = "python -m core.prompts.recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCell:
    """A prompt on a model, with ``shots`` balanced demonstrations; calibration is recorded too."""

    name: str
    title: str
    model: str
    template: str
    words: str
    shots: int = 0

    @property
    def heading(self) -> str:
        """Its title in the language that is spoken."""
        return translated(self.title)


_REVIEW: Final = "Review: {{ text }}\nSentiment:"
_CLOZE: Final = "{{ text }} It was [MASK]."
_NAMES: Final = "negative: negative\npositive: positive"
_OPINIONS: Final = "negative: terrible\npositive: great"
_CAUSAL: Final = "smollm2-135m-instruct"
_MASKED: Final = "minilm-l6-masked"

CELLS: Final = (
    RecordedCell(
        name="review-causal",
        title=mark("“Sentiment:”"),
        model=_CAUSAL,
        template=_REVIEW,
        words=_NAMES,
    ),
    RecordedCell(
        name="review-causal-8",
        title=mark("“Sentiment:”, 8 demonstrations"),
        model=_CAUSAL,
        template=_REVIEW,
        words=_NAMES,
        shots=8,
    ),
    RecordedCell(
        name="cloze-causal",
        title=mark("“It was …”"),
        model=_CAUSAL,
        template=_CLOZE,
        words=_OPINIONS,
    ),
    RecordedCell(
        name="review-masked",
        title=mark("“Sentiment:”"),
        model=_MASKED,
        template=_REVIEW,
        words=_NAMES,
    ),
    RecordedCell(
        name="cloze-masked",
        title=mark("“It was …”"),
        model=_MASKED,
        template=_CLOZE,
        words=_OPINIONS,
    ),
)
"""The first is what the Measure room opens with."""
