"""Spread: how much the figure moves with what should not matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.charts import palette_now, show_chart
from app.frame import as_plain
from app.prompts.asking import ask_now, key_of, shown_rows
from app.prompts.look import Look
from app.prompts.rows import choose_rows, start, was_started
from app.prompts.state import PROMPTS, SPREADS
from app.waiting import note_stopped, waited
from components.figures.interval_dots import Dot, interval_dots
from core.errors import InputError
from core.jobs import Compute, Progress, Stop
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation, PromptTable
    from core.prompts.writing import Demonstrations

PANEL: Final = "spread"
VARIATIONS: Final = 6
Variation = tuple[str, "Look", "Demonstrations"]


def show_spread(look: Look) -> None:
    """What is varied, the button, and a dot for each variation."""
    names = {
        "words": _("the words of the labels"),
        "order": _("the order of the demonstrations"),
        "seed": _("the seed that picks demonstrations"),
    }
    what = st.selectbox(
        _("What is varied"),
        SPREADS,
        format_func=names.__getitem__,
        key=PROMPTS.key("spread"),
        persist_state="session",
    )
    table, places = choose_rows(look)
    problem = _problem(look, what)
    if problem:
        st.info(problem)
        return
    variations = _variations(look, table, what)
    key = (look.model, "spread", what, key_of(look, places))
    st.button(
        _("Run {count} variations").format(count=len(variations)),
        key="prompts_run_spread",
        type="primary",
        icon=":material/play_arrow:",
        on_click=start,
        args=(PANEL, key, look),
    )
    if not was_started(PANEL, key):
        return
    jobs = resources.table_jobs()
    text = _("Asking {cells} times about {count:,} rows").format(
        cells=len(variations), count=len(places)
    )
    job = waited(key, "prompts_spread", text, _running(variations, table, places), among=jobs)
    if job is not None and job.value:
        note_stopped(job, "prompts_spread", lambda: jobs.forget(key))
        show_dots([name for name, *_rest in variations], job.value, key="prompts_spread_plot")


def show_dots(names: Sequence[str], found: Sequence[PromptEvaluation], *, key: str) -> None:
    """A dot for each variation, and the range they make beside the noise of one."""
    from core.prompts.spread import Spread
    from core.tuning.outcome.intervals import wilson

    dots = []
    for name, one in zip(names, found, strict=False):
        low, high = wilson(int(one.correct.sum()), one.labelled)
        dots.append(Dot(name=name, value=one.accuracy, low=low, high=high))
    show_chart(
        interval_dots(dots, palette=palette_now(), value_name=_("accuracy")),
        key=key,
        alt=_("Accuracy of each variation with its 95 % interval"),
    )
    spread = Spread(names=tuple(names), values=tuple(one.accuracy for one in found))
    half = max((dot.high - dot.low) / 2 for dot in dots)
    said = _(
        "From {low:.3f} to {high:.3f}, mean {mean:.3f}, standard deviation {deviation:.3f}; one "
        "figure alone is uncertain by ±{half:.3f}. Nobody may report the best of these: it was "
        "chosen on the rows that it is measured on."
    ).format(
        low=spread.lowest,
        high=spread.highest,
        mean=spread.mean,
        deviation=spread.deviation,
        half=half,
    )
    st.markdown(as_plain(said), width=680)


def order_variations(look: Look, table: PromptTable) -> list[Variation]:
    """The same demonstrations in several orders."""
    from core.prompts.spread import orders

    shown = shown_rows(look, table)
    if callable(shown):
        raise InputError(_("The nearest demonstrations differ from row to row: pick others."))
    return [
        (_("as they are") if number == 0 else _("order {number}").format(number=number), look, each)
        for number, each in enumerate(orders(shown, VARIATIONS, seed=look.seed))
    ]


def _problem(look: Look, what: str) -> str:
    if what == "words" and all(len(own) == 1 for own in look.verbalizer().mapping.values()):
        return _("Each label has one word: give some of them several, under Build.")
    if what != "words" and look.picking in {"none", "nearest"}:
        return _("There are no demonstrations to vary: choose some under Build, Settings.")
    if what == "seed" and look.picking == "hand":
        return _("Demonstrations chosen by hand depend on no seed.")
    return ""


def _variations(look: Look, table: PromptTable, what: str) -> list[Variation]:
    from core.prompts import written_verbalizer
    from core.prompts.spread import one_word_each, seeds

    if what == "order":
        return order_variations(look, table)
    if what == "seed":
        looks = [look.changed(seed=seed) for seed in seeds(look.seed, VARIATIONS)]
        return [
            (_("seed {seed}").format(seed=each.seed), each, shown_rows(each, table))
            for each in looks
        ]
    shown = shown_rows(look, table)
    return [
        (
            " / ".join(each.words),
            look.changed(words=written_verbalizer(each)),
            shown,
        )
        for each in one_word_each(look.verbalizer())
    ]


def _running(
    variations: Sequence[Variation], table: PromptTable, places: Sequence[int]
) -> Compute[list[PromptEvaluation]]:
    def run(progress: Progress, stop: Stop) -> list[PromptEvaluation]:
        found: list[PromptEvaluation] = []
        total = len(variations) * len(places)
        for number, (_name, look, shown) in enumerate(variations):
            begun = number * len(places)

            def told(done: int, _all: int, begun: int = begun) -> None:
                progress(begun + done, total)

            one = ask_now(look, table, places, shown, told, stop)
            if not one.complete:
                break
            found.append(one)
        return found

    return run


def run_variations(
    variations: Sequence[Variation], table: PromptTable, places: Sequence[int]
) -> Compute[list[PromptEvaluation]]:
    """The job of the panel Demonstrations, which varies the order too."""
    return _running(variations, table, places)
