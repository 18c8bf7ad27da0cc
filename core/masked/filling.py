"""Fills the masks of a text one by one, each on the words filled before it.

``FillSession`` can go back, choose otherwise and branch; ``fill_steps`` goes straight through. The
order matters: every word changes what is expected behind the masks still open. A path, text and
``(position, token id)`` pairs, tells a session wholly, so that a link can hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.distribution import (
    FloatArray,
    TokenNames,
    check_top_k,
    divergence,
    entropy,
    log_probabilities,
    ranked,
    top_tokens,
)
from core.errors import InputError
from core.language import _
from core.masked.masks import mask_positions, masked_tokens, with_ids
from core.masked.orders import check_open, turns
from core.masked.prediction import MaskPrediction, prediction
from core.masked.steps import Choice, FillStep, MaskChange, Order, Path
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


def fill_steps(
    model: LanguageModel,
    text: str | Tokens,
    *,
    order: Order | Sequence[int] = "confidence",
    choose: Choice = "greedy",
    top_k: int = 10,
    seed: int = 0,
) -> Iterator[FillStep]:
    """Fill every mask of ``text``, one step at a time. Raises what FillSession raises, at once."""
    session = FillSession(model, text, order=order, choose=choose, top_k=top_k, seed=seed)
    return _all(session)


def replay(
    model: LanguageModel,
    text: str | Tokens,
    path: Sequence[tuple[int, int]],
    *,
    order: Order | Sequence[int] = "confidence",
    choose: Choice = "greedy",
    top_k: int = 10,
    seed: int = 0,
) -> FillSession:
    """The session that filled ``text`` along ``path``: pairs of position and token id.

    Raises InputError for a pair that does not fit the text or the vocabulary.
    """
    session = FillSession(model, text, order=order, choose=choose, top_k=top_k, seed=seed)
    for position, token_id in path:
        session.step(position, token_id)
    return session


class FillSession:
    """The masks of one text, filled step by step.

    ``order`` says which mask is next where ``step`` is not told: the one whose first word is the
    most probable ("confidence"), from the left or the right, by chance of ``seed``, or positions
    in a row (masks not among them follow from left to right). ``choose`` takes the most probable
    word or draws one from the whole distribution; the same seed draws the same at the same step.
    ``steps`` are those of an earlier session of the same text, which this one goes on from.
    Raises InputError for a text without masks, UnsupportedError for a model that is not masked.
    Not for several threads at once.
    """

    def __init__(
        self,
        model: LanguageModel,
        text: str | Tokens,
        *,
        order: Order | Sequence[int] = "confidence",
        choose: Choice = "greedy",
        top_k: int = 10,
        seed: int = 0,
        steps: Sequence[FillStep] = (),
    ) -> None:
        check_top_k(top_k)
        self._model = model
        self._start = masked_tokens(model, text)
        self._masks = mask_positions(model, self._start)
        self._order, self._choose = order, choose
        self._turns = turns(self._masks, order, seed)
        self._top_k, self._seed = top_k, seed
        self._names = TokenNames(model)
        self._steps = list(steps)
        self._expected: FloatArray | None = None  # (open mask, vocab), of the tokens as they are

    @property
    def steps(self) -> tuple[FillStep, ...]:
        """The steps so far."""
        return tuple(self._steps)

    @property
    def tokens(self) -> Tokens:
        """The tokens as they are now."""
        return self._steps[-1].tokens if self._steps else self._start

    @property
    def path(self) -> Path:
        """What was filled in, in order: with the text it tells everything."""
        return tuple((step.position, step.token_id) for step in self._steps)

    @property
    def open(self) -> tuple[int, ...]:
        """The positions of the masks still to be filled, from left to right."""
        filled = {step.position for step in self._steps}
        return tuple(place for place in self._masks if place not in filled)

    @property
    def log_probability(self) -> float:
        """Σ log p of the words filled in, in nats; it depends on the order."""
        return float(sum(np.log(step.probability) for step in self._steps))

    def predictions(self) -> tuple[MaskPrediction, ...]:
        """What is expected behind each open mask now, from left to right."""
        return tuple(
            prediction(position, row, self._top_k, self._names)
            for position, row in zip(self.open, self._scores(), strict=True)
        )

    def next_position(self) -> int:
        """The mask that ``step`` fills where it is not told one."""
        places = self.open
        if not places:
            raise InputError(_("Every mask is filled: go back to choose otherwise."))
        if self._turns is not None:
            return next(place for place in self._turns if place in places)
        return places[int(self._scores().max(axis=1).argmax())]

    def step(self, position: int | None = None, token_id: int | None = None) -> FillStep:
        """Fill the mask at ``position``, by default the next in order, with ``token_id``.

        By default with the word that is chosen. Raises InputError for a position without an open
        mask and for an id that the vocabulary lacks.
        """
        place = self.next_position() if position is None else position
        check_open(place, self.open)
        row = self._scores()[self.open.index(place)]
        return self._fill(place, row, self._chosen(row) if token_id is None else token_id)

    def back(self, n: int = 1) -> None:
        """Take the last ``n`` steps back; InputError where there are fewer."""
        if not 0 <= n <= len(self._steps):
            raise InputError(
                _("{count} steps cannot be taken back: there are {steps}.").format(
                    count=n, steps=len(self._steps)
                )
            )
        if n:
            del self._steps[-n:]
            self._expected = None

    def branch(self) -> FillSession:
        """Another session that begins with these steps; neither changes the other."""
        other = FillSession(
            self._model,
            self._start,
            order=self._order,
            choose=self._choose,
            top_k=self._top_k,
            seed=self._seed,
            steps=self._steps,
        )
        other._expected = self._expected
        return other

    def _fill(self, place: int, row: FloatArray, id_: int) -> FillStep:
        """Put ``id_`` at ``place``, where ``row`` (vocab,) was expected, and see what changes."""
        word = ranked(row, id_, self._names)
        top = top_tokens(row, self._top_k, self._names)
        before, places = self.tokens, self.open
        left = tuple(other for other in places if other != place)
        rest = np.delete(self._scores(), places.index(place), axis=0)  # (open mask, vocab)
        after = with_ids(self._model, before, {place: id_})
        expected = self._read(after, left)
        step = FillStep(
            position=place,
            token_id=id_,
            text=word.text,
            probability=word.probability,
            rank=word.rank,
            entropy=entropy(row),
            top_ids=top.token_ids,
            top_texts=top.texts,
            top_probabilities=top.probabilities,
            before=before,
            tokens=after,
            changes=tuple(map(self._change, left, rest, expected)),
        )
        self._steps.append(step)
        self._expected = expected
        return step

    def _scores(self) -> FloatArray:
        """log P behind each open mask now. (open mask, vocab)"""
        if self._expected is None:
            self._expected = self._read(self.tokens, self.open)
        return self._expected

    def _read(self, tokens: Tokens, places: tuple[int, ...]) -> FloatArray:
        if not places:
            return np.empty((0, self._model.shape.vocab), dtype=np.float32)
        return log_probabilities(self._model, tokens, places)

    def _chosen(self, scores: FloatArray) -> int:
        if self._choose == "greedy":
            return int(scores.argmax())
        drawn = np.random.default_rng((self._seed, 1 + len(self._steps)))
        probabilities = np.exp(scores.astype(np.float64))
        return int(drawn.choice(len(scores), p=probabilities / probabilities.sum()))

    def _change(self, position: int, before: FloatArray, after: FloatArray) -> MaskChange:
        return MaskChange(
            position=position,
            before=top_tokens(before, self._top_k, self._names),
            after=top_tokens(after, self._top_k, self._names),
            divergence=divergence(after, before),
        )


def _all(session: FillSession) -> Iterator[FillStep]:
    while session.open:
        yield session.step()
