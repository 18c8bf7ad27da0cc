"""A ladder as it is shown: one plot, one table, and what made each of its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from app.charts import palette_now, show_chart
from app.csv_download import offer_csv
from app.frame import as_plain
from app.prompts.opening import bring, words_text
from app.prompts.runs_of import start_run
from app.prompts.state import PROMPTS
from app.prompts.tables import dataset_title
from components.controls import choose_view
from components.figures.ladder import LadderPoint, ladder
from components.tables import table
from core.catalogue import find_model
from core.language import _

if TYPE_CHECKING:
    from core.prompts.ladder import LadderSpec, Rung

_KEY: Final = "prompts.ladder"


def method_names() -> dict[str, str]:
    """What the rungs are called."""
    return {
        "floor": _("the commonest label"),
        "hand": _("hand-written"),
        "calibrated": _("calibrated"),
        "few-shot": _("few-shot"),
        "searched": _("searched"),
        "soft": _("soft prompt"),
        "pet": _("prompt-based tuning"),
        "pet-lora": _("prompt-based, LoRA"),
        "lora": _("LoRA"),
        "full": _("all weights"),
    }


def show_rungs(rungs: Sequence[Rung], spec: LadderSpec, *, locked: bool = False) -> None:
    """All of it; nothing is made of its rows where they are ``locked``."""
    axes = {
        "trainable": _("Trained parameters"),
        "seconds": _("Seconds"),
        "labels": _("Labelled examples"),
    }
    axis = choose_view(_("Against"), axes, key=PROMPTS.key("axis"))
    names = method_names()
    palette = palette_now()
    points = [
        LadderPoint(
            name=names[rung.method],
            cost=float(getattr(rung, axis)),
            accuracy=rung.accuracy,
            low=rung.interval[0],
            high=rung.interval[1],
        )
        for rung in rungs
    ]
    event = show_chart(
        ladder(
            points,
            palette=palette,
            cost_name=axes[axis],
            accuracy_name=_("accuracy on test rows"),
            nothing_name=_("none"),
        ),
        key=f"prompts_ladder_{axis}",
        on_select="rerun",
        alt=_("Accuracy of every method against what it took, with 95 % intervals"),
    )
    _follow(event, rungs)
    heads = (
        _("method"),
        _("labelled examples"),
        _("trained parameters"),
        _("seconds"),
        _("accuracy"),
        _("95 % interval"),
    )
    st.markdown(table(heads, [_row(rung) for rung in rungs]))
    said = _(
        "{model} on {data}, {count:,} test rows. Seconds are those of the search or the training "
        "alone. Intervals that overlap may be noise; each method is one draw."
    ).format(
        model=_model_title(spec.model),
        data=dataset_title(spec.dataset or spec.file),
        count=rungs[0].count,
    )
    st.markdown(f":small[{as_plain(said)}]")
    _show_opened(rungs, spec, locked=locked)
    offer_csv(
        _("Table (CSV)"),
        lambda: as_csv(rungs),
        name="ladder",
        model=spec.model,
        key="prompts_ladder_csv",
    )


def _follow(event: object, rungs: Sequence[Rung]) -> None:
    """A click on a point opens its method below."""
    points = getattr(getattr(event, "selection", None), "points", None) or []
    number = points[0].get("curve_number") if points else None
    if isinstance(number, int) and number < len(rungs):
        method = rungs[number].method
        if st.session_state.get(f"{_KEY}.clicked") != method:
            st.session_state[f"{_KEY}.clicked"] = method
            st.session_state["prompts_ladder_opened"] = method


def _row(rung: Rung) -> tuple[str, ...]:
    low, high = rung.interval
    return (
        method_names()[rung.method],
        f"{rung.labels:,}",
        f"{rung.trainable:,}",
        f"{rung.seconds:,.1f}",
        f"{rung.accuracy:.3f}",
        f"{low:.3f} – {high:.3f}",
    )


def _show_opened(rungs: Sequence[Rung], spec: LadderSpec, *, locked: bool) -> None:
    """What made a point, and the way to it."""
    names = method_names()
    left, right = st.columns([6, 6], vertical_alignment="bottom")
    method = left.selectbox(
        _("What made a point"),
        [rung.method for rung in rungs],
        format_func=lambda each: names.get(each, each),
        key="prompts_ladder_opened",
    )
    rung = next((each for each in rungs if each.method == method), rungs[0])
    if rung.spec:
        right.button(
            _("Train it as a run"),
            key="prompts_ladder_train",
            icon=":material/model_training:",
            disabled=locked,
            on_click=_train,
            args=(rung.spec, names[rung.method], rung.labels),
        )
    elif rung.template:
        right.button(
            _("Open in Build"),
            key="prompts_ladder_open",
            icon=":material/edit_note:",
            disabled=locked,
            on_click=_open,
            args=(rung, spec),
        )
    if rung.method == "floor":
        said = _("The floor: whoever always says the commonest label of the examples gets this.")
        st.markdown(as_plain(said))
        return
    shown = rung.template
    if rung.words:
        shown += "\n\n" + words_text(dict(rung.words))
    for row in rung.demonstrations:
        shown += "\n" + " · ".join(value for _name, value in row)
    if rung.spec:
        shown += ("\n\n" if shown else "") + _settings(rung.spec)
    st.code(shown, language=None, wrap_lines=True)


def _settings(spec: str) -> str:
    """The settings of a fine-tuning in a line."""
    from core.tuning.finetune import RunSpec

    run = RunSpec.from_json(spec)
    parts = [run.method, f"epochs {run.epochs}", f"batch {run.batch}", f"rate {run.rate:g}"]
    if run.adapter == "prompt":
        parts.append(f"{run.virtual_tokens} virtual tokens from “{run.virtual_text}”")
    if run.adapter == "lora":
        parts.append(f"rank {run.rank}, alpha {run.alpha}")
    return " · ".join([*parts, f"seed {run.seed}"])


def _train(spec: str, name: str, labels: int) -> None:
    """Start the fine-tuning of a rung as a run, on as many rows."""
    from core.tuning.finetune import RunSpec

    run = RunSpec.from_json(spec)
    source = replace(run.source, limit=round(labels / (1 - run.source.validation)))
    start_run(
        replace(run, source=source, evaluate_every=0, checkpoint_every=0, keep="best"),
        name,
        run.model,
        "",
    )
    bring({"panel": "tuned"}, tab="improve")


def _open(rung: Rung, spec: LadderSpec) -> None:
    few = {"picking": "balanced", "shots": len(rung.demonstrations), "seed": spec.seed}
    bring(
        {
            "template": rung.template,
            "words": words_text(dict(rung.words)),
            "model": spec.model,
            "dataset": spec.dataset,
            "file": spec.file,
            "calibrate": rung.calibrate,
            "chat": False,
            **(few if rung.demonstrations else {"picking": "none"}),
        }
    )


def _model_title(model: str) -> str:
    entry = find_model(model)
    return entry.title if entry else model


def as_csv(rungs: Sequence[Rung]) -> str:
    """The table as people compute with it."""
    lines = ["method,labels,trainable,seconds,right,count,accuracy,low,high"]
    for rung in rungs:
        low, high = rung.interval
        lines.append(
            f"{rung.method},{rung.labels},{rung.trainable},{rung.seconds:.3f},{rung.right},"
            f"{rung.count},{rung.accuracy:.6f},{low:.6f},{high:.6f}"
        )
    return "\n".join(lines) + "\n"
