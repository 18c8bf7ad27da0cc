"""Searches without a run, for scripts: what is tried comes as an iterator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from core.prompts.search.candidates import Candidate, try_out
from core.prompts.search.instructions import InstructionProposer, propose_instructions
from core.prompts.search.scoring import PromptScorer
from core.prompts.search.triggers import propose_triggers
from core.prompts.template import Row
from core.prompts.verbalizer import Verbalizer

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Words = Verbalizer | Mapping[str, str | Sequence[str]]


def search_triggers(
    model: LanguageModel,
    template: str,
    rows: Sequence[Row],
    *,
    verbalizer: Words,
    tries: int = 100,
    candidates: int = 10,
    batch: int = 32,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> Iterator[Candidate]:
    """Words for every ``[T]`` of ``template``, searched on ``rows`` as AutoPrompt does.

    ``rows`` have a ``label`` each. See ``core.prompts.search.triggers``.
    """
    words = _read(verbalizer)
    proposals = propose_triggers(
        model, template, rows, verbalizer=words, candidates=candidates, batch=batch, seed=seed
    )
    yield from try_out(proposals, PromptScorer(model, rows, words, stop=stop), tries=tries)


def search_instructions(
    model: LanguageModel,
    template: str,
    rows: Sequence[Row],
    *,
    verbalizer: Words,
    instructions: Sequence[str] = (),
    proposer: LanguageModel | None = None,
    proposals: int = 0,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> Iterator[Candidate]:
    """Each of ``instructions`` for ``[I]``, then ``proposals`` of the model ``proposer``."""
    words = _read(verbalizer)
    more = None if proposer is None else InstructionProposer(proposer, rows, words, seed=seed)
    found = propose_instructions(template, instructions, more, proposals=proposals)
    score = PromptScorer(model, rows, words, stop=stop)
    yield from try_out(found, score, tries=len(instructions) + proposals)


def _read(verbalizer: Words) -> Verbalizer:
    return verbalizer if isinstance(verbalizer, Verbalizer) else Verbalizer(verbalizer)
