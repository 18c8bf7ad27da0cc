"""How the heads for next sentences of the built-in models were trained, by their cards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from core.language import _
from core.weights import FOLDER

ENGLISH: Final = "minilm-l6-masked"
CHINESE: Final = "chinese-masked"


class TrainedHead(Protocol):
    """What the card of a built-in model says of its second head."""

    def sentence(self) -> str:
        """How the head was trained, and how often it is right on pairs that it never saw."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EnglishHead:
    """Of the model that began as an encoder."""

    right: float
    count: int
    tokens: int
    alone_right: float

    def sentence(self) -> str:
        """See ``TrainedHead``."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChineseHead:
    """Of the model that began from nothing."""

    right: float
    count: int
    tokens: int

    def sentence(self) -> str:
        """See ``TrainedHead``."""
        return _(
            "This head was trained from nothing on neighbouring stretches of news and reviews, "
            "while the model learnt the words; in half of the pairs the second one was taken from "
            "another document. Held out: {right} % of {count} pairs of up to {tokens} tokens "
            "right; guessing gives 50 %."
        ).format(right=f"{100 * self.right:.1f}", count=self.count, tokens=self.tokens)


@cache
def trained_head(model: str) -> TrainedHead | None:
    """The figures of that model's head; None where it is not built in or its card lacks them."""
    if model not in (ENGLISH, CHINESE):
        return None
    try:
        card = json.loads((FOLDER / f"{model}.json").read_text("utf-8"))
        held_out, spec = card["held_out"], card["spec"]
        if model == CHINESE:
            return ChineseHead(
                right=float(held_out["shares"]["pair_accuracy"]),
                count=int(held_out["counts"]["pair_accuracy"]),
                tokens=int(spec["block"]),
            )
        return EnglishHead(
            right=float(held_out["pairs"]["accuracy"]),
            count=int(held_out["pairs"]["count"]),
            tokens=int(spec["batch"]["pair_tokens"]),
            alone_right=float(held_out["single_pairs"]["accuracy"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
