"""One step of generation: what was expected, what was drawn, and what it says.

These are records. Which token is drawn is decided in ``core.generation.stepping``.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final

from core.distribution import FloatArray
from core.generation.settings import SamplingSettings

Path = tuple[int, ...]
"""The tokens drawn, in order. With the prompt, settings and seed it tells everything."""

_UTF_8: Final = codecs.getincrementaldecoder("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GenerationStep:
    """One token more.

    ``position`` is its place among all tokens, the prompt's included. ``probability`` and ``rank``
    (1 is the most probable) are the model's own, before the settings, as are ``entropy`` (nats),
    ``top_ids`` and ``top_probabilities``; ``drawn_probability`` and ``top_after`` follow the
    settings. ``mass_cut`` is the share of probability that the settings cut off and ``kept_count``
    how many tokens they left. ``drawn_id`` is what the seed draws here: another one than
    ``token_id`` was chosen by hand.

    ``text`` is what became readable with this token: a part of a character adds "", and the token
    that completes it adds the character; ``pending`` are the bytes still waiting. ``label`` names
    the token itself. ``vector`` is what the last layer gave, of which the logits follow, or None
    where the network's layers cannot be found.
    """

    position: int
    token_id: int
    text: str
    label: str
    probability: float
    rank: int
    drawn_probability: float
    drawn_id: int
    entropy: float
    top_ids: tuple[int, ...]
    top_texts: tuple[str, ...]
    top_probabilities: FloatArray  # (k,)
    top_after: FloatArray  # (k,)
    mass_cut: float
    kept_count: int
    settings: SamplingSettings
    special: bool = False
    ended: bool = False
    pending: bytes = b""
    vector: FloatArray | None = None  # (hidden,)

    @property
    def by_hand(self) -> bool:
        """Whether another token was chosen than the one drawn."""
        return self.token_id != self.drawn_id

    @property
    def partial(self) -> bool:
        """Whether the text ends within a character."""
        return bool(self.pending)

    @property
    def nbytes(self) -> int:
        """The memory of the arrays held."""
        arrays = (self.top_probabilities, self.top_after, self.vector)
        return sum(part.nbytes for part in arrays if part is not None)


def readable(pending: bytes, more: bytes, *, ends: bool = False) -> tuple[str, bytes]:
    """The characters that ``more`` completes, and the bytes that still wait for others.

    Bytes that can make no character become U+FFFD; with ``ends`` nothing waits any longer.
    """
    decoder = _UTF_8("replace")
    text = decoder.decode(pending + more, final=ends)
    return text, decoder.getstate()[0]
