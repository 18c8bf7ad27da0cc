"""The panel Search: a template with open places, what is tried there, and the search as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.frame import as_plain, show_error
from app.prompts.look import Look
from app.prompts.runs_of import runs_of_kind, start_run
from app.prompts.search_live import SEARCH, show_search
from app.prompts.state import PROMPTS
from app.prompts.tables import rows_title
from app.train.runs_words import title
from app.walk import problem
from components.controls import choose_model, choose_view, text_input
from core.catalogue import find_model
from core.errors import HeadlightError
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptTable
    from core.prompts.search import PromptSearchSpec

PROPOSER: Final = "smollm2-135m-instruct"
KIND: Final = "prompt-search"
_KEY: Final = "prompts.search"


def show_searching(look: Look) -> None:
    """What is to be tried on the left, how it goes on the right."""
    if said := problem():
        st.error(as_plain(said))
    table = look.table()
    left, right = st.columns([5, 7], gap="large")
    with left:
        try:
            spec = _spec(look, table)
        except HeadlightError as error:
            show_error(error)
            spec = None
        st.button(
            _("Search"),
            key="prompts_search_start",
            type="primary",
            icon=":material/travel_explore:",
            disabled=spec is None,
            on_click=start_run,
            args=(spec, f"{way_names()[_way()]} · {rows_title(look, table)}", look.model, SEARCH),
        )
        st.markdown(f":small[{as_plain(about_ways()[_way()])}]")
    with right:
        _show_found()


def _show_found() -> None:
    records = runs_of_kind(KIND)
    if not records:
        st.info(
            _("No search yet: it tries one template after another, and can be stopped and resumed.")
        )
        return
    known = {record.id: title(record) for record in records}
    if st.session_state.get(SEARCH) not in known:
        st.session_state[SEARCH] = records[0].id
    show_search(choose_model(_("Searches"), known, key=SEARCH))


def _way() -> str:
    return str(st.session_state[PROMPTS.key("way")])


def way_names() -> dict[str, str]:
    """What the three searches are called."""
    return {
        "triggers": _("Trigger words"),
        "instructions": _("Instructions"),
        "mining": _("Mined phrases"),
    }


def about_ways() -> dict[str, str]:
    """What each search does, in a line or two."""
    return {
        "triggers": _(
            "AutoPrompt: every [T] holds a word. The gradient says which words would lower the "
            "loss there; the best of them are tried, and one is kept where the loss falls."
        ),
        "instructions": _(
            "Each instruction stands for [I] once: those of your list, then those that the "
            "instruct model proposes after it has read six labelled rows."
        ),
        "mining": _(
            "Phrases in which the labels' words stand in the rows themselves take the place of "
            "[P], the word masked; phrases with words of all labels come first."
        ),
    }


def _spec(look: Look, table: PromptTable) -> PromptSearchSpec:
    """What the session holds as a search. Raises InputError for what cannot be one."""
    from core.prompts.search import PromptSearchSpec

    way = choose_view(_("What is searched for"), way_names(), key=PROMPTS.key("way"))
    causal = _is_causal(look.model)
    key = f"{_KEY}.template.{way}.{'causal' if causal else 'masked'}.{table.text}"
    st.session_state.setdefault(key, _usual(way, table.text, look, causal=causal))
    template = text_input(_("Template with open places"), key=key)
    numbers = _numbers(way)
    instructions, proposals = _instructions() if way == "instructions" else ((), 0)
    verbalizer = look.verbalizer()
    return PromptSearchSpec(
        model=look.model,
        template=template,
        words=tuple(verbalizer.mapping.items()),
        dataset="" if look.file else look.dataset,
        file=look.file,
        label=table.label,
        method=way,  # type: ignore[arg-type]
        rows=numbers.rows,
        held_out=numbers.held_out,
        tries=numbers.tries,
        seed=look.seed,
        instructions=instructions,
        proposals=proposals,
        proposer=PROPOSER if proposals else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    rows: int
    held_out: int
    tries: int


def _numbers(way: str) -> _Numbers:
    """How many rows and tries."""
    usual = {"rows": 100, "held_out": 200, "tries": 60}
    names = {
        "rows": _("Rows to search on"),
        "held_out": _("Rows apart"),
        "tries": _("Tries"),
    }
    limits = {"rows": 500, "held_out": 5000, "tries": 5000}
    found = {}
    for column, name in zip(st.columns(3), usual, strict=True):
        key = f"{_KEY}.{way}.{name}"
        st.session_state.setdefault(key, usual[name])
        found[name] = int(
            column.number_input(
                names[name],
                min_value=2,
                max_value=limits[name],
                key=key,
                persist_state="session",
            )
        )
    return _Numbers(**found)


def _instructions() -> tuple[tuple[str, ...], int]:
    """The list, and how many are proposed."""
    key = f"{_KEY}.instructions"
    st.session_state.setdefault(key, "\n".join(_listed()))
    typed = st.text_area(
        _("Instructions, one a line"), key=key, height=130, persist_state="session"
    )
    lines = tuple(line.strip() for line in (typed or "").splitlines() if line.strip())
    if PROPOSER not in resources.available_models():
        return lines, 0
    asked = f"{_KEY}.proposals"
    st.session_state.setdefault(asked, 6)
    count = st.number_input(
        _("Proposed by the instruct model"),
        min_value=0,
        max_value=50,
        key=asked,
        persist_state="session",
    )
    return lines, int(count)


def _listed() -> tuple[str, ...]:
    """Instructions to begin with."""
    return (
        _("Is this review positive or negative?"),
        _("Say whether the writer liked it."),
        _("Classify the sentiment of the text."),
        _("Read the review and judge the film."),
    )


def _usual(way: str, column: str, look: Look, *, causal: bool) -> str:
    """The template that a search begins with."""
    variable = "{{ " + column + " }}"
    if way == "instructions":
        return f"[I]\n\n{look.template}"
    marks = {"triggers": "[T] [T] [T]" + ("" if causal else " [MASK]."), "mining": "[P]"}
    return f"{variable} {marks[way]}" + ("" if causal or way == "triggers" else ".")


def _is_causal(model: str) -> bool:
    entry = find_model(model)
    return entry is not None and entry.kind == "causal"
