"""What changing one head did, in sentences and a table, always beside a control head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import streamlit as st

from app.attention.effects import Answer
from app.attention.look import Chosen
from app.frame import as_plain
from app.notes import head_title
from components.tables import table
from core.attention import AttentionOverview
from core.language import _

STRONGEST: Final = 3
Place = tuple[int, int]


def show_verdict(overview: AttentionOverview, chosen: Chosen, answer: Answer) -> None:
    """The chosen head, its control, and the heads that do most; and what that does not say."""
    st.markdown(f"**{as_plain(head_title(overview, chosen.place))}**")
    st.markdown(_sentence(chosen.place, answer), width=680)
    columns = (_("layer · head"), _("from the token"), number_name(answer), _("rank"))
    st.markdown(table(columns, _rows(overview, chosen, answer)))
    caution = _(
        "A weight says where a head looks. It is not by itself an explanation: of two heads that "
        "look alike, one can matter and the other not."
    )
    st.markdown(f":small[{caution}]", width=680)


def number_name(answer: Answer) -> str:
    """What the numbers of an answer are called."""
    if answer.effect == "contribution":
        return _("contribution to the logit")
    if answer.target.kind == "vector":
        return _("shift, 1 − cosine") if answer.is_size else _("change of cosine")
    return _("change of log-probability")


def shown_number(answer: Answer, place: Place) -> str:
    """A number as it is written: a change has its sign."""
    number = float(answer.found.effects[place])
    if math.isnan(number):
        return _("not computed")
    return f"{number:.3f}" if answer.is_size else f"{number:+.3f}".replace("-", "−")


def _sentence(place: Place, answer: Answer) -> str:
    """What the change of one head did, with its control in the same breath."""
    control = answer.control(place)
    number = f"**{shown_number(answer, place)}**"
    word = as_plain(answer.target.text.strip() or repr(answer.target.text))
    if answer.effect == "contribution":
        said = _("It adds {number} to the logit of “{word}” directly.")
    elif answer.effect == "patching" and answer.target.kind == "vector":
        said = _(
            "Its output in the first text, put into the other text, moves the last vector of "
            "“{word}” nearer to that of the first text by {number} (cosine)."
        )
    elif answer.effect == "patching":
        said = _(
            "Its output in the first text, put into the other text, changes the log-probability "
            "of “{word}” by {number}."
        )
    elif answer.target.kind == "vector":
        said = _("Switched off, it moves the last vector of “{word}” by {number} (1 − cosine).")
    else:
        said = _("Switched off, it changes the log-probability of “{word}” by {number}.")
    said = said.format(number=number, word=word)
    if control is None:
        return said
    other = _("The control, head {head} of the same layer: {number}.").format(
        head=control[1], number=shown_number(answer, control)
    )
    return f"{said} {other}"


def _rows(overview: AttentionOverview, chosen: Chosen, answer: Answer) -> list[tuple[str, ...]]:
    """The chosen head, the control, then the strongest others."""
    ranked = answer.found.ranked()
    control = answer.control(chosen.place)
    places = {chosen.place: _("chosen")}
    if control is not None:
        places[control] = _("control")
    for place in [place for place in ranked if place not in places][:STRONGEST]:
        places[place] = ""
    # An encoder's own rows are not the decoder's, where the word is predicted.
    apart = overview.capture.kind == "seq2seq" and overview.stack == "self"
    query = None if apart else answer.target.position
    return [
        (
            f"{place[0]} · {place[1]} {role}".strip(),
            _looks(overview, place, query),
            shown_number(answer, place),
            _rank(ranked, place),
        )
        for place, role in places.items()
    ]


def _rank(ranked: Sequence[Place], place: Place) -> str:
    if place not in ranked:
        return "–"
    return _("{rank} of {count}").format(rank=ranked.index(place) + 1, count=len(ranked))


def _looks(overview: AttentionOverview, place: Place, query: int | None) -> str:
    """Where a head looks most from one token, sinks, special tokens and itself aside."""
    pointer = None if query is None else overview.strongest_from(*place, query)
    if pointer is None:
        return "–"
    names = overview.query_tokens.characters, overview.key_tokens.characters
    return f"{names[0][pointer.query]} → {names[1][pointer.key]} {pointer.weight:.3f}"
