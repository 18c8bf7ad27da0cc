"""The lines that are searched: pasted, from a file, or an example. What is typed is never lost."""

from __future__ import annotations

import streamlit as st

from app.frame import as_plain, show_error
from core.errors import HeadlightError
from core.language import _
from core.tasks.lines import LINE_LIMIT, Lines, checked_lines, split_lines
from core.tasks.pairs import pair_rows
from core.tasks.texts_file import BYTES_LIMIT, TYPES, read_texts

PASTED = "tasks.lines"
COLUMN = "tasks.lines_column"
UPLOAD = "tasks._lines_file"


def chosen_lines() -> tuple[str, ...] | None:
    """The lines, and where they are from in a line; None where they cannot be read."""
    left, right = st.columns([7, 5], gap="large")
    with left:
        pasted = st.text_area(
            _("Lines to search"),
            key=PASTED,
            height=120,
            placeholder="\n".join(example_lines()[:5]),
            persist_state="session",
        )
    with right:
        uploaded = st.file_uploader(
            _("Or a file: .txt, .csv or .tsv, at most {limit:,} lines and {size} MB").format(
                limit=LINE_LIMIT, size=BYTES_LIMIT // 1_000_000
            ),
            type=list(TYPES),
            key=UPLOAD,
            max_upload_size=BYTES_LIMIT // 1_000_000,
        )
        column = ""
        if uploaded is not None and not uploaded.name.casefold().endswith(".txt"):
            column = st.text_input(_("Column of a CSV (empty: the obvious one)"), key=COLUMN)
    try:
        if uploaded is not None:
            read = read_texts(uploaded.getvalue(), uploaded.name, column=column)
            found = checked_lines(read.texts)
            said = _("{count:,} lines of {name}").format(count=len(found.lines), name=uploaded.name)
        elif (pasted or "").strip():
            found = checked_lines(split_lines(str(pasted)))
            said = _("{count:,} lines").format(count=len(found.lines))
        else:
            found = Lines(lines=example_lines())
            said = _("An example of {count:,} lines: paste your own, or upload a file.").format(
                count=len(found.lines)
            )
    except HeadlightError as error:
        show_error(error)
        return None
    if found.repeated:
        said += " · " + _("repeated lines left out: {count:,}").format(count=found.repeated)
    st.markdown(f":small[{as_plain(said)}]")
    return found.lines


def example_lines() -> tuple[str, ...]:
    """Sentences on two dozen subjects."""
    rows = pair_rows()
    return tuple(
        dict.fromkeys(
            line for row in rows for line in (row.text, row.follows, row.open, row.contradicts)
        )
    )
