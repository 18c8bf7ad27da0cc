"""What the tab "Does it matter?" asks of every head, and the job that answers it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app import resources
from app.attention import computed
from app.attention.look import Chosen, Look
from app.attention.state import ATTENTION
from core.attention import (
    AttentionCapture,
    AttentionOverview,
    HeadEffects,
    Replacement,
    ablation_wall,
    choose_target,
    head_contributions,
    patch_heads,
)
from core.attention.places import Stack
from core.attention.target import Target
from core.jobs import Progress, Stop
from core.language import current_language
from core.models import LanguageModel

PREDICT, REPLACE, EFFECT, OTHER_TEXT = (
    ATTENTION.key(name) for name in ("predict", "replace", "effect", "other_text")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A number for each head, by what was asked: a change, or a contribution."""

    effect: str
    found: HeadEffects

    @property
    def target(self) -> Target:
        """What was measured."""
        return self.found.target

    @property
    def is_size(self) -> bool:
        """Whether the numbers have no sign: how far a vector moves."""
        return self.effect == "ablation" and self.target.kind == "vector"

    def control(self, place: tuple[int, int]) -> tuple[int, int] | None:
        """A random other head of the same layer; None where there is none."""
        other = self.found.control(*place)
        return None if other is None else (place[0], other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of every head: by which means, and by what it is measured."""

    look: Look
    stack: Stack
    effect: str
    replace: Replacement
    predict: str
    token: int | None
    other: str
    language: str = ""
    """Whose built-in sentences the mean is of, where a head is replaced by it."""

    @property
    def key(self) -> tuple[object, ...]:
        """Under which the answer is kept; the model's id comes first."""
        return (
            *(self.look.model, self.look.text, self.look.pair, self.stack),
            *(self.effect, self.replace, self.predict, self.token, self.other, self.language),
        )

    def answer(self, progress: Progress, stop: Stop) -> Answer:
        """The number of every head; runs in a thread of its own."""
        overview = self.look.overview(self.stack)
        with resources.pool().lease(self.look.model) as model:
            found = self._ask(model, overview.capture, progress, stop)
        return Answer(effect=self.effect, found=found)

    def _ask(
        self, model: LanguageModel, capture: AttentionCapture, progress: Progress, stop: Stop
    ) -> HeadEffects:
        tokens, written = capture.tokens, capture.decoder_tokens
        target = choose_target(
            model, tokens, position=self.token, token=self.predict or None, target=written
        )
        if self.effect == "contribution":
            parts = head_contributions(model, tokens, target=target)
            return HeadEffects(effects=parts.heads, target=target, baseline=parts.logit)
        if self.effect == "patching":
            return patch_heads(
                model,
                tokens,
                model.encode_source(
                    self.other, self.look.pair or None, limit=resources.VIEW_TOKENS
                ),
                written,
                target=target,
                stack=self.stack,
                progress=progress,
                stop=stop,
            )
        means = computed.means(self.look.model, self.language) if self.replace == "mean" else None
        return ablation_wall(
            model,
            tokens,
            written,
            target=target,
            replacement=self.replace,
            means=means,
            stack=self.stack,
            progress=progress,
            stop=stop,
        )


def question(look: Look, overview: AttentionOverview, chosen: Chosen) -> Question:
    """What the page asks now."""
    session = st.session_state
    kind = overview.capture.kind
    effect = session[EFFECT]
    replace = session[REPLACE] if effect == "ablation" else "zero"
    return Question(
        look=look,
        stack=overview.stack,
        effect=effect,
        replace=replace,
        predict=session[PREDICT].strip("\n") if kind != "encoder" else "",
        token=chosen.token if kind == "encoder" else None,
        other=session[OTHER_TEXT] if effect == "patching" else "",
        language=current_language() if replace == "mean" else "",
    )
