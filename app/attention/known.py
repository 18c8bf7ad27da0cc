"""What the chosen head is known for: in this text, over the built-in sentences, and where else."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app.attention import computed
from app.attention.look import Chosen, Look
from app.attention.words import order_words
from app.frame import as_plain
from app.navigation import page_path
from app.notes import label_words
from app.waiting import waited
from components.tables import table
from core.attention import AttentionOverview, HeadHabits, Occurrence, pattern_evidence
from core.language import _, current_language

EVIDENCE: Final = 3


def show_known(look: Look, overview: AttentionOverview, chosen: Chosen) -> None:
    """The scores of a head, folded away; computed when unfolded."""
    if overview.stack != "self":
        return
    with st.expander(
        _("What is this head known for?"), key="attention_known", on_change="rerun"
    ) as more:
        if not more.open:
            return
        job = waited(
            (look.model, "habits", current_language()),
            "attention_habits",
            _("Reading the built-in sentences"),
            lambda progress, stop: computed.habits(look.model, progress, stop),
        )
        if job is None or job.value is None:
            return
        habits = job.value
        st.markdown(_in_words(overview, chosen, habits), width=680)
        st.markdown(_scores(overview, chosen, habits))
        st.markdown(
            ":small["
            + _(
                "A score is the share of its attention that fits a pattern. A head is labelled "
                "from 0.4 on, if that is also three times what chance would give. Mean distance "
                "is in tokens."
            )
            + "]",
            width=680,
        )
        _show_elsewhere(look, chosen, habits)


def _in_words(overview: AttentionOverview, chosen: Chosen, habits: HeadHabits) -> str:
    """The label in this text with the tokens that show it, and the label over the sentences."""
    words = label_words()
    here, usual = overview.known_for(*chosen.place), habits.known_for(*chosen.place)
    if here is None:
        said = [_("In this text no pattern fits it.")]
    else:
        said = [
            _("In this text: **{label}** {score:.2f}{pairs}.").format(
                label=words[here.label],
                score=here.score,
                pairs=_pairs(overview, chosen, here.label),
            )
        ]
    if usual is None:
        said.append(
            _("Over {count} built-in sentences no pattern fits it.").format(count=habits.count)
        )
    else:
        said.append(
            _("Over {count} built-in sentences: **{label}** {score:.2f}.").format(
                count=habits.count, label=words[usual.label], score=usual.score
            )
        )
    return " ".join(said)


def _pairs(overview: AttentionOverview, chosen: Chosen, label: str) -> str:
    names = overview.key_tokens.characters
    pointers = pattern_evidence(overview.capture, *chosen.place, label, count=EVIDENCE)
    shown = ", ".join(
        f"{as_plain(names[one.query])} → {as_plain(names[one.key])} {one.weight:.2f}"
        for one in pointers
    )
    return f" ({shown})" if shown else ""


def _scores(overview: AttentionOverview, chosen: Chosen, habits: HeadHabits) -> str:
    here, usual = overview.scores(*chosen.place), habits.scores(*chosen.place)
    return table(
        (_("pattern"), _("this text"), _("{count} sentences").format(count=habits.count)),
        [
            (name, f"{here[column]:.2f}", f"{usual[column]:.2f}")
            for column, name in order_words().items()
            if column in here
        ],
    )


def _show_elsewhere(look: Look, chosen: Chosen, habits: HeadHabits) -> None:
    """The places in the built-in sentences where the head does the same, each a link."""
    usual = habits.known_for(*chosen.place)
    heading = _("Where else does this head do this?")
    st.markdown(f"**{heading}**")
    with st.spinner(_("Looking for it in the built-in sentences")):
        found = computed.elsewhere(look.model, chosen.place, usual.label if usual else "")
    for place in found:
        st.page_link(
            page_path("attention"),
            label=_shown(place),
            query_params={
                "model": look.model,
                "text": place.text,
                "layer": str(chosen.layer),
                "head": str(chosen.head),
                "token": str(place.query),
            },
        )


def _shown(place: Occurrence) -> str:
    names = place.tokens.characters
    pair = f"{as_plain(names[place.query])} → {as_plain(names[place.key])}"
    return f"**{pair}** {place.weight:.2f} · {as_plain(place.text)}"
