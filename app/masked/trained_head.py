"""How the head for next sentences of the built-in model was trained, by the card of its weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Final

from core.language import _
from core.weights import FOLDER

BUILT_IN: Final = "minilm-l6-masked"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedHead:
    """What the card of the built-in model says of its second head."""

    right: float
    count: int
    tokens: int
    alone_right: float

    def sentence(self) -> str:
        """How the head was trained, and how often it is right on pairs that it never saw."""
        return _(
            "This head was trained on neighbouring stretches of speeches, news and books; in half "
            "of the pairs the second one was taken from another document. Held out: "
            "{right} % of {count} pairs of up to {tokens} tokens right, {alone} % where each is "
            "one sentence; guessing gives 50 %."
        ).format(
            right=f"{100 * self.right:.1f}",
            count=self.count,
            tokens=self.tokens,
            alone=f"{100 * self.alone_right:.1f}",
        )


@cache
def trained_head() -> TrainedHead | None:
    """The figures of the built-in head; None where the card of its weights lacks them."""
    try:
        card = json.loads((FOLDER / f"{BUILT_IN}.json").read_text("utf-8"))
        return TrainedHead(
            right=float(card["held_out"]["pairs"]["accuracy"]),
            count=int(card["held_out"]["pairs"]["count"]),
            tokens=int(card["spec"]["batch"]["pair_tokens"]),
            alone_right=float(card["held_out"]["single_pairs"]["accuracy"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
