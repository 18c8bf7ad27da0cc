"""One step of filling masks: what was expected, what was chosen, and what that changed.

These are records. Which mask comes next, and which word, is decided in ``core.masked.filling``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.distribution import FloatArray, TopTokens
from core.tokens import Tokens

Order = Literal["confidence", "left", "right", "random"]
"""The mask with the most probable first word first; from the left; from the right; by chance."""
Choice = Literal["greedy", "sample"]
Path = tuple[tuple[int, int], ...]
"""What was filled in, in order: (position, token id). With the text it tells everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskChange:
    """What filling another mask did to the one at ``position``, which is still open.

    ``divergence`` is KL(after ‖ before) in nats: 0 where nothing changed.
    """

    position: int
    before: TopTokens
    after: TopTokens
    divergence: float

    @property
    def changed(self) -> bool:
        """Whether another word is now the most probable."""
        return self.before.token_ids[0] != self.after.token_ids[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FillStep:
    """One mask filled.

    ``token_id`` was put at ``position``; its ``probability`` and ``rank`` (1 is the most probable)
    are those just before, with the masks filled earlier in place. ``entropy`` (nats) and the
    ``top_…`` fields tell of the whole distribution there. ``before`` are the tokens as the model
    read them for it, ``tokens`` those after; ``changes`` has an entry for every mask still open.
    """

    position: int
    token_id: int
    text: str
    probability: float
    rank: int
    entropy: float
    top_ids: tuple[int, ...]
    top_texts: tuple[str, ...]
    top_probabilities: FloatArray  # (k,)
    before: Tokens
    tokens: Tokens
    changes: tuple[MaskChange, ...]
