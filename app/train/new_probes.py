"""What a new run looks into on its way: texts and heads, or those that it chooses by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, TypeVar

import streamlit as st

from core.errors import InputError
from core.language import _
from core.tuning.finetune import RunSpec
from core.tuning.pretrain import PretrainSpec
from core.tuning.probes import ProbeSpec, ProbeText

BETWEEN: Final = "||"
"""What stands between the two texts of a pair."""
_HEAD: Final = re.compile(r"(\d+)\.(\d+)")
_PAIRED: Final = ("pair", "seq2seq")
Spec = TypeVar("Spec", RunSpec, PretrainSpec)


def with_probes(spec: Spec) -> Spec:
    """The spec with the probes that were chosen. Raises InputError for what cannot be."""
    learnt = spec.kind if isinstance(spec, RunSpec) else spec.objective
    st.markdown("**" + _("Probes") + "**")
    on = st.toggle(
        _("Look inside on the way"),
        value=True,
        key="train.new.probes.on",
        help=_("A few texts are looked into at a dozen steps; it changes nothing in the run."),
        persist_state="session",
    )
    if not on:
        return replace(spec, probes=ProbeSpec(enabled=False))
    texts = st.text_area(
        _("Texts, one a line"),
        key=f"train.new.probes.texts.{learnt}",
        placeholder=_("two of the rows held out"),
        help=_about(learnt),
        height=76,
        persist_state="session",
    )
    heads = st.text_input(
        _("Heads, as layer.head"),
        key="train.new.probes.heads",
        placeholder=_("those that show most, and of the last layer"),
        help=_("Both numbers count from 0; several with commas: 0.2, 5.10"),
        persist_state="session",
    )
    probes = ProbeSpec(
        texts=read_texts(texts or "", paired=learnt in _PAIRED), heads=read_heads(heads or "")
    )
    return replace(spec, probes=probes)


def read_texts(text: str, *, paired: bool = False) -> tuple[ProbeText, ...]:
    """A text for each line, of a pair with ``BETWEEN`` between its two texts.

    Raises InputError for a line that is no pair where there have to be pairs.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        first, sign, second = line.partition(BETWEEN) if paired else (line, "", "")
        if paired and not (first.strip() and sign and second.strip()):
            raise InputError(
                _("Line {number} of the probes is no pair: write both texts with {sign}.").format(
                    number=number, sign=BETWEEN
                )
            )
        found.append(ProbeText(text=first.strip(), second=second.strip()))
    return tuple(found)


def read_heads(text: str) -> tuple[tuple[int, int], ...]:
    """The heads that are named as “5.10”, with commas or spaces between them.

    Raises InputError, naming what is none.
    """
    found = []
    for part in re.split(r"[,，;\s]+", text.strip()):
        match = _HEAD.fullmatch(part)
        if part and match is None:
            raise InputError(
                _("“{text}” names no head: write layer and head as 5.10.").format(text=part[:40])
            )
        if match:
            found.append((int(match[1]), int(match[2])))
    return tuple(found)


def _about(learnt: str) -> str:
    """How a text is written for what is learnt."""
    if learnt == "masked":
        return _("[MASK] says what is to be predicted; without it one word is masked.")
    if learnt == "pair":
        return _("Both texts of a pair, with {sign} between them.").format(sign=BETWEEN)
    if learnt == "seq2seq":
        return _("A text and what is right for it, with {sign} between them.").format(sign=BETWEEN)
    if learnt in ("causal", "completion"):
        return _("The model goes on with each of them.")
    return _("Texts like those that are learnt from.")
