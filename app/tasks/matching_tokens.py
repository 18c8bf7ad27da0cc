"""How like each token of the text is to each token of another: a matrix of cosines."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.facts import of_model, source_line
from app.frame import as_plain
from app.notes import note_cut
from app.tasks.look import Look
from components.views.matrices import Block, Matrix, Scene, matrices
from core.embedding.sentences import embed_texts
from core.language import _
from core.tasks.lines import split_lines
from core.tasks.token_similarity import token_similarity

LIMIT = 48
"""Tokens of each text: more cells cannot be told apart."""
MOST_CHOICES = 50
SIGNS = 80


def show_tokens(look: Look) -> None:
    """The text against one of its candidates, chosen here; at first the most like it."""
    model_id = look.model("built-in") or "minilm-l6"
    resources.require_known(model_id)
    lines = split_lines(look.second)[:MOST_CHOICES]
    if not look.text.strip() or not lines:
        st.info(_("Two texts are needed: type both above."))
        return
    chosen = lines[0]
    if len(lines) > 1:
        cosines = of_model(
            model_id,
            ("likest", look.text, lines),
            lambda model: _cosines(embed_texts(model, [look.text, *lines]).vectors),
        )
        order = sorted(range(len(lines)), key=lambda place: -cosines[place])
        chosen = st.selectbox(
            _("Compared with"),
            [lines[place] for place in order],
            format_func=lambda line: line if len(line) <= SIGNS else f"{line[:SIGNS]}…",
            key="tasks.tokens_of",
        )
    found = of_model(
        model_id,
        ("tokens alike", look.text, chosen),
        lambda model: token_similarity(model, look.text, chosen, limit=LIMIT),
    )
    for tokens in (found.first, found.second):
        note_cut(tokens)
    scene = Scene(
        matrices=(
            Matrix(
                symbol="cos",
                values=found.cosines,
                rows=found.first_labels,
                columns=found.second_labels,
                note=_("cosine of two tokens' vectors in the last layer"),
            ),
        ),
        relations=(),
        blocks=(Block(kind="row", matrices=(0,)),),
    )
    label = _("How alike the tokens of both texts are")
    matrices(scene, key="tasks_token_matrix", label=label, source=source_line(model_id))
    said = _(
        "Mean of the rows' largest: {recall:.3f} (does the second text cover the first?); of the "
        "columns' largest: {precision:.3f}. BERTScore's recall and precision, without idf."
    ).format(recall=found.recall, precision=found.precision)
    st.markdown(f":small[{as_plain(said)}]")


def _cosines(vectors) -> list[float]:  # noqa: ANN001
    return [float(each) for each in vectors[1:] @ vectors[0]]
