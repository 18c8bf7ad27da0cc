"""The room Build: the template, one row as the model reads it, and the labels of five rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from app.facts import of_model
from app.frame import as_plain, show_error
from app.prompts.asking import asking, key_of, shown_rows
from app.prompts.look import Look
from app.prompts.settings import show_settings
from app.prompts.state import PROMPTS
from app.prompts.tables import offer_dataset, settled_table, show_own_table
from app.prompts.take_away import show_script
from app.prompts.token_panel import show_token_scores
from app.waiting import waited
from components.chips import chips_of
from components.views.predictions import Panel, predictions
from components.views.token_strip import token_strip
from core.errors import HeadlightError
from core.language import _

if TYPE_CHECKING:
    from core.models import LanguageModel
    from core.prompts import PromptTable
    from core.prompts.tokens import PromptTokens

FIVE: Final = 5
_MOST_CHIPS: Final = 1_500
_TITLE: Final = 44


def show_build(look: Look) -> None:
    """The prompt and what it says of the first rows."""
    show_own_table()
    left, right = st.columns([7, 5], gap="large")
    with left:
        st.text_area(
            _("Template"),
            key=PROMPTS.key("template"),
            height=110,
            persist_state="session",
            help=_(
                "jinja2: a name in double braces is a column of the row; [MASK] says where the "
                "answer stands, else it stands at the end."
            ),
        )
    with right:
        st.text_area(
            _("Words of each label"),
            key=PROMPTS.key("words"),
            height=110,
            persist_state="session",
            help=_("A label a line, then its words: “positive: great, good”."),
        )
    show_settings(look)
    table = settled_table(look)
    offer_dataset(look.dataset, table)
    below, beside = st.columns([7, 5], gap="large")
    with below:
        row = choose_row(table)
        _guarded(_show_row, look, table, row)
    with beside:
        _guarded(_show_five, look, table)
    show_token_scores(look, table, row)
    show_script(look)


def choose_row(table: PromptTable) -> int:
    """The place of the row that is shown."""
    places = table.part("development") or tuple(range(len(table)))
    key = PROMPTS.key("row")
    last = min(len(places) - 1, 9999)
    if int(st.session_state[key]) > last:  # else it is not written: somebody may type there
        st.session_state[key] = last
    st.number_input(
        _("Row"),
        min_value=0,
        max_value=last,
        key=key,
        persist_state="session",
        help=_("Of the rows to develop on; columns: {columns}.").format(
            columns=", ".join(table.columns)
        ),
    )
    return places[int(st.session_state[key])]


def read_row(look: Look, table: PromptTable, place: int) -> PromptTokens:
    """The tokens of the prompt for one row."""
    from core.prompts import write_prompt
    from core.prompts.tokens import prompt_tokens

    settings, verbalizer = look.settings(table), look.verbalizer()
    shown = shown_rows(look, table)
    row = table.rows[place]

    def read(model: LanguageModel) -> PromptTokens:
        written = write_prompt(
            look.prompt(),
            row,
            word_of=verbalizer.first,
            demonstrations=shown(row) if callable(shown) else shown,
            settings=settings,
        )
        return prompt_tokens(model, written, settings)

    return of_model(look.model, ("prompt-tokens", key_of(look, (place,))), read)


def counts_sentence(found: PromptTokens, limit: int) -> str:
    """How many tokens, and how many from where."""
    names = {
        "demonstration": _("demonstrations"),
        "template": _("template"),
        "variable": _("row"),
        "chat": _("chat template and tokenizer"),
        "answer": _("place of the answer"),
    }
    parts = [f"{names[source]} {count:,}" for source, count in sorted(found.counts.items())]
    return _("{count:,} tokens of {limit:,}: {parts}.").format(
        count=len(found.tokens), limit=limit, parts=" · ".join(parts)
    )


def _show_row(look: Look, table: PromptTable, place: int) -> None:
    found = read_row(look, table, place)
    limit = of_model(look.model, "max tokens", lambda model: model.shape.max_tokens)
    said = counts_sentence(found, limit)
    if len(found.tokens) > limit:
        st.error(
            as_plain(said)
            + " "
            + _("The prompt is past the model's limit: shorten it, or show fewer demonstrations.")
        )
    else:
        st.markdown(f":small[{as_plain(said)}]")
    chips = [
        replace(
            chip,
            mark=None if source == "template" else source,
            details=((_("column"), name),) if name else (),
        )
        for chip, source, name in zip(
            chips_of(found.tokens), found.sources, found.names, strict=True
        )
    ][-_MOST_CHIPS:]
    token_strip(
        chips,
        key="prompts_tokens",
        label=_("The prompt, as the model reads it"),
        compact=len(chips) > 60,
    )
    with st.expander(_("The exact text"), key="prompts_text", on_change="rerun") as more:
        if more.open:
            st.code(found.text, language=None, wrap_lines=True)


def _show_five(look: Look, table: PromptTable) -> None:
    look.verbalizer()
    places = (table.part("development") or tuple(range(len(table))))[:FIVE]
    job = waited(key_of(look, places), "prompts_five", _("Asking the model"), asking(look, places))
    if job is None or job.value is None:
        return
    found = job.value
    panels = []
    for at, place in enumerate(places[: len(found)]):
        text = str(table.rows[place][table.text])
        shares = found.probabilities[at]
        order = sorted(range(len(found.labels)), key=lambda label: -shares[label])[:6]
        truth = int(found.expected[at])
        rank = 1 + int((shares > shares[truth]).sum())
        panels.append(
            Panel(
                title=f"{text[:_TITLE]}…" if len(text) > _TITLE else text,
                words=[found.labels[label] for label in order],
                probabilities=[min(float(shares[label]), 1.0) for label in order],
                original=None
                if truth < 0
                else (found.labels[truth], min(float(shares[truth]), 1.0), rank),
            )
        )
    predictions(
        panels,
        key="prompts_labels",
        label=_("The labels of the first five rows"),
        of="labels",
        source=f"{look.title} · {table.name}",
    )


def _guarded(show: object, *given: object) -> None:
    """What is wrong with one part is said in its place, and the others are shown."""
    try:
        show(*given)  # type: ignore[operator]
    except HeadlightError as error:
        show_error(error)
