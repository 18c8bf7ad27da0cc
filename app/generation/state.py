"""What the session and an address hold for the Generation page."""

from __future__ import annotations

from typing import Final

from app.branches import START, Branches, read_branches, read_place, written_branches, written_place
from app.codec import (
    PageState,
    Param,
    flag,
    head_number,
    head_or_mean,
    nothing,
    number_in,
    one_of,
    share_in,
    shown_flag,
    shown_number,
    shown_share,
)
from app.examples import examples

GENERATION_TABS: Final = ("step", "beams", "score", "chat")
"""The views of the Generation page; the first two go on with the same prompt."""

INSIDES: Final = ("none", "attention", "lens", "cache")
"""What is shown of the inside of a step."""

MAX_TEMPERATURE: Final = 5.0
"""The hottest that the slider goes."""

MAX_PENALTY: Final = 100.0
"""As in ``core.generation``, which is not imported before it is needed: it takes seconds."""

GENERATION: Final = PageState(
    page="generation",
    params=(
        Param(name="model", default=lambda: examples().causal_model),
        Param(name="text", default=lambda: examples().prompt),
        Param(name="tab", default=lambda: "step", parse=one_of(*GENERATION_TABS)),
        Param(name="special", default=lambda: False, parse=flag, show=shown_flag),
        # how a token is drawn
        Param(
            name="temperature",
            default=lambda: 0.8,
            parse=share_in(0.0, MAX_TEMPERATURE),
            show=shown_share,
        ),
        Param(name="top_p", default=lambda: 0.9, parse=share_in(0.0, 1.0), show=shown_share),
        Param(name="top_k", default=lambda: 0, parse=number_in(0, 9_999_999)),
        Param(name="min_p", default=lambda: 0.0, parse=share_in(0.0, 1.0), show=shown_share),
        Param(
            name="penalty",
            default=lambda: 1.0,
            parse=share_in(0.01, MAX_PENALTY),
            show=shown_share,
        ),
        Param(name="seed", default=lambda: 0, parse=number_in(0, 9999)),
        Param(name="count", default=lambda: 20, parse=number_in(1, 200)),
        # where the reader is
        Param(name="steps", default=Branches, parse=read_branches, show=written_branches),
        Param(name="at", default=lambda: START, parse=read_place, show=written_place),
        Param(name="inside", default=lambda: "none", parse=one_of(*INSIDES)),
        Param(name="layer", default=nothing, parse=head_number, show=shown_number),
        Param(name="head", default=lambda: "mean", parse=head_or_mean, show=str),
        # beams
        Param(name="beams", default=lambda: 3, parse=number_in(1, 8)),
        Param(
            name="length_penalty", default=lambda: 1.0, parse=share_in(-5.0, 5.0), show=shown_share
        ),
        Param(name="beam_step", default=nothing, parse=head_number, show=shown_number),
        # a text to score, and the model beside
        Param(name="score", default=lambda: examples().scored_text),
        Param(name="other_model", default=str),
        # a chat: the system prompt, and the message being written
        Param(name="system", default=str),
    ),
)


def stepping_link(model: str, text: str) -> dict[str, str]:
    """The parameters with which the page steps on from the end of ``text``, its own special tokens
    read as such: steps that stand there were another text's."""
    beginning = {"tab": "step", "steps": "", "at": "start"}
    return {"model": model, "text": text, "special": "1", **beginning}
