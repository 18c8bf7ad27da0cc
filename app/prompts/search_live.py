"""One search as it goes: its curve, the best so far with its score apart, and what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from app.charts import palette_now, show_chart
from app.csv_download import offer_csv
from app.frame import as_plain, framed
from app.prompts.opening import bring, run_all_if_asked, words_text
from app.prompts.runs_of import ACTIVE, TICK, show_buttons
from app.prompts.state import PROMPTS
from app.train.runs_words import state_word
from app.train.store import is_another_s_upload, runs
from components.figures.search_curve import SearchTry, search_curve
from components.tables import table
from core.language import _
from core.tuning.runs import RunRecord, ensure_worker

if TYPE_CHECKING:
    from core.prompts.search import Candidate, PromptSearchSpec, Scored

SEARCH: Final = PROMPTS.key("search")
_SHOWN: Final = 8
_CHOICES: Final = 50

Tried = Sequence["tuple[Candidate, Scored | None]"]


def show_search(run_id: str) -> None:
    """The search, anew every second while it goes on."""
    record = runs().get(run_id)
    live = st.fragment(_show_live, run_every=TICK if record.state in ACTIVE else None)
    live(run_id, record.state)


@framed
def _show_live(run_id: str, state: str) -> None:
    from core.prompts.search import PromptSearchSpec, read_candidates

    run_all_if_asked()
    ensure_worker(runs())
    record = runs().get(run_id)
    if record.state != state:
        st.rerun()  # the timer goes, other buttons come
    spec = PromptSearchSpec.from_json(record.spec)
    tried = read_candidates(record.folder)
    _show_state(record, len(tried), len(tried) if record.state == "done" else spec.tries)
    if not tried:
        return
    st.markdown(as_plain(best_sentence(tried)))
    _show_curve(tried, run_id)
    order = sorted(tried, key=lambda each: each[0].score.merit, reverse=True)
    _show_table(order[:_SHOWN])
    _show_choice(order[:_CHOICES], spec, locked=is_another_s_upload(record))
    offer_csv(
        _("All tries (CSV)"),
        lambda: as_csv(tried, spec.model),
        name="search",
        model=spec.model,
        key="prompts_search_csv",
    )


def _show_state(record: RunRecord, done: int, total: int) -> None:
    left, right = st.columns([7, 5], vertical_alignment="center")
    said = _("{done} of {total} tries; the search is {state}.").format(
        done=done, total=total, state=state_word(record.state)
    )
    if record.state == "done":
        left.markdown(f":small[{as_plain(said)}]")
    else:
        left.progress(min(1.0, done / max(1, total)), text=as_plain(said))
    with right:
        show_buttons(record, "prompts_search")
    if record.message:
        st.warning(as_plain(record.message))


def best_of(tried: Tried) -> Candidate:
    """The best so far: of equal ones the first."""
    return max(
        (candidate for candidate, _apart in tried),
        key=lambda each: (each.score.merit, -each.number),
    )


def best_sentence(tried: Tried) -> str:
    """The best on the rows it was searched on, and beside it what it was worth on others."""
    best = best_of(tried)
    apart = next((found for candidate, found in tried if candidate == best), None)
    low, high = best.score.interval
    said = _(
        "Best of {tries} tries: {accuracy:.3f} on the {count} rows that it was searched on "
        "({low:.3f} – {high:.3f})."
    ).format(
        tries=len(tried),
        accuracy=best.score.accuracy,
        count=best.score.count,
        low=low,
        high=high,
    )
    if apart is None:
        return said
    low, high = apart.interval
    return (
        said
        + " "
        + _(
            "On {count} rows that the search never saw: {accuracy:.3f} ({low:.3f} – {high:.3f}); "
            "trust this one."
        ).format(count=apart.count, accuracy=apart.accuracy, low=low, high=high)
    )


def _show_curve(tried: Tried, run_id: str) -> None:
    tries, best = [], 0.0
    leading: tuple[int, float] | None = None
    for candidate, apart in tried:
        if leading is None or candidate.score.merit > leading:
            leading, best = candidate.score.merit, candidate.score.accuracy
        tries.append(
            SearchTry(
                number=candidate.number,
                score=candidate.score.accuracy,
                best=best,
                held_out=None if apart is None else apart.accuracy,
                name=candidate.made[:60].replace("<", "‹"),
            )
        )
    palette = palette_now()
    show_chart(
        search_curve(
            tries,
            palette=palette,
            tries_name=_("tries"),
            score_name=_("accuracy"),
            best_name=_("best so far"),
            try_name=_("one try"),
            held_out_name=_("best, on rows apart"),
        ),
        key=f"prompts_search_curve_{run_id}",
        alt=_("Accuracy of each try, of the best so far, and of the best on rows apart"),
    )


def _show_table(order: Tried) -> None:
    heads = (_("try"), _("template"), _("accuracy"), _("loss"), _("on rows apart"))
    st.markdown(
        table(
            heads,
            [
                (
                    str(candidate.number),
                    candidate.template,
                    f"{candidate.score.accuracy:.3f}",
                    f"{candidate.score.loss:.3f}",
                    "–" if apart is None else f"{apart.accuracy:.3f}",
                )
                for candidate, apart in order
            ],
        )
    )


def _show_choice(order: Tried, spec: PromptSearchSpec, *, locked: bool) -> None:
    names = {each.number: f"{each.score.accuracy:.3f} · {each.template}" for each, _apart in order}
    left, right = st.columns([8, 4], vertical_alignment="bottom")
    number = left.selectbox(
        _("A template to go on with"),
        list(names),
        format_func=lambda each: names.get(each, str(each)),
        key="prompts_search_choice",
    )
    chosen = next((each for each, _apart in order if each.number == number), order[0][0])
    right.button(
        _("Open in Build"),
        key="prompts_search_open",
        icon=":material/edit_note:",
        width="stretch",
        disabled=locked,
        on_click=_open,
        args=(chosen.template, spec),
    )


def _open(template: str, spec: PromptSearchSpec) -> None:
    bring(
        {
            "template": template,
            "words": words_text(dict(spec.words)),
            "model": spec.model,
            "dataset": spec.dataset,
            "file": spec.file,
            "calibrate": False,
            "picking": "none",
            "chat": False,
        }
    )


def as_csv(tried: Tried, model: str) -> str:
    """Every try with its scores."""
    from core.export import facts_csv

    head = ("try", "template", "made", "right", "rows", "loss", "right_apart", "rows_apart")
    rows: list[tuple[object, ...]] = [head]
    for candidate, apart in tried:
        score = candidate.score
        others = (None, None) if apart is None else (apart.right, apart.count)
        rows.append(
            (
                *(candidate.number, candidate.template, candidate.made),
                *(score.right, score.count, score.loss, *others),
            )
        )
    return facts_csv(rows, [("model", model)])
