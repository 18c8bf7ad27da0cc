"""Semantic search: the lines whose vectors are nearest to that of a question, exactly.

All vectors have length 1, so that one matrix product gives every cosine: of 50,000 lines in some
ten milliseconds, which no index of neighbours has to approximate. Lines are read chunk after chunk
in their order: where it is stopped, the first lines can be searched, and it goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core.embedding.sentences import FloatArray, embed_texts
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.text_faults import fault_of

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

CHUNK: Final = 1024
"""Lines between two looks at whether somebody stopped it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A line that was found: its place, counted from 0, and its cosine to the question."""

    place: int
    text: str
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineIndex:
    """Lines and the vectors of the first of them. ``vectors`` float32 (line read, hidden).

    ``model`` is the id of the model that made them. ``long`` counts lines that were read in
    windows, ``unknown`` is the mean share of pieces that the vocabulary lacks.
    """

    model: str
    lines: tuple[str, ...]
    vectors: FloatArray
    long: int = 0
    unknown: float = 0.0

    @property
    def nbytes(self) -> int:
        """Bytes of the vectors."""
        return int(self.vectors.nbytes)

    @property
    def complete(self) -> bool:
        """Whether every line has a vector."""
        return len(self.vectors) == len(self.lines)

    def nearest(self, vector: FloatArray, *, top: int = 10) -> tuple[Hit, ...]:
        """The ``top`` lines with the largest cosine to ``vector``, which has length 1.

        Of equals the earlier line stands first. Raises InputError where no line was read.
        """
        if not len(self.vectors):
            raise InputError(_("No line was read before the stop: let it go on."))
        cosines = self.vectors @ vector  # (line,)
        count = min(top, len(cosines))
        # All that reach the last place's cosine: of equals the earlier ones are kept.
        least = np.partition(cosines, -count)[-count]
        reach = np.flatnonzero(cosines >= least)
        order = reach[np.argsort(-cosines[reach], kind="stable")][:count]
        return tuple(
            Hit(place=int(place), text=self.lines[place], cosine=float(cosines[place]))
            for place in order
        )


def index_lines(
    model: LanguageModel,
    lines: Sequence[str],
    *,
    begun: LineIndex | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> LineIndex:
    """The index of ``lines``; ``begun`` is one of the same lines that was stopped before its end.

    Where ``stop`` says so it ends with the lines read until then. Raises InputError for a line that
    cannot be read, with its number.
    """
    if begun is not None and (begun.model, begun.lines) != (model.id, tuple(lines)):
        raise ValueError("the index begun is of other lines or another model")
    if not lines:
        raise InputError(_("There is no line to search: give at least one."))
    parts = [] if begun is None else [begun.vectors]
    done = 0 if begun is None else len(begun.vectors)
    long = 0 if begun is None else begun.long
    unknown = 0.0 if begun is None else begun.unknown * done
    for number, line in enumerate(lines, start=1):
        if problem := fault_of(line):
            raise InputError(_("Line {line:,}: {problem}").format(line=number, problem=problem))
    while done < len(lines) and not (stop is not None and stop()):
        found = embed_texts(model, lines[done : done + CHUNK])
        parts.append(found.vectors)
        long += sum(count > 1 for count in found.windows)
        unknown += sum(found.unknown)
        done += len(found.vectors)
        if progress is not None:
            progress(done, len(lines))
    vectors = np.concatenate(parts) if parts else np.zeros((0, model.shape.hidden), np.float32)
    return LineIndex(
        model=model.id,
        lines=tuple(lines),
        vectors=vectors,
        long=long,
        unknown=unknown / done if done else 0.0,
    )


def search(
    model: LanguageModel, index: LineIndex, question: str, *, top: int = 10
) -> tuple[Hit, ...]:
    """The ``top`` lines nearest to ``question``. Raises TextError for one that cannot be read."""
    return index.nearest(embed_texts(model, [question]).vectors[0], top=top)
