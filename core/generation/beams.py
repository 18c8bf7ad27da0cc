"""Beam search, as a tree that grows by one token per step.

Every step tells which continuations were kept, which have ended, and which were considered and
dropped, and why. The search is that of transformers 5: its order of operations, its scores and its
rule when to stop. What is drawn of it is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import torch
from torch import Tensor

from core.errors import InputError
from core.generation.own_rules import OwnRules, end_ids
from core.generation.prompt import LeftCut, checked_count, needs_causal, read_prompt
from core.generation.rows import CachedRows
from core.generation.source import read_source
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

MAX_BEAMS: Final = 64
Ending = Literal["", "end", "limit"]
"""Still open; ended by the model's end token; ended because no more tokens were asked for."""
Reason = Literal["below", "ended below", "displaced", "hopeless"]
_LOWEST: Final = -1e8  # transformers gives −1e9 to what cannot be


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """One continuation.

    ``token_ids`` are its tokens without the prompt, the end token included; ``text`` is what they
    say. ``log_probability`` is the sum over its tokens in nats, ``token_log_probability`` that of
    the last one. ``score`` is the sum divided by (number of tokens) ** length penalty (Wu et al.
    2016, equation 14, in the simpler form of transformers). ``parent`` is the place among the
    ``beams`` of the step before of the beam that it continues (or is, where it had ended before);
    None after the prompt.
    """

    token_ids: tuple[int, ...]
    text: str
    parent: int | None
    token_log_probability: float
    log_probability: float
    score: float
    ending: Ending = ""

    @property
    def finished(self) -> bool:
        """Whether nothing will follow."""
        return self.ending != ""

    @property
    def token_id(self) -> int:
        """Its last token."""
        return self.token_ids[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedBeam:
    """A continuation that was considered in a step and given up, and why.

    "below": enough others scored higher. "ended below": it ended, but was not among the best of
    the step. "displaced": it had ended, and so many better ones have since. "hopeless": the search
    is over and it was still open, no longer able to win.
    """

    beam: Beam
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamStep:
    """One step: ``number`` counts from 1. ``beams`` are all that are held, best score first.

    Among them are those that have ended. In the last step every beam has; the first is the
    ``winner``, and their order is that of ``num_return_sequences``. ``cut`` tells what was left out
    of a prompt too long for the model.
    """

    number: int
    beams: tuple[Beam, ...]
    dropped: tuple[DroppedBeam, ...]
    winner: Beam | None = None
    cut: LeftCut | None = None


def beam_search_steps(
    model: LanguageModel,
    prompt: str | Tokens,
    *,
    beams: int = 4,
    max_new_tokens: int = 20,
    length_penalty: float = 1.0,
    special: bool = False,
) -> Iterator[BeamStep]:
    """Search the continuation of ``prompt`` with the best score, step by step.

    Tokens and scores equal ``generate(num_beams=beams, do_sample=False, length_penalty=…)`` of
    transformers, with ``early_stopping`` as the model's generation_config.json has it (False where
    it says nothing: the search ends as soon as the best open beam, at its present length, scores
    no higher than the worst that has ended). Of an encoder–decoder model the prompt is the source.
    Special tokens typed in the prompt are text unless ``special``.

    Raises InputError for numbers out of range, UnsupportedError for a model that writes no text,
    and TextError for a prompt that cannot be read.
    """
    _check(model, beams, max_new_tokens, length_penalty)
    if model.kind == "seq2seq":
        source, start = read_source(model, prompt, special=special), model.encode_target(None)
        cut = None
    else:
        source = None
        read = read_prompt(model, prompt, special=special, room=max_new_tokens)
        start, cut = read.tokens, read.cut
    new = min(max_new_tokens, model.shape.max_tokens - len(start))
    return _Search(model, source, start, beams, new, length_penalty).steps(cut)


class _Search:
    """One beam search under way."""

    def __init__(
        self,
        model: LanguageModel,
        source: Tokens | None,
        start: Tokens,
        beams: int,
        new: int,
        penalty: float,
    ) -> None:
        self._model, self._start = model, start
        self._count, self._new, self._penalty = beams, new, penalty
        self._rows = CachedRows(model, source)
        self._rules = OwnRules(model, len(start), max_new_tokens=new, source=source)
        self._ends = frozenset(end_ids(model))
        demands = getattr(model.network, "generation_config", None)
        # One beam is greedy, which ends at the first end token.
        self._early = beams == 1 or getattr(demands, "early_stopping", None) or False
        self._ended: list[Beam] = []  # the best first

    def steps(self, cut: LeftCut | None) -> Iterator[BeamStep]:
        """All steps."""
        held: list[Beam] = []  # of the step before, open and ended, the best first
        open_: list[Beam] = []
        for number in range(1, self._new + 1):
            candidates = self._candidates(open_, held)
            carried = [replace(beam, parent=held.index(beam)) for beam in self._ended]
            best, rest = candidates[: self._count], candidates[self._count :]
            ended = [beam for beam in best if beam.finished]
            going = [beam for beam in candidates if not beam.finished]
            pool = sorted(carried + ended, key=lambda beam: -beam.score)
            self._ended = pool[: self._count]
            dropped = [
                *_dropped(going[self._count :], "below"),
                *_dropped([beam for beam in rest if beam.finished], "ended below"),
                *_dropped(pool[self._count :], "displaced"),
            ]
            before, open_ = open_, going[: self._count]
            if number == self._new or not open_ or self._over(open_, number):
                dropped += _dropped(open_, "hopeless")
                winner = self._ended[0] if self._ended else None
                yield BeamStep(
                    number=number,
                    beams=tuple(self._ended),
                    dropped=tuple(dropped),
                    winner=winner,
                    cut=cut,
                )
                return
            self._reorder(before, held, open_)
            held = sorted([*open_, *self._ended], key=lambda beam: -beam.score)
            yield BeamStep(number=number, beams=tuple(held), dropped=tuple(dropped), cut=cut)

    def _candidates(self, open_: Sequence[Beam], held: Sequence[Beam]) -> list[Beam]:
        """The best continuations of all open beams, by the sum of their log-probabilities.

        As many as are needed for ``count`` of them to go on, however many of the rest end.
        """
        ids = self._ids(open_)  # (row, token)
        fresh = ids if not open_ else ids[:, -1:]
        scores = torch.log_softmax(self._rows.read(fresh), dim=-1)  # (row, vocab)
        if len(self._rules):
            scores = self._rules.apply(ids, scores)
        before = torch.tensor([beam.log_probability for beam in open_] or [0.0]).to(scores)
        sums = (scores + before[:, None]).flatten()  # (row · vocab,)
        considered = max(2, 1 + len(self._ends)) * self._count
        top = torch.topk(sums, k=min(considered, len(sums)))
        found = []
        for total, place in zip(top.values.tolist(), top.indices.tolist(), strict=True):
            if total > _LOWEST:
                row, token = divmod(place, scores.shape[1])
                parent = open_[row] if open_ else None
                found.append(self._child(parent, held, token, total, float(scores[row, token])))
        return found

    def _child(
        self, parent: Beam | None, held: Sequence[Beam], token: int, total: float, own: float
    ) -> Beam:
        ids = (*(parent.token_ids if parent else ()), token)
        ending: Ending = "end" if token in self._ends else ""
        if not ending and len(ids) == self._new:
            ending = "limit"
        return Beam(
            token_ids=ids,
            text=_text(self._model, self._start, ids),
            parent=None if parent is None else held.index(parent),
            token_log_probability=own,
            log_probability=total,
            score=total / len(ids) ** self._penalty,
            ending=ending,
        )

    def _ids(self, open_: Sequence[Beam]) -> Tensor:
        """All tokens of every row. (row, token)"""
        rows = [beam.token_ids for beam in open_] or [()]
        return torch.tensor([self._start.ids + row for row in rows], device=self._model.device)

    def _reorder(self, before: Sequence[Beam], held: Sequence[Beam], open_: Sequence[Beam]) -> None:
        """Let every row of the cache be that of an open beam's parent."""
        row = {held.index(beam): number for number, beam in enumerate(before)}
        self._rows.reorder([0 if beam.parent is None else row[beam.parent] for beam in open_])

    def _over(self, open_: Sequence[Beam], number: int) -> bool:
        """Whether transformers would stop here: no open beam is thought able to win."""
        if len(self._ended) < self._count:
            return False
        if self._early is True:
            return True
        hopeful = self._early == "never" and self._penalty > 0
        length = self._new if hopeful else number
        possible: float = open_[0].log_probability / length**self._penalty
        return possible <= self._ended[-1].score


def _dropped(beams: Sequence[Beam], reason: Reason) -> list[DroppedBeam]:
    return [DroppedBeam(beam=beam, reason=reason) for beam in beams]


def _text(model: LanguageModel, start: Tokens, ids: Sequence[int]) -> str:
    """What ``ids`` say after ``start``, special tokens aside."""
    read = model.reader.read_ids((start.ids[-1], *ids))
    pairs = zip(read.texts[1:], read.special[1:], strict=True)
    return "".join(text for text, special in pairs if not special)


def _check(model: LanguageModel, beams: int, new: int, penalty: float) -> None:
    if model.kind != "seq2seq":
        needs_causal(model)
    most = min(MAX_BEAMS, model.shape.vocab)
    if not 1 <= beams <= most:
        raise InputError(
            _("{count} beams were asked for: choose from 1 to {limit}.").format(
                count=beams, limit=most
            )
        )
    checked_count(new)
    if not -10 <= penalty <= 10:
        raise InputError(
            _("The length penalty is {value}: choose a number from −10 to 10.").format(
                value=penalty
            )
        )
