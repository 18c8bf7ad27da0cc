"""How the heads for next sentences of the built-in models were trained, by their cards."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from core.language import _
from core.weights import FOLDER

ENGLISH: Final = "minilm-l6-masked"
CHINESE: Final = "chinese-masked"


def trained_head(model: str) -> str:
    """How the head was trained, and how often it is right on pairs that it never saw.

    "" where the model is not built in, or its card lacks the figures.
    """
    try:
        if model == ENGLISH:
            return _english(_card(model))
        if model == CHINESE:
            return _chinese(_card(model))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return ""


@cache
def _card(model: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((FOLDER / f"{model}.json").read_text("utf-8"))


def _english(card: Any) -> str:  # noqa: ANN401 - JSON
    pairs, alone = card["held_out"]["pairs"], card["held_out"]["single_pairs"]
    return _(
        "This head was trained on neighbouring stretches of speeches, news and books; in half "
        "of the pairs the second one was taken from another document. Held out: "
        "{right} % of {count} pairs of up to {tokens} tokens right, {alone} % where each is "
        "one sentence; guessing gives 50 %."
    ).format(
        right=f"{100 * pairs['accuracy']:.1f}",
        count=pairs["count"],
        tokens=card["spec"]["batch"]["pair_tokens"],
        alone=f"{100 * alone['accuracy']:.1f}",
    )


def _chinese(card: Any) -> str:  # noqa: ANN401 - JSON
    held_out = card["held_out"]
    return _(
        "This head was trained from nothing on neighbouring stretches of news and reviews, "
        "while the model learnt the words; in half of the pairs the second one was taken from "
        "another document. Held out: {right} % of {count} pairs of up to {tokens} tokens "
        "right; guessing gives 50 %."
    ).format(
        right=f"{100 * held_out['shares']['pair_accuracy']:.1f}",
        count=held_out["counts"]["pair_accuracy"],
        tokens=card["spec"]["block"],
    )
