"""Home: one sentence, one head, the map from theory to practice, and what is loaded."""

from __future__ import annotations

import streamlit as st

from app import resources
from app.examples import examples
from app.frame import as_plain, framed
from app.links import open_link, publish_link
from app.model_room import draw_memory
from app.navigation import page_path
from app.notes import head_title, home_text, sink_label
from app.state import HOME
from app.theory import map_nodes, page_of
from components.chips import chips_of
from components.views.attention_head import attention_head
from components.views.theory_map import theory_map
from components.views.token_strip import token_strip
from core.language import _

EXAMPLE = examples()


@framed
def show_first_head() -> None:
    """The sentence as chips coloured by one head, that head as a picture, and what it says."""
    models = resources.available_models()
    sentence = EXAMPLE.sentence.format(word=st.session_state[HOME.key("word")])
    overview = resources.attention_overview(EXAMPLE.model, sentence)
    tokens = overview.capture.tokens
    place = EXAMPLE.head
    focus = tokens.texts.index(EXAMPLE.focus)
    weights = overview.capture.head(*place)
    token_strip(
        chips_of(tokens, values=weights[focus]),
        key="home_sentence",
        label=sentence,
        selected=focus,
        value_label=_("attention from “{token}”").format(token=EXAMPLE.focus),
        legend=False,  # the picture below has it
    )
    left, right = st.columns([7, 5], gap="large")
    with left:
        attention_head(
            weights,
            tokens.labels,
            tokens.labels,
            key="home_head",
            title=head_title(overview, place),
            causal=overview.capture.causal,
            sink_columns=overview.sink_positions,
            sink_label=sink_label(overview),
            special_queries=overview.special_positions,
            special_keys=overview.special_positions,
            selected_query=focus,
        )
    with right:
        st.segmented_control(
            _("The last word"),
            list(EXAMPLE.words),
            key=HOME.key("word"),
            persist_state="session",
            required=True,
        )
        st.markdown(home_text(overview, place, focus), width=680)
        label = _("All heads of this sentence")
        st.page_link(
            page_path("attention"),
            label=f":primary[**{label}**]",
            icon=":material/arrow_forward:",
            query_params={
                "model": EXAMPLE.model,
                "text": sentence,
                "view": "all",
                "layer": str(place[0]),
                "head": str(place[1]),
            },
        )
        st.markdown(f":small[{models[EXAMPLE.model]} · {as_plain(head_title(overview, place))}]")


open_link(HOME)
show_first_head()
st.header(_("From theory to practice"), anchor=False)
chosen = theory_map(*map_nodes(), key="home_map", label=_("From theory to practice"))
if chosen is not None:
    st.switch_page(page_path(page_of(chosen)))
st.header(_("On this machine"), anchor=False)
draw_memory()
publish_link(HOME)
