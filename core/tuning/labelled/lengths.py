"""How many tokens examples take with one tokenizer, and which of them would be cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from core.language import _
from core.tuning.labelled.examples import Examples
from core.tuning.labelled.report import Problem, make_problem

if TYPE_CHECKING:
    from core.models import TextTokenizer

MEASURED_LIMIT: Final = 20_000
"""Of more examples so many are measured, evenly spread."""
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TokenLengths:
    """``lengths``, [example], count tokens with those of the template, for the places measured.

    ``problem`` tells which examples are longer than ``limit``, None where none is.
    """

    lengths: NDArray[np.int64]
    examples: int
    limit: int
    problem: Problem | None

    @property
    def median(self) -> int:
        """Half of the examples have at most so many tokens."""
        return int(np.median(self.lengths)) if len(self.lengths) else 0

    @property
    def longest(self) -> int:
        """The tokens of the longest example."""
        return int(self.lengths.max(initial=0))


def token_lengths(
    examples: Examples, tokenizer: TextTokenizer, *, limit: int | None = None
) -> TokenLengths:
    """The lengths of the examples in tokens, and those above ``limit`` (else the model's own).

    A prompt and its completion count together; words of tagging as they are cut into pieces.
    """
    most = min(limit or tokenizer.max_tokens, tokenizer.max_tokens)
    count = min(len(examples), MEASURED_LIMIT)
    places = [place * len(examples) // count for place in range(count)] if count else []
    backend = Tokenizer.from_str(tokenizer.tokenizer.backend_tokenizer.to_str())
    backend.no_truncation()
    backend.no_padding()
    found: list[int] = []
    for start in range(0, count, _BATCH):
        found.extend(_counts(backend, examples, places[start : start + _BATCH]))
    lengths = np.array(found, dtype=np.int64)  # (example,)
    longer = [examples.rows[places[at]] for at in np.flatnonzero(lengths > most)]
    return TokenLengths(
        lengths=lengths,
        examples=len(examples),
        limit=most,
        problem=_problem(longer, most) if longer else None,
    )


def _counts(backend: Tokenizer, examples: Examples, places: Sequence[int]) -> list[int]:
    if examples.kind == "tagging":
        rows = [list(examples.words[place]) for place in places]
        return [len(each) for each in backend.encode_batch(rows, is_pretokenized=True)]
    if examples.kind == "pair":
        pairs = [(examples.texts[place], examples.seconds[place]) for place in places]
        return [len(each) for each in backend.encode_batch(pairs)]
    texts = [examples.texts[place] for place in places]
    if examples.kind == "completion":
        texts = [f"{examples.texts[place]} {examples.seconds[place]}" for place in places]
    return [len(each) for each in backend.encode_batch(texts)]


def _problem(rows: Sequence[int], limit: int) -> Problem:
    return make_problem(
        "cut",
        rows,
        _(
            "Rows with more than {limit:,} tokens, whose end is cut off: {count:,} (row {rows}). "
            "Break them up, or raise the limit where the model allows it."
        ),
        limit=limit,
    )
