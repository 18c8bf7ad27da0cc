"""A text that goes on token by token: drawn or chosen, taken back, and gone along once more.

The session draws from what its reading expects, and the page decides when to stop. How the model is
run is the reading's affair; what the text starts with, that of ``core.generation.session``.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
import torch

from core.distribution import FloatArray
from core.errors import InputError
from core.generation.cache import CacheFacts
from core.generation.distribution import Distribution, filtered_distribution
from core.generation.forward import NextLogits
from core.generation.growing import GrowingTokens
from core.generation.own_rules import OwnRules
from core.generation.reading import CachedReading, CacheTiming
from core.generation.settings import SamplingSettings
from core.generation.steps import GenerationStep, Path
from core.generation.writing import StepWriter
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


class SteppingSession:
    """The steps of one text: what sessions of every kind have in common.

    ``start`` are the tokens that the new ones follow. ``rules`` is what the model demands of each
    token whatever the settings; it belongs to what is called the model's own distribution.
    ``steps`` are those of an earlier session of the same start, which this one goes on from. Not
    for several threads at once.
    """

    def __init__(
        self,
        model: LanguageModel,
        start: Tokens,
        reading: CachedReading,
        *,
        settings: SamplingSettings | None = None,
        seed: int = 0,
        top_k: int = 10,
        rules: OwnRules,
        steps: Sequence[GenerationStep] = (),
    ) -> None:
        if seed < 0:
            raise InputError(
                _("{seed} cannot be the seed: choose a whole number from 0.").format(seed=seed)
            )
        self._model, self._start, self._reading = model, start, reading
        self.settings = settings or SamplingSettings()
        """How the next token is drawn; another value acts at once, without a forward pass."""
        self._seed = seed
        self._rules = rules
        self._writer = StepWriter(model, top_k)
        self._growing = GrowingTokens(model, start)
        self._steps = list(steps)
        self._next: NextLogits | None = None  # of the tokens as they are
        self._vector: FloatArray | None = None  # of which these logits follow, where it is known
        self._drawn: tuple[SamplingSettings, Distribution] | None = None  # what was asked last

    @property
    def steps(self) -> tuple[GenerationStep, ...]:
        """The steps so far."""
        return tuple(self._steps)

    @property
    def path(self) -> Path:
        """The tokens so far: with the prompt, settings and seed they tell everything."""
        return tuple(step.token_id for step in self._steps)

    @property
    def text(self) -> str:
        """What was written, in complete characters and without special tokens."""
        return "".join(step.text for step in self._steps)

    @property
    def prompt_tokens(self) -> Tokens:
        """The tokens that the first step follows."""
        return self._start

    @property
    def tokens(self) -> Tokens:
        """All tokens as they are now."""
        return self.tokens_before(len(self._steps))

    @property
    def finished(self) -> bool:
        """Whether the model ended its text."""
        return bool(self._steps) and self._steps[-1].ended

    @property
    def room(self) -> int:
        """How many more tokens the model can take."""
        return max(0, self._model.shape.max_tokens - len(self._start) - len(self._steps))

    @property
    def seed(self) -> int:
        """What the draws depend on."""
        return self._seed

    @property
    def log_probability(self) -> float:
        """Σ log p of the tokens by the model itself, in nats, whatever the settings."""
        chances = np.array([step.probability for step in self._steps]).clip(np.finfo(float).tiny)
        return float(np.log(chances).sum())

    @property
    def nbytes(self) -> int:
        """The memory held: keys, values and queries, vectors, the next logits and what they say."""
        waiting = self._next.logits.nbytes if self._next else 0
        waiting += self._drawn[1].nbytes if self._drawn else 0
        return self._reading.nbytes + sum(step.nbytes for step in self._steps) + waiting

    def tokens_before(self, step: int) -> Tokens:
        """The tokens that the step number ``step`` (from 0) followed."""
        self._check_step(step, len(self._steps))
        return self._growing.followed_by(self.path[:step])

    def token_text(self, token_id: int) -> str:
        """What a token says, as people read it."""
        return self._writer.names.text(token_id)

    def step(self, token_id: int | None = None) -> GenerationStep:
        """Go on by the token that is drawn, or by ``token_id``.

        Raises InputError after the model's end token, where the model can take no more, and for an
        id that the vocabulary lacks.
        """
        self._check_open()
        expected = self._expected()
        step = self._made(self.distribution(), expected.vector, token_id)
        self._steps.append(step)
        self._forget()
        return step

    def back(self, n: int = 1) -> None:
        """Take the last ``n`` steps back; InputError where there are fewer."""
        if not 0 <= n <= len(self._steps):
            raise InputError(
                _("{count} steps cannot be taken back: there are {steps}.").format(
                    count=n, steps=len(self._steps)
                )
            )
        if n == 0:
            return
        self._forget()
        self._vector = self._steps[-n].vector
        del self._steps[-n:]

    def branch(self) -> Self:
        """Another session that begins with these steps; neither changes the other."""
        other = copy.copy(self)
        other._reading = self._reading.twin()
        other._steps = list(self._steps)
        return other

    def replay(self, path: Sequence[int]) -> None:
        """Go on along ``path``, in one forward pass; InputError, and no step, where it cannot."""
        if not path:
            return
        self._check_open()
        if len(path) > self.room:
            raise InputError(
                _("The path has {count} tokens and there is room for {room}: shorten it.").format(
                    count=len(path), room=self.room
                )
            )
        self._writer.check(path)
        ids = self._ids()
        expected = self._reading.along((*ids, *path[:-1]), len(ids))
        for token_id, next_ in zip(path, expected, strict=True):
            self._next, self._drawn = next_, None
            self._steps.append(self._made(self.distribution(), next_.vector, token_id))
            self._forget()

    def distribution(
        self, step: int | None = None, settings: SamplingSettings | None = None
    ) -> Distribution:
        """The distribution of the next token, or that from which ``step`` (from 0) was drawn.

        By the session's settings, or for a step done by its own; ``settings`` are others to look
        at. No forward pass, once the step's has been made.
        """
        if step is None or step == len(self._steps):
            chosen = settings or self.settings
            if self._drawn is None or self._drawn[0] != chosen:
                logits = self._expected().logits
                self._drawn = chosen, self._filtered(logits, chosen, self._ids())
            return self._drawn[1]
        self._check_step(step, len(self._steps) - 1)
        done = self._steps[step]
        ids = self._ids()[: done.position]
        logits = self._reading.again(ids, done.vector)
        return self._filtered(logits, settings or done.settings, ids)

    def drawn_id(self) -> int:
        """The token that ``step`` takes where it is told none: the seed's at this place."""
        distribution = self.distribution(settings=self.settings)
        if self.settings.deterministic:
            return int(distribution.after.argmax())
        source = np.random.default_rng((self._seed, len(self._steps)))
        return distribution.draw(float(source.random()))

    def cache_facts(self) -> CacheFacts:
        """What the keys and values of the tokens as they are take."""
        return self._reading.facts(self._ids())

    def cache_timing(self) -> CacheTiming:
        """How long the last token takes with the keys and values kept, and without."""
        return self._reading.timing(self._ids())

    def release(self) -> None:
        """Give back keys, values and logits; they are made again when needed."""
        self._reading.release()
        self._vector = self._next.vector if self._next else self._vector
        self._next = self._drawn = None

    def _ids(self) -> tuple[int, ...]:
        return self._start.ids + self.path

    def _expected(self) -> NextLogits:
        if self._next is None and self._vector is not None:  # the head is enough
            logits = self._reading.again(self._ids(), self._vector)
            self._next = NextLogits(logits=logits, vector=self._vector)
        if self._next is None:
            self._next = self._reading.after(self._ids())
        return self._next

    def _forget(self) -> None:
        """Expect something new next."""
        self._next = self._drawn = self._vector = None

    def _made(
        self, distribution: Distribution, vector: FloatArray | None, token_id: int | None
    ) -> GenerationStep:
        """The record of going on by ``token_id``, or by the token drawn."""
        drawn = self.drawn_id()
        token_id = drawn if token_id is None else token_id
        return self._writer.write(
            distribution,
            token_id,
            drawn_id=drawn,
            position=len(self._start) + len(self._steps),
            tokens=self._growing.last_of((*self.path, token_id)),
            pending=self._steps[-1].pending if self._steps else b"",
            vector=vector,
        )

    def _filtered(
        self, logits: FloatArray, settings: SamplingSettings, ids: Sequence[int]
    ) -> Distribution:
        """The distribution after ``ids``, by the model's own rules and then by ``settings``."""
        if len(self._rules):
            row = torch.tensor([ids], device=self._model.device)
            scores = torch.from_numpy(logits)[None].to(self._model.device)
            logits = self._rules.apply(row, scores)[0].cpu().numpy()
        return filtered_distribution(logits, settings, ids)

    def _check_open(self) -> None:
        if self.finished:
            text = _("The model ended its text after {count} tokens: go back to go on.")
            raise InputError(text.format(count=len(self._steps)))
        if not self.room:
            raise InputError(
                _("The text has {limit} tokens, which is the limit: go back or start anew.").format(
                    limit=self._model.shape.max_tokens
                )
            )

    def _place(self, position: int | None) -> int:
        """The position whose attention is asked for, by default the last; InputError for none."""
        last = len(self._ids()) - 1
        place = last if position is None else position
        if not 0 <= place <= last:
            text = _("There is no token {number}: choose from 0 to {last}.")
            raise InputError(text.format(number=place, last=last))
        if place == last:
            self._expected()  # the forward pass that the next step needs anyhow
        return place

    def _check_step(self, step: int, last: int) -> None:
        if not 0 <= step <= last:
            text = _("There is no step {number}: choose from 0 to {last}.")
            raise InputError(text.format(number=step, last=last))
