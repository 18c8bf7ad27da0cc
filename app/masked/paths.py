"""What a path of choices leads to: the steps that were taken, and what is expected after them.

A choice is (position, token id). All of it is kept for all sessions by model, text and path, so
that a step costs its own passes only; which paths there are is decided in ``app.masked.moves``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from app.branches import Choice
from app.masked.look import Look
from core.errors import InputError
from core.language import _
from core.lens import LensReading, logit_lens
from core.masked import (
    FillSession,
    FillStep,
    MaskPrediction,
    Order,
    WordPrediction,
    mask_positions,
    predict_masks,
    respelled,
    sentence,
    word_candidates,
)
from core.models import LanguageModel
from core.tokens import Tokens

TOP: Final = 5
"""How many words stand under each mask."""

MOST_AT_ONCE: Final = 64
"""Masks that one click fills: each takes a pass over the text, and nothing stops a click."""

Path = tuple[Choice, ...]


def taken(look: Look, path: Path) -> tuple[FillStep, ...]:
    """The steps along ``path``. Raises InputError for a choice that does not fit the text."""
    steps: tuple[FillStep, ...] = ()
    for count in range(1, len(path) + 1):
        steps = (*steps, _step(look, path[:count], steps))
    return steps


def _step(look: Look, path: Path, before: tuple[FillStep, ...]) -> FillStep:
    """The last step of ``path``."""

    def last(model: LanguageModel, tokens: Tokens) -> FillStep:
        session = FillSession(model, tokens, top_k=TOP, steps=before)
        return session.step(*_position_and_id(path[-1]))

    return look.computed(("step", path), last)


def chosen_next(
    look: Look, path: Path, *, order: Order, choose: str, seed: int, every: bool = False
) -> Path:
    """The choices that the model makes after ``path``: one, or as many as masks are open."""
    before = taken(look, path)
    if every:
        check_count(look, before)

    def go_on(model: LanguageModel, tokens: Tokens) -> Path:
        session = FillSession(
            model,
            tokens,
            order=order,
            choose="sample" if choose == "sample" else "greedy",
            top_k=TOP,
            seed=seed,
            steps=before,
        )
        session.step()
        while every and session.open:
            session.step()
        for count in range(len(before), len(session.steps)):
            look.keep(("step", session.path[: count + 1]), session.steps[count])
        return session.path[len(before) :]

    return look.computed(("next", path, order, choose, seed, every), go_on)


def check_count(look: Look, before: Sequence[FillStep]) -> None:
    """Raise InputError where more masks are open after ``before`` than a click may fill."""
    count = len(masks_of(look)) - len(before)
    if count > MOST_AT_ONCE:
        raise InputError(
            _("{count:,} masks are open, and {limit} are filled at a click: mask fewer.").format(
                count=count, limit=MOST_AT_ONCE
            )
        )


def masks_of(look: Look) -> tuple[int, ...]:
    """The positions of all masks of the text. Raises InputError where there is none."""
    return look.computed("positions", mask_positions)


def tokens_at(look: Look, steps: Sequence[FillStep]) -> Tokens:
    """The tokens after ``steps``."""
    return steps[-1].tokens if steps else look.masked()


def written(look: Look, steps: Sequence[FillStep]) -> str:
    """The text as it reads after ``steps``, masks still open spelled as the model spells them."""
    spelled = look.computed("spelled", lambda model, _tokens: respelled(model, look.text))
    return sentence(spelled, look.original(), tokens_at(look, steps))


def expected(look: Look, path: Path) -> tuple[MaskPrediction, ...]:
    """What stands behind the masks still open after ``path``, beside what stood there before."""
    steps = taken(look, path)
    if steps and not steps[-1].changes:
        return ()
    original = look.original()

    def predict(model: LanguageModel, tokens: Tokens) -> tuple[MaskPrediction, ...]:
        return predict_masks(
            model,
            steps[-1].tokens if steps else tokens,
            top_k=TOP,
            originals=_originals(look, original, {step.position for step in steps}),
            earlier=steps[-1].before if steps else None,
        )

    return look.computed(("expected", path), predict)


def asked(look: Look, path: Path) -> MaskPrediction:
    """What was expected behind the mask that the last choice of ``path`` filled."""
    before = expected(look, path[:-1])
    return next(one for one in before if one.position == path[-1][0])


def words(look: Look, path: Path, run: tuple[int, ...]) -> WordPrediction:
    """Whole words behind masks that stand side by side."""
    steps = taken(look, path)
    original = look.original()
    ids = [original.ids[place] for place in run] if set(run) <= set(look.masks) else None

    def find(model: LanguageModel, tokens: Tokens) -> WordPrediction:
        read = steps[-1].tokens if steps else tokens
        return word_candidates(model, read, run, top_k=TOP, original=ids)

    return look.computed(("words", path, run), find)


def lens(look: Look, path: Path, positions: tuple[int, ...], answers: Sequence[int]) -> LensReading:
    """The layers' readings at ``positions`` of the text after ``path``."""
    steps = taken(look, path)
    followed = tuple(answers)

    def read(model: LanguageModel, tokens: Tokens) -> LensReading:
        now = steps[-1].tokens if steps else tokens
        return logit_lens(model, now, top_k=TOP, positions=positions, answers=followed)

    return look.computed(("lens", path, positions, followed), read)


def _originals(look: Look, original: Tokens, filled: Collection[int]) -> dict[int, int | str]:
    """The words that were masked by a click and are not ``filled`` yet; those of masks typed into
    the text nobody knows."""
    return {
        place: original.ids[place]
        for place in look.masks
        if place < len(original) and not original.special[place] and place not in filled
    }


def _position_and_id(choice: Choice) -> tuple[int, int]:
    if len(choice) != 2:
        raise InputError(_("The link's steps are not those of masks: start over."))
    return choice[0], choice[1]
