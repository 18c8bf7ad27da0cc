"""The matrix: prompts × models × settings over the same rows, with what is noise between cells."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from app import resources
from app.charts import palette_now, show_chart
from app.facts import model_kind
from app.frame import as_plain
from app.prompts.asking import ask_now, key_of, shown_rows
from app.prompts.look import Look
from app.prompts.recording import Known, recorded_now
from app.prompts.rows import choose_rows, start, was_started
from app.prompts.state import PROMPTS
from app.waiting import note_stopped, waited
from components.controls import choose_some
from components.figures.interval_dots import Dot, interval_dots
from components.tables import table
from core.jobs import Compute, Progress, Stop
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptEvaluation

PANEL: Final = "matrix"
MOST_MODELS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cell:
    """One prompt on one model in one setting."""

    prompt: str
    model: str
    setting: str
    evaluation: PromptEvaluation

    @property
    def name(self) -> str:
        """The cell in a line."""
        return f"{self.prompt} · {self.model} · {self.setting}"


def show_matrix(look: Look) -> None:
    """The models, the button, and the cells."""
    models = resources.available_models()
    fitting = [name for name in models if model_kind_or_none(name) in {"causal", "masked"}]
    chosen = choose_some(
        _("Models"),
        fitting,
        key=PROMPTS.key("models"),
        most=MOST_MODELS,
        shown=lambda name: models.get(name, name),
        placeholder=_("the model above"),
    ) or [look.model]
    _table, places = choose_rows(look)
    looks = _looks(look, chosen, models)
    for _prompt, _setting, each in looks:
        each.prompt()
        each.verbalizer()
    key = (look.model, "matrix", tuple(key_of(each, ()) for *_names, each in looks), places)
    st.button(
        _("Run {count} cells").format(count=len(looks)),
        key="prompts_run_matrix",
        type="primary",
        icon=":material/play_arrow:",
        on_click=start,
        args=(PANEL, key, look),
    )
    if was_started(PANEL, key):
        _show_run(looks, places, key)
        return
    known = recorded_now()
    if known is not None:
        st.info(as_plain(known.sentence(next(iter(known.cells)))))
        show_cells(recorded_cells(known))


def model_kind_or_none(name: str) -> str:
    """The kind of a model, by what its folder says; "" where it is not known without loading."""
    from core import catalogue

    entry = catalogue.find_model(name)
    return entry.kind if entry is not None else model_kind(name)


def recorded_cells(known: Known) -> list[Cell]:
    """The recorded cells, before calibration and after."""
    models = resources.available_models()
    cells = []
    for name, cell in known.cells.items():
        evaluation = known.found.evaluations[name]
        model = models.get(cell.model, cell.model)
        for setting, each in ((_("plain"), evaluation.before), (_("calibrated"), evaluation)):
            cells.append(Cell(prompt=cell.heading, model=model, setting=setting, evaluation=each))
    return cells


def show_cells(cells: Sequence[Cell]) -> None:
    """Accuracies with intervals, the best marked with what differs from it by noise only."""
    from core.prompts.comparison import SIGNIFICANT, significance
    from core.tuning.outcome.intervals import wilson

    evaluations = [cell.evaluation for cell in cells]
    p = significance(evaluations)
    best = max(range(len(cells)), key=lambda place: evaluations[place].accuracy)
    dots, lines = [], []
    for place, cell in enumerate(cells):
        one = cell.evaluation
        low, high = wilson(int(one.correct.sum()), one.labelled)
        same = place == best or p[best, place] >= SIGNIFICANT
        dots.append(
            Dot(
                name=cell.name,
                value=one.accuracy,
                low=low,
                high=high,
                marked=same,
                tick=str(place + 1),
            )
        )
        verdict = _("the best") if place == best else _("noise") if same else _("worse")
        lines.append(
            (
                str(place + 1),
                cell.prompt,
                cell.model,
                cell.setting,
                f"{one.accuracy:.3f}",
                f"{low:.3f}\u00a0–\u2060\u00a0{high:.3f}",
                "–" if place == best else f"{p[best, place]:.2g}",
                verdict,
                f"{one.seconds / max(len(one), 1):.3f}",
            )
        )
    show_chart(
        interval_dots(dots, palette=palette_now(), value_name=_("accuracy")),
        key="prompts_matrix_plot",
        alt=_("Accuracy of each cell with its 95 % interval"),
    )
    st.markdown(
        table(
            (
                *(_("no."), _("prompt"), _("model"), _("setting")),
                *(_("accuracy"), _("95 % interval")),
                *(_("p against the best"), _("verdict"), _("seconds a row")),
            ),
            lines,
        )
    )
    said = _(
        "p is McNemar's over the same rows, corrected for all {count} pairs of cells (Holm). Cells "
        "drawn as a diamond differ from the best by noise only. A small model's ranking of prompts "
        "may not carry over to another."
    ).format(count=len(cells) * (len(cells) - 1) // 2)
    st.markdown(f":small[{as_plain(said)}]", width=680)
    with st.expander(_("p of every pair"), key="prompts_pairs", on_change="rerun") as more:
        if more.open:
            st.markdown(
                table(
                    ("", *(str(place + 1) for place in range(len(cells)))),
                    [
                        (f"{at + 1} {cell.name}", *(f"{value:.2g}" for value in p[at]))
                        for at, cell in enumerate(cells)
                    ],
                )
            )


def _looks(
    look: Look, chosen: Sequence[str], models: dict[str, str]
) -> list[tuple[str, str, Look]]:
    """Each cell's prompt and setting by name, and its look; calibration comes with each."""
    session = st.session_state
    prompts = [(_("first prompt"), look.template, look.words)]
    other = str(session[PROMPTS.key("other")] or "")
    if other.strip() and other != look.template:
        words = str(session[PROMPTS.key("other_words")] or "")
        prompts.append((_("second prompt"), other, words))
    settings = [(_("no demonstrations"), "none")]
    if look.picking != "none":
        count = len(look.chosen) if look.picking == "hand" else look.shots
        settings.append((_("{count} demonstrations").format(count=count), look.picking))
    return [
        (
            prompt,
            setting,
            look.changed(
                model=model,
                title=models.get(model, model),
                template=template,
                words=words,
                picking=picking,
                calibrate=True,
            ),
        )
        for model in chosen
        for prompt, template, words in prompts
        for setting, picking in settings
    ]


def _show_run(
    looks: Sequence[tuple[str, str, Look]], places: tuple[int, ...], key: Hashable
) -> None:
    jobs = resources.table_jobs()
    text = _("Asking {cells} times about {count:,} rows").format(
        cells=len(looks), count=len(places)
    )
    job = waited(key, "prompts_matrix", text, _running(looks, places), among=jobs)
    if job is None or not job.value:
        return
    note_stopped(job, "prompts_matrix", lambda: jobs.forget(key))
    cells = []
    for (prompt, setting, look), found in zip(looks, job.value, strict=False):
        plain = found.before
        for name, each in ((setting, plain), (f"{setting}, {_('calibrated')}", found)):
            cells.append(Cell(prompt=prompt, model=look.title, setting=name, evaluation=each))
    show_cells(cells)


def _running(
    looks: Sequence[tuple[str, str, Look]], places: Sequence[int]
) -> Compute[list[PromptEvaluation]]:
    def run(progress: Progress, stop: Stop) -> list[PromptEvaluation]:
        found: list[PromptEvaluation] = []
        total = len(looks) * len(places)
        for number, (_prompt, _setting, look) in enumerate(looks):
            begun = number * len(places)

            def told(done: int, _all: int, begun: int = begun) -> None:
                progress(begun + done, total)

            data = look.table()
            one = ask_now(look, data, places, shown_rows(look, data), told, stop)
            if not one.complete:
                break
            found.append(one)
        return found

    return run
