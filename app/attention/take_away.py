"""Take away: the numbers as CSV and NPZ, the heads as one HTML file, and the script behind them.

PNG and SVG are saved where a picture is drawn: in the browser. A file is made when it is asked
for, out of what is cached: the session itself holds no weights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from app import resources
from app.attention.effects import Answer, Question
from app.attention.look import Chosen, Look
from app.attention.settings import Options, drawn
from app.facts import provenance
from app.notes import label_words, sink_label
from components.export.offline_page import offline_page
from core.attention import AttentionOverview
from core.attention.places import Stack
from core.export import (
    NPZ_LIMIT,
    ablation_script,
    attention_npz,
    attention_script,
    generated_script,
    head_csv,
    npz_bytes,
    values_csv,
)
from core.language import DEFAULT_LANGUAGE, _, current_language, speaking

Maker = tuple[str, str, str, Callable[[], str | bytes]]
"""A label, a file name, a MIME type, and what makes the file."""

_UNSAFE: Final = re.compile(r"[^\w.-]+")


def take_away(look: Look, overview: AttentionOverview, chosen: Chosen, options: Options) -> None:
    """The menu of what can be taken away of the text at hand."""
    stack = overview.stack
    name = _file_name(look, chosen)
    layers = [chosen.layer] if npz_bytes(overview.capture) > NPZ_LIMIT else None
    words, sinks = label_words(), sink_label(overview)
    makers: list[Maker] = [
        (
            _("Weights shown, as CSV"),
            f"{name}.csv",
            "text/csv",
            lambda: _csv(look, look.overview(stack), chosen, options),
        ),
        (
            _("Weights of all heads, as NPZ")
            if layers is None
            else _("Weights of layer {layer}, as NPZ").format(layer=chosen.layer),
            f"{name}.npz",
            "application/octet-stream",
            lambda: attention_npz(
                look.overview(stack).capture, provenance(look.model), layers=layers
            ),
        ),
        (
            _("All heads, as one HTML file"),
            f"{name}.html",
            "text/html",
            lambda: offline_page(
                look.overview(stack),
                provenance(look.model),
                model=look.title,
                text=look.text,
                pair=look.pair or None,
                selected=chosen.place,
                words=words,
                sink_label=sinks,
            ),
        ),
    ]
    _offer(
        makers,
        attention_script(
            look.model,
            look.text,
            look.pair or None,
            layer=chosen.layer,
            head=chosen.head,
            stack=stack,
            heads=options.heads,
            part=options.part,
            specials=options.specials,
            renormalise=options.renormalise,
            limit=resources.VIEW_TOKENS,
            answer=_answer(look, overview),
            provenance=provenance(look.model),
        ),
    )


def take_away_effects(
    look: Look, overview: AttentionOverview, asked: Question, answer: Answer
) -> None:
    """The menu of the numbers of all heads; of those that are switched off also the script."""
    layers, heads, effects = overview.layers, overview.heads, answer.found.effects
    script = ablation_script(
        look.model,
        look.text,
        look.pair or None,
        target=answer.target,
        replacement=asked.replace,
        language=asked.language or DEFAULT_LANGUAGE,
        stack=overview.stack,
        limit=resources.VIEW_TOKENS,
        answer=_answer(look, overview),
        provenance=provenance(look.model),
    )
    _offer(
        [
            (
                _("Numbers of all heads, as CSV"),
                f"{asked.effect}-{_model_name(look)}.csv",
                "text/csv",
                lambda: values_csv(effects, provenance(look.model), layers=layers, heads=heads),
            )
        ],
        script if asked.effect == "ablation" else "",
    )


def take_away_written(look: Look, chosen: Chosen, count: int, stack: Stack) -> None:
    """The script that lets the model write the same and prints what it looked at."""
    _offer(
        [],
        generated_script(
            look.model,
            look.text,
            layer=chosen.layer,
            head=chosen.head,
            stack=stack,
            max_new_tokens=count,
            provenance=provenance(look.model),
        ),
    )


def _answer(look: Look, overview: AttentionOverview) -> int | None:
    """How many tokens the model wrote at most, where the page let it write the target itself."""
    written = overview.capture.kind == "seq2seq" and not look.pair
    return resources.ANSWER_TOKENS if written else None


def _offer(makers: Sequence[Maker], script: str) -> None:
    """The menu: files, each made when it is asked for, and the script that prints the numbers."""
    language = current_language()
    with st.popover(_("Take away"), icon=":material/download:"):
        for label, file, kind, make in makers:
            st.download_button(
                label,
                data=_speaking(language, make),
                file_name=file,
                mime=kind,
                key=f"attention_take_{kind}",
                on_click="ignore",
                width="stretch",
            )
        pictures = _("PNG and SVG: the button Save under each picture.")
        st.markdown(f":small[{pictures}]")
        if script:
            heading = _("Copy as Python")
            st.markdown(f"**{heading}**")
            st.code(script, language="python", width=520)


def _speaking(language: str, make: Callable[[], str | bytes]) -> Callable[[], str | bytes]:
    """``make`` in the language of the session: it is called in a thread that has none."""

    def made() -> str | bytes:
        with speaking(language):
            return make()

    return made


def _csv(look: Look, overview: AttentionOverview, chosen: Chosen, options: Options) -> str:
    region = drawn(overview, chosen.place, options)
    queries, keys = overview.query_tokens.labels, overview.key_tokens.labels
    return head_csv(
        region.weights,
        [queries[place] for place in region.queries],
        [keys[place] for place in region.keys],
        provenance(look.model),
        queries=region.queries,
        keys=region.keys,
    )


def _file_name(look: Look, chosen: Chosen) -> str:
    return f"attention-{_model_name(look)}-layer{chosen.layer}-head{chosen.head}"


def _model_name(look: Look) -> str:
    return _UNSAFE.sub("-", look.model.rsplit("/", 1)[-1])[:60]
