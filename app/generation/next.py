"""The next token: every candidate before and after the settings, and how the last one was drawn."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.branches import Path
from app.facts import source_line
from app.frame import as_plain
from app.generation.look import Look
from app.generation.moves import WALK
from app.generation.run import Session, at
from app.generation.settings import say_ignored, seed_now, settings_now
from components.views.next_token import NextToken, next_token
from core.generation import Candidate, Distribution, GenerationStep, Rule
from core.language import _

TOP: Final = 10
"""How many candidates are shown."""


def show_next(look: Look, path: Path, steps: tuple[GenerationStep, ...]) -> None:
    """The bars of the next token; a click takes one."""
    if steps:
        _say_taken(steps[-1])
    if steps and steps[-1].ended:
        st.info(_("The model ended its text here. Go back to go on otherwise."))
        return
    settings = settings_now()
    found, drawn, texts, room = at(look, path, seed_now(), _expected)
    if not room:
        st.info(_("The text is as long as the model can read. Go back to go on otherwise."))
        return
    candidates = _candidates(found, drawn)
    taken = _taken_next()
    shown = [one.token_id for one in candidates]
    if taken is not None and taken not in shown:
        candidates = _sorted([*candidates, found.candidate(taken)])
        shown = [one.token_id for one in candidates]
    place = WALK.place

    next_token(
        [_bar(one, texts) for one in candidates],
        key="generation_next",
        label=_("The likeliest next tokens"),
        kept_count=found.kept_count,
        vocab=len(found.before),
        entropy_before=found.entropy,
        entropy_after=found.entropy_after,
        drawn=shown.index(drawn),
        mass_cut=min(1.0, found.mass_cut),
        selected=shown.index(taken) if taken is not None else None,
        on_select=lambda index: WALK.take((shown[index],), place),
        source=source_line(look.model),
    )
    say_ignored(settings)


def _expected(session: Session) -> tuple[Distribution, int, dict[int, str], int]:
    """The distribution of the next token, what the seed draws, what the tokens say, and the room
    that is left."""
    session.settings = settings_now()
    found = session.distribution()
    drawn = session.drawn_id()
    ids = {one.token_id for one in found.top(TOP)} | {drawn}
    taken = _taken_next()
    if taken is not None:
        ids.add(taken)
    return found, drawn, {id_: session.token_text(id_) for id_ in ids}, session.room


def _taken_next() -> int | None:
    """The token that comes next on the branch that is shown."""
    following = WALK.branches.after(WALK.place)
    if following is None:
        return None
    return WALK.branches.rows[following[0]].choices[following[1]][0]


def _candidates(found: Distribution, drawn: int) -> list[Candidate]:
    """The first ones, and the one drawn."""
    top = list(found.top(TOP))
    if drawn not in {one.token_id for one in top}:
        top.append(found.candidate(drawn))
    return _sorted(top)


def _sorted(candidates: list[Candidate]) -> list[Candidate]:
    """Those kept first; else as they stood."""
    return sorted(candidates, key=lambda one: one.cut_by is not None)


def _bar(one: Candidate, texts: dict[int, str]) -> NextToken:
    return NextToken(
        texts[one.token_id],
        one.token_id,
        min(1.0, one.before),
        min(1.0, one.after),
        cut_by=_rule_name(one.cut_by),
    )


def _rule_name(rule: Rule | None) -> str:
    """What cut a token off, as people call it."""
    if rule is None:
        return ""
    return {"top_k": _("top-k"), "top_p": _("top-p"), "min_p": _("min-p"), "greedy": _("greedy")}[
        rule
    ]


def _say_taken(step: GenerationStep) -> None:
    """The last token: its probability and rank by the model itself, and its entropy."""
    said = _(
        "Written last: **{token}**, probability {probability}, rank {rank}; entropy {entropy} nats."
    ).format(
        token=as_plain(step.label.strip() or repr(step.label)),
        probability=f"{step.probability:.3f}",
        rank=f"{step.rank:,}",
        entropy=f"{step.entropy:.2f}",
    )
    if step.partial:
        said += " " + _("It is part of a character, which is shown once it is complete.")
    st.markdown(f":small[{said}]", width=680)
