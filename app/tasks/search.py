"""The room of the search: up to 50,000 lines, those nearest to the text, and groups among them."""

from __future__ import annotations

import time

import streamlit as st

from app import resources
from app.csv_download import offer_csv
from app.facts import of_model, provenance
from app.frame import as_plain
from app.other_models import is_of_kind
from app.tasks.facts import facts_line
from app.tasks.groups import show_groups
from app.tasks.look import Look, title_of
from app.tasks.search_lines import chosen_lines
from app.tasks.state import TASKS
from app.tasks.vectors import index_of
from components.controls import choose_model
from components.tables import table
from core.embedding.sentences import Embeddings, FloatArray, embed_texts
from core.errors import UnsupportedError
from core.export import table_csv
from core.language import _
from core.tasks.languages import known_languages, language_note
from core.tasks.matching import encoder_candidates
from core.tasks.matching_scores import UNKNOWN_SHARE
from core.tasks.search import LineIndex
from core.tasks.search_script import search_script

TOP = 10
SIGNS = 200


def show_search(look: Look) -> None:
    """Lines in; the nearest to the text out, with the groups on a plane."""
    lines = chosen_lines()
    if lines is None:
        return
    models = encoder_candidates(resources.available_models(), is_of_kind)
    own = look.task.models["built-in"]
    with st.container(width=260):
        choose_model(
            _("Encoder"),
            {name: title for name, title in models.items() if name != own},
            key=TASKS.key("builtin"),
            none=title_of(own),
        )
    model_id = str(st.session_state[TASKS.key("builtin")] or own)
    resources.require_known(model_id)
    index = index_of(model_id, lines)
    if index is None:
        return
    if not look.text.strip():
        st.error(_("The text is empty: write or paste one above."))
        return
    asked = of_model(model_id, ("asked", look.text), lambda model: _asked(model, look.text))
    _show_hits(look, model_id, index, asked)
    with st.expander(_("Groups on a plane"), key="tasks_groups", on_change="rerun") as groups:
        if groups.open:
            show_groups(model_id, index, asked.vectors[0])
    with st.expander(_("Copy as Python"), key="tasks_search_python", on_change="rerun") as script:
        if script.open:
            st.code(search_script(model_id, look.text), language="python")


def _asked(model, text: str) -> Embeddings:  # noqa: ANN001
    if model.kind not in ("encoder", "masked"):
        raise UnsupportedError(
            _("{id} gives no vectors of whole texts: choose an encoder.").format(id=model.id)
        )
    return embed_texts(model, [text])


def _show_hits(look: Look, model_id: str, index: LineIndex, asked: Embeddings) -> None:
    begun = time.perf_counter()
    hits = index.nearest(asked.vectors[0], top=TOP)
    taken = time.perf_counter() - begun
    for said in _warnings(look, model_id, index, asked):
        st.warning(as_plain(said))
    rows = [(f"{hit.cosine:.3f}", f"{hit.place + 1:,}", _short(hit.text)) for hit in hits]
    st.markdown(table((_("cosine"), _("line"), _("text")), rows))
    said = _("{count:,} lines compared exactly in {milliseconds:.1f} ms").format(
        count=len(index.vectors), milliseconds=taken * 1000
    )
    facts = facts_line(look.task, "built-in", model_id, taken)
    left, right = st.columns([8, 4], vertical_alignment="center")
    left.markdown(f":small[{said} · {facts}]")
    with right:
        offer_csv(
            _("All lines with their cosine, as CSV"),
            lambda: hits_csv(model_id, index, asked.vectors[0]),
            name="search",
            model=model_id,
            key="tasks_search_csv",
        )


def _warnings(look: Look, model_id: str, index: LineIndex, asked: Embeddings) -> list[str]:
    found = []
    if note := language_note(look.text, known_languages(model_id, look.task)):
        found.append(note)
    share = max(asked.unknown[0], index.unknown)
    if share >= UNKNOWN_SHARE:
        found.append(
            _(
                "{share:.0%} of the pieces are unknown to {model}: do not trust what it finds."
            ).format(share=share, model=title_of(model_id))
        )
    if index.long:
        found.append(
            _("{count:,} lines are longer than the model reads: read in windows, averaged.").format(
                count=index.long
            )
        )
    return found


def hits_csv(model_id: str, index: LineIndex, vector: FloatArray) -> str:
    """Every line that was read, the nearest first, under where the numbers come from."""
    hits = index.nearest(vector, top=len(index.vectors))
    rows = [[hit.place + 1, round(hit.cosine, 6), hit.text] for hit in hits]
    return table_csv([["line", "cosine", "text"], *rows], provenance(model_id))


def _short(text: str) -> str:
    return text if len(text) <= SIGNS else f"{text[:SIGNS]}…"
