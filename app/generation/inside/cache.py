"""What the KV cache holds for the tokens so far, and what it saves."""

from __future__ import annotations

import streamlit as st

from app.branches import Path
from app.generation.look import Look
from app.generation.run import at, token_ids
from app.generation.settings import seed_now
from components.tables import table
from core.device import human_size
from core.generation import CacheTiming
from core.language import _


def show_cache(look: Look, path: Path) -> None:
    """Shape and bytes, the formula with its numbers, and the time with and without it."""
    seed = seed_now()
    facts = at(look, path, seed, lambda session: session.cache_facts())
    layers, heads, tokens, dim = facts.shape
    lines = [
        (_("keys, and values likewise"), f"[{layers}, {heads}, {tokens:,}, {dim}]"),
        (_("number format"), facts.dtype),
        (_("one token more takes"), human_size(facts.bytes_per_token)),
        (_("all of it"), human_size(facts.nbytes)),
        (_("now in memory"), _("yes") if facts.held else _("no, made again when needed")),
    ]
    if facts.window is not None:
        lines.append((_("some layers keep the last"), f"{facts.window:,}"))
    if facts.source_nbytes:
        lines.append((_("of the source besides"), human_size(facts.source_nbytes)))
    st.markdown(table((_("KV cache"), _("[layer, head, token, dimension]")), lines))
    _show_timing(look, path, seed)
    said = _(
        "Keys and values of all tokens before are kept, so that a step computes those of one new "
        "token only. The cache is held within a bound that all sessions share, and given back "
        "after ten minutes without a step."
    )
    st.markdown(f":small[{said}]", width=680)


def _show_timing(look: Look, path: Path, seed: int) -> None:
    """The time of one step both ways, measured when it is asked for."""
    key = ("generation timing", look.model, look.text, token_ids(path))
    if st.button(_("Measure a step with and without it"), key="generation_measure"):
        st.session_state["generation._timing"] = (
            key,
            at(look, path, seed, lambda session: session.cache_timing()),
        )
    found = st.session_state.get("generation._timing")
    if found is None or found[0] != key:
        return
    timing: CacheTiming = found[1]
    st.markdown(
        _("With the cache {with_cache} ms, without {without} ms: {times} times as long.").format(
            with_cache=f"{timing.with_cache * 1000:.1f}",
            without=f"{timing.without_cache * 1000:.1f}",
            times=f"{timing.without_cache / timing.with_cache:.1f}",
        )
    )
