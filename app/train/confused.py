"""A confusion matrix as the panels of a run show it: the commonest labels, all others together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from components.views.confusion import confusion
from core.language import _
from core.tuning.outcome import commonest_labels
from core.tuning.outcome.predictions import Counts

MOST: Final = 20
"""More labels are not told apart."""


def show_confused(
    counts: Counts,
    names: Sequence[str],
    *,
    key: str,
    before: Counts | None = None,
    source: str = "",
) -> None:
    """``counts`` [right, predicted] of the labels ``names``, beside those of before the first step.

    Where there are more than ``MOST`` labels, the commonest are shown.
    """
    found, places = commonest_labels(counts, names, MOST)
    shown = [names[place] for place in places]
    rest = len(names) - len(shown)
    if rest:
        shown.append(_("{count} others").format(count=rest))
    confusion(
        found,
        shown,
        key=key,
        label=_("Confusion matrix of the rows held out"),
        before=None if before is None or rest else before,
        before_label=_("before the first step"),
        source=source,
    )
    if rest:
        said = _("Of {count} labels, the {most} commonest.").format(count=len(names), most=MOST)
        st.markdown(f":small[{said}]")
