"""Which rows a prompt is measured on, and how often those for testing were opened."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.frame import as_plain
from app.identity import identity
from app.prompts.look import Look
from app.prompts.state import MOST_ROWS, PARTS, PROMPTS
from app.prompts.tables import choose_label, offer_dataset, settled_table, show_own_table
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptTable

COUNT: Final = PROMPTS.key("count")
PART: Final = PROMPTS.key("part")
RAN: Final = "prompts._ran"
"""Session: the keys of what was run, by panel."""


def choose_rows(look: Look) -> tuple[PromptTable, tuple[int, ...]]:
    """The table and the places of the rows that are measured on."""
    show_own_table()
    table = settled_table(look)
    offer_dataset(look.dataset, table)
    names = {"development": _("development"), "test": _("test")}
    how_many, which, column = st.columns(3)
    with how_many:
        st.number_input(
            _("Rows, at most"),
            min_value=1,
            max_value=MOST_ROWS,
            key=COUNT,
            persist_state="session",
            help=_("Drawn by the seed, each label in proportion. Compare on 1,000 or more."),
        )
    with which:
        st.selectbox(
            _("Split"),
            PARTS,
            format_func=names.__getitem__,
            key=PART,
            persist_state="session",
            help=_(
                "Choose prompts on the development rows; open the test rows once, at the end: what "
                "is chosen on them looks better than it is."
            ),
        )
    with column:
        choose_label(table)
    part = st.session_state[PART]
    places = table.sample(part, int(st.session_state[COUNT]), seed=look.seed)
    _say_rows(look, table, places)
    return table, places


def table_id(look: Look) -> str:
    """What the openings of the test rows are counted by."""
    return look.dataset or look.file or "own"


def start(panel: str, key: Hashable, look: Look) -> None:
    """Run what ``panel`` shows from now on; what a click on its button calls."""
    st.session_state.setdefault(RAN, {})[panel] = key
    if st.session_state[PART] == "test":
        resources.records().open_test_rows(table_id(look), owner=identity())


def was_started(panel: str, key: Hashable) -> bool:
    """Whether this session ran exactly that."""
    return bool(st.session_state.get(RAN, {}).get(panel) == key)


def _say_rows(look: Look, table: PromptTable, places: tuple[int, ...]) -> None:
    whole = len(table.part(st.session_state[PART]))
    said = _("{name}: {count:,} of {whole:,} rows of this split, {all:,} rows in all.").format(
        name=table.name, count=len(places), whole=whole, all=len(table)
    )
    if len(places) < whole:
        said += " " + _("A sample, drawn with seed {seed}.").format(seed=look.seed)
    if table.undecided:
        said += " " + _("Left out without a label or class: {count:,}.").format(
            count=table.undecided
        )
    if len(places) < 1_000:
        said += " " + _("Fewer than 1,000 rows: take differences for hints only.")
    st.markdown(f":small[{as_plain(said)}]")
    opened = resources.records().test_rows_opened(table_id(look), owner=identity())
    if st.session_state[PART] == "test" or opened:
        told = _("You opened the test rows of this table {count} times.").format(count=opened)
        st.markdown(f":small[{as_plain(told)}]")
