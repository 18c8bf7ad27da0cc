"""AutoPrompt: trigger words in a template, exchanged one at a time where the gradient points.

Shin et al. 2020, "AutoPrompt: Eliciting Knowledge from Language Models with Automatically Generated
Prompts", section 2.2, with two differences: a candidate is scored on all rows of the search, and
triggers are whole words, so that what is found is a template like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from core.errors import InputError
from core.language import _
from core.prompts.reading import PromptReader
from core.prompts.search.candidates import Proposal, Proposer
from core.prompts.search.kept import Thoughts
from core.prompts.search.ranking import Place, loss_changes, tokens_of
from core.prompts.search.vocabulary import TriggerWords, trigger_words
from core.prompts.template import PromptTemplate, Row
from core.prompts.verbalizer import Verbalizer
from core.prompts.writing import LABEL, PromptSettings, write_prompt

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

TRIGGER: Final = "[T]"
MOST_TRIGGERS: Final = 12


def propose_triggers(
    model: LanguageModel,
    template: str,
    rows: Sequence[Row],
    *,
    verbalizer: Verbalizer,
    candidates: int = 10,
    batch: int = 32,
    seed: int = 0,
    thoughts: Thoughts | None = None,
) -> Proposer:
    """Templates with words for every ``[T]``, beginning with the emptiest word everywhere.

    In round t the trigger t mod n is looked at: of all words the ``candidates`` that the gradient
    on ``batch`` rows finds best are tried, and the best is kept where it lowers the loss. Raises
    InputError for a template without triggers or with too many.
    """
    count = template.count(TRIGGER)
    if not 1 <= count <= MOST_TRIGGERS:
        raise InputError(
            _("The template has {count} triggers: write {mark} where each stands, {limit} at most.")
            .format(count=count, mark=TRIGGER, limit=MOST_TRIGGERS)
        )  # fmt: skip
    vocabulary = trigger_words(model, without=verbalizer.words)
    known = thoughts or Thoughts(None)
    triggers = [vocabulary.start] * count
    best = yield Proposal(template=filled(template, triggers), made=" ".join(triggers))
    turn = 0
    while True:
        place = turn % count
        ranked = known.get(f"round {turn}")
        if not isinstance(ranked, list):
            some = _batch(rows, batch, seed=(seed, turn))
            ranked = _ranked(
                model, template, triggers, place, some, verbalizer, vocabulary, candidates
            )
            known.keep(f"round {turn}", ranked)
        before = triggers[place]
        for word in ranked:
            tried = [*triggers[:place], str(word), *triggers[place + 1 :]]
            made = _("{place}: {before} → {after}").format(
                place=place + 1, before=before, after=word
            )
            scored = yield Proposal(template=filled(template, tried), made=made)
            if scored.loss < best.loss:
                best, triggers = scored, tried
        turn += 1


def filled(template: str, words: Sequence[str]) -> str:
    """The template with a word for each trigger, from left to right."""
    parts = template.split(TRIGGER)
    return "".join(part + word for part, word in zip(parts, [*words, ""], strict=True))


def _batch(rows: Sequence[Row], count: int, *, seed: tuple[int, int]) -> list[Row]:
    order = np.random.default_rng(seed).permutation(len(rows))[:count]
    return [rows[int(place)] for place in order]


def _ranked(
    model: LanguageModel,
    template: str,
    triggers: Sequence[str],
    place: int,
    rows: Sequence[Row],
    verbalizer: Verbalizer,
    vocabulary: TriggerWords,
    count: int,
) -> list[str]:
    """The words that the gradient finds best at a trigger, the best first, without its own."""
    places = find_places(model, template, triggers, place, rows, verbalizer, vocabulary)
    changes = loss_changes(model, places, verbalizer.owners)[vocabulary.ids]  # (word,)
    order = [vocabulary.words[int(each)] for each in np.argsort(changes, kind="stable")]
    return [word for word in order[: count + 1] if word != triggers[place]][:count]


def find_places(
    model: LanguageModel,
    template: str,
    triggers: Sequence[str],
    place: int,
    rows: Sequence[Row],
    verbalizer: Verbalizer,
    vocabulary: TriggerWords,
) -> list[Place]:
    """Where the trigger stands in the prompt of each row.

    It is where the tokens differ when another word stands for it; a row in which more differs is
    left out. Raises InputError where none is left.
    """
    other = next(word for word in reversed(vocabulary.words) if word != triggers[place])
    exchanged = [*triggers[:place], other, *triggers[place + 1 :]]
    reader = PromptReader(model, verbalizer.words, PromptSettings())
    labels = {label: number for number, label in enumerate(verbalizer.labels)}
    written = [PromptTemplate(filled(template, words)) for words in (triggers, exchanged)]
    found = []
    for row in rows:
        own, changed = (reader.read(write_prompt(each, row)) for each in written)
        one, two = (tokens_of(model, prompt) for prompt in (own, changed))
        if len(one) != len(two):
            continue
        differing = [at for at, pair in enumerate(zip(one, two, strict=True)) if pair[0] != pair[1]]
        if len(differing) == 1:
            found.append(Place(prompt=own, at=differing[0], label=labels[str(row[LABEL])]))
    if not found:
        raise InputError(
            _("No prompt has the trigger “{word}” as a token of its own: put spaces around {mark}.")
            .format(word=triggers[place], mark=TRIGGER)
        )  # fmt: skip
    return found
