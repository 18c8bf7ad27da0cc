"""What a search tries: ``Candidate``, its score, and the loop that numbers, scores and keeps them.

How candidates are thought of is not known here: a proposer yields a ``Proposal`` and is sent the
score of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass

from core.tuning.outcome.intervals import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A prompt on some rows: ``right`` of ``count``; ``loss`` is the mean −log p of the label."""

    right: int
    count: int
    loss: float

    @property
    def accuracy(self) -> float:
        """The share that was right."""
        return self.right / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson(self.right, self.count)

    @property
    def merit(self) -> tuple[int, float]:
        """By what candidates are compared, more is better: how many are right, then −loss."""
        return self.right, -self.loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A template that is to be tried; ``made`` says in a few words how it came about."""

    template: str
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A template that was tried: the ``number``-th, from 1, with its score on the search rows."""

    number: int
    template: str
    made: str
    score: Scored


Proposer = Generator[Proposal, Scored, None]
Score = Callable[[str], Scored | None]
"""The score of a template; None where it was told to stop."""


def try_out(
    proposals: Proposer,
    score: Score,
    *,
    tries: int,
    known: Mapping[str, Scored] | None = None,
) -> Iterator[Candidate]:
    """Each new template that ``proposals`` think of, with its score, ``tries`` of them at most.

    ``known`` are scores of templates that were tried in an earlier attempt: they are not computed
    again, and come in the same order with the same numbers.
    """
    found: dict[str, Scored] = {}
    before = known or {}
    try:
        proposal = next(proposals)
        while len(found) < tries:
            scored = found.get(proposal.template)
            if scored is None:
                scored = before.get(proposal.template) or score(proposal.template)
                if scored is None:
                    return
                found[proposal.template] = scored
                yield Candidate(
                    number=len(found),
                    template=proposal.template,
                    made=proposal.made,
                    score=scored,
                )
            proposal = proposals.send(scored)
    except StopIteration:
        return
    finally:
        proposals.close()
