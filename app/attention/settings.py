"""How a head is drawn: as matrix or lines, which part of it, or many heads as one."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.attention.state import ATTENTION, HEAD_CHOICES
from components.controls import choose_view
from core.attention import AttentionOverview, AttentionRegion, attention_region, combined_heads
from core.attention.recording import FloatArray
from core.attention.region import Part, second_text_start
from core.export.script import Heads
from core.language import _

DRAW, HEADS, PART, SPECIAL, RENORMALISE = (
    ATTENTION.key(name) for name in ("draw", "heads", "part", "special", "renormalise")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the settings ask for; ``heads`` is one of ``app.state.HEAD_CHOICES``."""

    heads: Heads
    part: Part
    specials: bool
    renormalise: bool

    @property
    def one_head(self) -> bool:
        """Whether the picture is of the chosen head alone."""
        return self.heads == "one"


def choose_drawing() -> str:
    """Matrix or lines."""
    names = {"matrix": _("Matrix"), "lines": _("Lines")}
    return choose_view(_("Drawn as"), names, key=DRAW)


def settings(overview: AttentionOverview) -> None:
    """The settings, folded away."""
    with st.popover(_("Settings"), icon=":material/tune:"):
        st.selectbox(
            _("Heads in the picture"),
            HEAD_CHOICES,
            format_func=head_choices().__getitem__,
            key=HEADS,
            persist_state="session",
        )
        if _paired(overview):
            st.selectbox(
                _("Part of the pair"),
                _parts(),
                format_func=_parts().__getitem__,
                key=PART,
                persist_state="session",
            )
        st.toggle(_("Show special tokens"), key=SPECIAL, persist_state="session")
        st.toggle(
            _("Renormalise: each row of what is shown sums to 1"),
            key=RENORMALISE,
            persist_state="session",
        )


def chosen_options(overview: AttentionOverview) -> Options:
    """The settings as they are, as far as they fit this overview."""
    session = st.session_state
    return Options(
        heads=session[HEADS],
        part=session[PART] if _paired(overview) else "all",
        specials=bool(session[SPECIAL]),
        renormalise=bool(session[RENORMALISE]),
    )


def drawn(overview: AttentionOverview, place: tuple[int, int], options: Options) -> AttentionRegion:
    """The part of a head, or of the heads taken together, that the settings ask for.

    Raises InputError where nothing is left of it.
    """
    return attention_region(
        _weights(overview, place, options.heads),
        overview.query_tokens,
        part=options.part,
        specials=options.specials,
        renormalise=options.renormalise,
        key_tokens=overview.key_tokens if overview.stack == "cross" else None,
    )


def is_whole(region: AttentionRegion, overview: AttentionOverview, options: Options) -> bool:
    """Whether it is one head, and all of it."""
    every = len(overview.query_tokens), len(overview.key_tokens)
    return options.one_head and not options.renormalise and region.weights.shape == every


def _paired(overview: AttentionOverview) -> bool:
    return overview.stack == "self" and second_text_start(overview.key_tokens) is not None


def _weights(overview: AttentionOverview, place: tuple[int, int], heads: str) -> FloatArray:
    which, _underscore, how = heads.partition("_")
    if which == "one":
        return overview.attention.head(*place)
    layers = [place[0]] if which == "layer" else overview.layers
    places = [(layer, head) for layer in layers for head in overview.heads]
    return combined_heads(overview.attention, places, how="max" if how == "max" else "mean")


def head_choices() -> dict[str, str]:
    """What the picture can be made of."""
    return {
        "one": _("The chosen head"),
        "layer_mean": _("Mean over the heads of its layer"),
        "layer_max": _("Maximum over the heads of its layer"),
        "all_mean": _("Mean over all heads"),
        "all_max": _("Maximum over all heads"),
    }


def _parts() -> dict[str, str]:
    return {
        "all": _("All of it"),
        "aa": _("First text → first text"),
        "ab": _("First text → second text"),
        "ba": _("Second text → first text"),
        "bb": _("Second text → second text"),
    }
