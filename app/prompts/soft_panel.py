"""The panel Soft prompt: vectors before the text are trained, and read as the words near them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.frame import as_plain, show_error
from app.navigation import page_path
from app.prompts.look import Look
from app.prompts.runs_of import start_run
from app.prompts.state import PROMPTS
from app.prompts.tables import rows_title
from app.prompts.training import tuning_spec
from app.train.runs_words import state_word
from app.train.store import runs
from app.waiting import waited
from app.walk import problem
from components.controls import choose_model, choose_view
from components.tables import table
from core.errors import HeadlightError
from core.language import _

if TYPE_CHECKING:
    from core.prompts.soft import SoftPrompt
    from core.tuning.finetune import RunSpec

SOFT: Final = PROMPTS.key("soft")
_KEY: Final = "prompts.soft"
_WORDS: Final = 4
_SOFT_METHODS: Final = ("prompt", "pet-prompt")


def show_soft(look: Look) -> None:
    """A new soft prompt on the left, the words near a trained one on the right."""
    if said := problem():
        st.error(as_plain(said))
    left, right = st.columns([4, 8], gap="large")
    with left:
        _show_start(look)
    with right:
        _show_trained()


def _show_start(look: Look) -> None:
    for name, usual in (("count", 10), ("rows", 500), ("text", "")):
        st.session_state.setdefault(f"{_KEY}.{name}", usual)
    count = int(
        st.number_input(_("Virtual tokens"), 1, 100, key=f"{_KEY}.count", persist_state="session")
    )
    text = st.text_input(
        _("Virtual tokens begin as"),
        key=f"{_KEY}.text",
        placeholder=_("random vectors"),
        help=_("Words, repeated or cut to the number of virtual tokens; left empty, at random."),
        persist_state="session",
    )
    rows = int(
        st.number_input(
            _("Labelled rows (0: all)"), 0, 100_000, key=f"{_KEY}.rows", persist_state="session"
        )
    )
    spec: RunSpec | None = None
    made = look.table()
    try:
        spec = tuning_spec(look, made, "pet-prompt", limit=rows, text=text or "", virtual=count)
    except HeadlightError as error:
        show_error(error)
    st.button(
        _("Train"),
        key="prompts_soft_start",
        type="primary",
        icon=":material/model_training:",
        disabled=spec is None,
        on_click=start_run,
        args=(
            spec,
            " · ".join((_("Soft prompt"), rows_title(look, made), look.title)),
            look.model,
            "",
        ),
    )
    said = _(
        "Only these vectors are trained, tokens × hidden numbers; the model and the template of "
        "Build stay as they are. It is a run like any other: watch it on the page Train."
    )
    st.markdown(f":small[{as_plain(said)}]")


def _show_trained() -> None:
    from core.tuning.kept import kept_models

    soft = [record for record in runs().list() if _is_soft(record.spec)]
    for record in soft:
        if record.state in ("queued", "running"):
            said = _("“{name}” is {state}.").format(
                name=record.name, state=state_word(record.state)
            )
            st.page_link(
                page_path("train"),
                label=as_plain(said),
                icon=":material/model_training:",
                query_params={"tab": "runs", "run": record.id},
            )
    done = {
        kept.name: f"{kept.record.name} · {kept.record.id[:4]}"
        for kept in kept_models(runs())
        if _is_soft(kept.record.spec)
    }
    if not done:
        st.info(_("No soft prompt is trained yet: when one is, its vectors stand here."))
        return
    if st.session_state.get(SOFT) not in done:
        st.session_state[SOFT] = next(iter(done))
    name = choose_model(_("Trained soft prompts"), done, key=SOFT)
    measures = {"cosine": _("By angle"), "euclidean": _("By distance")}
    measure = choose_view(_("Nearest"), measures, key=PROMPTS.key("measure_by"))

    def read(_progress: object, _stop: object) -> SoftPrompt:
        from core.prompts.soft import soft_tokens

        with resources.pool().lease(resources.require_known(name)) as model:
            return soft_tokens(model, top_k=_WORDS, measure=measure)  # type: ignore[arg-type]

    job = waited((name, "soft", measure), "prompts_soft_words", _("Looking for words"), read)
    if job is not None and job.value is not None:
        _show_words(job.value)


def _is_soft(spec: str) -> bool:
    return any(f'"method": "{method}"' in spec for method in _SOFT_METHODS)


def _show_words(found: SoftPrompt) -> None:
    said = _(
        "A word lies {distance:.2f} from the word nearest to it (cosine {cosine:.2f}), and is "
        "{length:.2f} long; both are medians. Vectors that lie further off are no words."
    ).format(distance=found.word_distance, cosine=found.word_cosine, length=found.word_length)
    st.markdown(as_plain(said))
    heads = (_("vector"), _("nearest words"), _("cosine"), _("distance"), _("length"))
    st.markdown(
        table(
            heads,
            [
                (
                    f"[V{token.number}]",
                    "  ".join(word.strip() or repr(word) for word in token.words),
                    f"{token.cosines[0]:.2f}",
                    f"{token.distances[0]:.2f}",
                    f"{token.length:.2f}",
                )
                for token in found.tokens
            ],
        )
    )
