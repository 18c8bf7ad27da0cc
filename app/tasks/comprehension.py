"""The room Comprehension: the answer marked in its text, three ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import streamlit as st

from app import resources
from app.formulas import share as share_words
from app.frame import as_plain
from app.navigation import page_path
from app.other_models import is_of_kind
from app.tasks.links import answer_links
from app.tasks.look import Look
from app.tasks.take_away import show_take_away
from app.tasks.ways import show_ways
from components.tables import table
from core.language import _
from core.tasks import Answer, Way
from core.tasks.comprehension import Passage, ReadingAnswer

AROUND: Final = 240
"""Characters of a long text that are shown on both sides of the answer."""
_SHOWN: Final = 60


def show(look: Look) -> None:
    """The answer of each way, marked where it stands, then many texts at once."""
    if look.text.strip() and not look.second.strip():
        st.error(_("There is no question: ask one."))
        return
    hows: dict[Way, str] = {
        "built-in": _("the sentence most like the question"),
        "prompted": _("the words of the text that the model would answer with"),
        "tuned": _("a head that learnt where answers begin and end"),
    }
    show_ways(
        look, hows, _draw, candidates=_candidates, links=answer_links, missing={"tuned": _missing}
    )
    show_take_away(look)


def _draw(_look: Look, _way: Way, answer: Answer) -> None:
    found = cast("ReadingAnswer", answer)
    if found.found and found.passages:
        st.markdown(marked(found.text, found.passages[0]))
    else:
        said = _("Not in the text")
        st.markdown(f"**{said}** · {found.none:.3f}")
    rows = [(_short(found.text[one.start : one.end]), one.probability) for one in found.passages]
    rows.append((_("not in the text"), found.none))
    rows.sort(key=lambda row: -row[1])
    st.markdown(
        table((_("answer"), _("probability")), [(said, share_words(each)) for said, each in rows])
    )


def marked(text: str, passage: Passage) -> str:
    """The text around the answer as Markdown, with the answer in colour and its probability."""
    first, last = max(0, passage.start - AROUND), min(len(text), passage.end + AROUND)
    before, after = (
        _line(part) for part in (text[first : passage.start], text[passage.end : last])
    )
    answer = _line(text[passage.start : passage.end])
    start, end = "…" if first else "", "…" if last < len(text) else ""
    shown = f":orange-background[**{answer}** {passage.probability:.3f}]"
    return f"{start}{before}{shown}{after}{end}"


def _line(text: str) -> str:
    """Text that Markdown leaves as it is, in one line; spaces at its ends stay."""
    return as_plain(text.replace("\n", " "))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def _candidates(_look: Look, way: Way) -> Mapping[str, str]:
    if way == "tuned":
        return {name: name for name in resources.records().known_models()}
    kinds = ("encoder", "masked") if way == "built-in" else ("causal",)
    return {
        name: title
        for name, title in resources.available_models().items()
        if any(is_of_kind(name, kind) for kind in kinds)
    }


def _missing() -> None:
    """No model for this comes with Headlight: where to get one."""
    st.info(
        _(
            "No model that learnt to find answers comes with Headlight, and Train has no run for "
            "it yet. Fetch one on the page Models, by its hub name or from a folder: any that "
            "transformers calls “ForQuestionAnswering”, such as one tuned on SQuAD. Then choose "
            "it here."
        )
    )
    st.page_link(page_path("models"), label=_("Open Models"), icon=":material/download:")
