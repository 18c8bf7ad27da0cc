"""Greedy beside sampling beside beam search: what each writes after the same text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from app import resources
from app.formulas import number
from app.frame import as_plain
from app.generation.beams.search import BeamSearch
from app.generation.beams.words import SUM, one_line
from app.generation.look import Look
from app.generation.settings import seed_now, settings_now
from app.waiting import note_stopped, waited
from components.tables import table
from core.generation import Path, SamplingSettings, go_on, open_session
from core.jobs import Compute, Progress, Stop
from core.language import _

GREEDY: Final = SamplingSettings(greedy=True)
ALIKE: Final = 0.0005
"""Sums closer than this, in nats, show the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """What was written after the prompt.

    ``log_probability`` is Σ log p of its tokens by the model itself, in nats. It ``ended`` where
    the model said so, not at the limit of tokens.
    """

    token_ids: Path
    text: str
    log_probability: float
    ended: bool

    @property
    def mean(self) -> float:
        """log p per token."""
        return self.log_probability / max(len(self.token_ids), 1)

    @property
    def distinct(self) -> int:
        """How many different tokens it has."""
        return len(set(self.token_ids))

    @property
    def longest_repeat(self) -> int:
        """How many tokens the longest passage has that stands at two places of it."""
        return longest_repeat(self.token_ids)


def show_beside(look: Look, search: BeamSearch, count: int) -> None:
    """Three columns of text, their numbers, and which has the largest sum."""
    st.header(_("Greedy, sampling and beam search"), anchor=False)
    settings, seed = settings_now(), seed_now()
    whole = search.steps[-1].winner is not None
    names = (_("Greedy"), _("Sampling"), _("Beam search"))
    notes = (
        _("The most probable token at every step"),
        _sampling_words(settings, seed),
        _("The winner of the search above")
        if whole
        else _("The best of the search above until it was stopped"),
    )
    greedy, sampling, beam = columns = st.columns(3, gap="large")
    for column, name, note in zip(columns, names, notes, strict=True):
        column.markdown(f"**{name}**  \n:small[{note}]")
    with greedy:
        first = _show_written(look, "greedy", GREEDY, 0, count)
    with sampling:
        second = _show_written(look, "sampling", settings, seed, count)
    with beam:
        best = _best(search)
        _show_text(best)
    if first is None or second is None:
        return
    named = list(zip(names, (first, second, best), strict=True))
    st.markdown(comparison_table(named))
    if whole:  # a part is not compared with what is whole
        st.markdown(largest_sum(named), width=680)
    _say_own_rules(search)


def writing(look: Look, settings: SamplingSettings, seed: int, count: int) -> Compute[Continuation]:
    """The job: it goes on with the text in a thread of its own."""

    def write(progress: Progress, stop: Stop) -> Continuation:
        with resources.pool().lease(resources.require_known(look.model)) as model:
            session = open_session(
                model, look.text, settings=settings, seed=seed, special=look.special, room=count
            )
            for done, _step in enumerate(go_on(session, count), start=1):
                progress(done, count)
                if stop():
                    break
            return Continuation(
                token_ids=session.path,
                text=session.text,
                log_probability=session.log_probability,
                ended=session.finished,
            )

    return write


def longest_repeat(ids: Sequence[int]) -> int:
    """How many tokens the longest passage has that stands at two places, which may overlap."""
    longest = 0
    for shift in range(1, len(ids)):
        run = 0
        for one, other in zip(ids, ids[shift:], strict=False):
            run = run + 1 if one == other else 0
            longest = max(longest, run)
    return longest


def largest_sum(named: Sequence[tuple[str, Continuation]]) -> str:
    """In a sentence: which of the texts has the largest Σ log p, and what that is not."""
    most = max(one.log_probability for _name, one in named)
    best = [name for name, one in named if most - one.log_probability < ALIKE]
    if len(best) == len(named):
        said = _("All have the same Σ log p, {total}.").format(total=number(most))
    elif len(best) > 1:
        said = _("{names} share the highest Σ log p, {total}.").format(
            names=_(" and ").join(best), total=number(most)
        )
    else:
        said = _("{name} has the highest Σ log p, {total}.").format(
            name=best[0], total=number(most)
        )
    parts = [
        f"**{as_plain(said)}**",
        _(
            "Higher is not better prose: the likeliest text is often dull and repeats itself, and "
            "people's own is less expected (Holtzman et al. 2020)."
        ),
    ]
    if len({len(one.token_ids) for _name, one in named}) > 1:
        parts.append(
            _("The texts differ in length, and every token more lowers the sum: see the mean too.")
        )
    return " ".join(parts)


def comparison_table(named: Sequence[tuple[str, Continuation]]) -> str:
    """A row for each text: its sum and mean, how many tokens, and what comes again."""
    heads = (_("text by"), SUM, _("mean log p per token"), _("tokens"))
    return table(
        (*heads, _("distinct tokens"), _("longest repeat, in tokens")),
        [
            (
                *(name, number(one.log_probability), number(one.mean), str(len(one.token_ids))),
                *(str(one.distinct), str(one.longest_repeat)),
            )
            for name, one in named
        ],
    )


def _show_written(
    look: Look, way: str, settings: SamplingSettings, seed: int, count: int
) -> Continuation | None:
    key = (look.model, "beams beside", look.text, look.special, settings, seed, count)
    name = f"generation_beams_{way}"
    job = waited(
        key,
        name,
        _("{model} goes on after the text").format(model=look.title),
        writing(look, settings, seed, count),
    )
    if job is None or job.value is None:
        return None
    note_stopped(job, name, lambda: resources.jobs().forget(key))
    _show_text(job.value)
    return job.value


def _show_text(one: Continuation) -> None:
    st.markdown(f"…{as_plain(one_line(one.text))}")
    said = (
        _("Tokens: {count}; then the model ended it")
        if one.ended
        else _("Tokens: {count}; not ended")
    )
    st.markdown(f":small[{said.format(count=len(one.token_ids))}]")


def _best(search: BeamSearch) -> Continuation:
    return Continuation(
        token_ids=search.best.token_ids,
        text=search.best.text,
        log_probability=search.log_probability,
        ended=search.best.ending == "end",
    )


def _sampling_words(settings: SamplingSettings, seed: int) -> str:
    """The settings of the step tab that were changed from what changes nothing."""
    if settings.deterministic:
        return _("At temperature 0 sampling is greedy")
    parts = [_("temperature {value:g}").format(value=settings.temperature)]
    if settings.top_k:
        parts.append(_("top-k {value}").format(value=settings.top_k))
    if settings.top_p < 1:
        parts.append(_("top-p {value:g}").format(value=settings.top_p))
    if settings.min_p > 0:
        parts.append(_("min-p {value:g}").format(value=settings.min_p))
    if settings.repetition_penalty != 1:
        parts.append(_("repetition penalty {value:g}").format(value=settings.repetition_penalty))
    return _("{settings}, seed {seed}, as set under Step by step").format(
        settings=", ".join(parts), seed=seed
    )


def _say_own_rules(search: BeamSearch) -> None:
    """Where the search counts otherwise than the model itself."""
    if abs(search.log_probability - search.best.log_probability) < 0.005:
        return
    said = _(
        "The search above counts {total}, since the model's own generation_config.json forbids, "
        "forces or penalises tokens; here all three are summed by the model's own probabilities."
    ).format(total=number(search.best.log_probability))
    st.markdown(f":small[{as_plain(said)}]", width=680)
