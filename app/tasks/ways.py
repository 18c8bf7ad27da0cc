"""Three answers side by side: built-in, prompted, tuned, each with what it comes from.

How an answer is drawn, its family knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from app import resources
from app.frame import as_plain, error_frame
from app.tasks.facts import facts_line
from app.tasks.links import link_to_training
from app.tasks.look import PARAMETERS, Answered, Look, answered, title_of
from app.tasks.state import TASKS
from core.errors import ModelNotFoundError
from core.language import _
from core.tasks import WAYS, Answer, Way

Draw = Callable[[Look, Way, Answer], None]
Links = Callable[[Look, Way, Answer], None]
Ask = Callable[[Look, Way], Answered | None]


def way_titles() -> dict[Way, str]:
    """What the ways are called."""
    return {"built-in": _("Built-in"), "prompted": _("Prompted"), "tuned": _("Tuned")}


def show_ways(
    look: Look,
    hows: Mapping[Way, str],
    draw: Draw,
    *,
    candidates: Callable[[Look, Way], Mapping[str, str]],
    links: Links | None = None,
    ask: Ask = answered,
    missing: Mapping[Way, Callable[[], None]] | None = None,
) -> None:
    """A column for each way.

    ``hows`` says in a few words what a way does; ``candidates`` are the models (id → title) that
    can be chosen in it; ``draw`` draws an answer, ``links`` lead from it to other pages. ``ask``
    gives the answer, or None where something stands in its place; ``missing`` says of a way what
    to do where no model answers in it.
    """
    if not look.text.strip():
        st.error(_("The text is empty: write or paste one above."))
        return
    for way, column in zip(WAYS, st.columns(len(WAYS), gap="medium"), strict=True):
        with column, st.container(border=True, key=f"tasks_way_{PARAMETERS[way]}"):
            st.markdown(f"**{way_titles()[way]}** :small[· {as_plain(hows[way])}]")
            with error_frame():
                _show_way(look, way, draw, candidates, links, ask, (missing or {}).get(way))


def _show_way(
    look: Look,
    way: Way,
    draw: Draw,
    candidates: Callable[[Look, Way], Mapping[str, str]],
    links: Links | None,
    ask: Ask,
    missing: Callable[[], None] | None,
) -> None:
    if not way_is_there(look, way):
        show_missing(look, way) if look.model(way) or missing is None else missing()
    else:
        found = ask(look, way)
        if found is not None:
            show_answer(look, way, found, draw, links)
    _choose_model(look, way, candidates(look, way))


def show_answer(look: Look, way: Way, found: Answered, draw: Draw, links: Links | None) -> None:
    """One answer, its facts, and the ways on from it."""
    answer = found.answers[0]
    if answer.problem:
        st.error(as_plain(answer.problem))
        return
    draw(look, way, answer)
    note = getattr(answer, "note", "")
    if note:
        st.warning(as_plain(note))
    st.markdown(f":small[{facts_line(look.task, way, look.model(way), found.seconds)}]")
    if links is not None:
        links(look, way, answer)


def show_missing(look: Look, way: Way) -> None:
    """Why nothing answers in this way, and what to do."""
    if look.model(way):
        said = _("{model} is not on this server yet.").format(model=as_plain(look.model(way)))
    elif way == "tuned":
        said = _("No model is tuned for this task yet: train one, then choose it below.")
    else:
        said = _("No built-in model answers this task.")
    st.info(said)
    if way == "tuned":
        link_to_training(look.task)


def way_is_there(look: Look, way: Way) -> bool:
    """Whether the model of ``way`` can be asked."""
    model_id = look.model(way)
    if not model_id:
        return False
    try:
        resources.require_known(model_id)
    except ModelNotFoundError:
        return False
    return True


def _choose_model(look: Look, way: Way, models: Mapping[str, str]) -> None:
    """Another model for this way; "" is the task's own."""
    key = TASKS.key(PARAMETERS[way])
    own = look.task.models.get(way, "")
    options = ["", *(name for name in models if name != own)]
    current = str(st.session_state.get(key, ""))
    if current not in options:
        options.append(current)
    if len(options) == 1:
        return

    def shown(name: str) -> str:
        if name:
            return models.get(name, name)
        return title_of(own) if own else _("none")

    with st.popover(_("Another model"), icon=":material/swap_horiz:", key=f"{key}_more"):
        st.selectbox(
            _("What answers"),
            options,
            key=key,
            persist_state="session",
            format_func=shown,
            on_change=lambda: None,
        )
