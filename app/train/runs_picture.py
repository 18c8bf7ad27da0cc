"""Which of a run's curves are drawn, what they are called, and what they are measured against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from app.train.runs_facts import RunFacts
from app.train.runs_words import title
from components.views.training_curves import (
    CurveLevel,
    CurveName,
    CurvePanel,
    ShownRun,
    Stretch,
    training_curves,
)
from core.language import _
from core.tuning.runs import RunRecord

PICTURE: Final = "train_curves"


def picture_key(run_id: str) -> str:
    """The key of the picture in which ``run_id`` was opened, whatever is drawn beside it."""
    return f"{PICTURE}_{run_id}"


def show_picture(
    runs: Sequence[RunRecord],
    facts: RunFacts,
    *,
    ticks: Sequence[int] = (),
    on_select: Callable[[int], None] | None = None,
    on_zoom: Callable[[Stretch], None] | None = None,
) -> int | None:
    """The curves of ``runs``, of which the first is the one that ``facts`` and ``ticks`` are of.

    Which of the ticks is selected, the panel that shows it tells. Returns the tick that was chosen
    just now.
    """
    return training_curves(
        [ShownRun(id=run.id, label=title(run)) for run in runs],
        key=picture_key(runs[0].id),
        label=_("Curves of {run}").format(run=runs[0].name or runs[0].id),
        names=_names(),
        panels=_panels(),
        levels=levels(facts),
        ticks=ticks,
        tick_label=_("a look inside"),
        on_select=on_select,
        on_zoom=on_zoom,
        source=" · ".join(title(run) for run in runs),
    )


def _names() -> dict[str, CurveName]:
    """Every curve that a run of ours logs. A colour stands for one thing; so does a dash."""
    return {
        "loss": CurveName(label=_("training loss"), panel="loss", noisy=True),
        "masked_loss": CurveName(label=_("masked-word loss"), panel="loss", colour=3, dash=2),
        "pair_loss": CurveName(label=_("sentence-pair loss"), panel="loss", colour=4, dash=3),
        "validation_loss": CurveName(
            label=_("validation loss"), panel="loss", colour=1, dash=1, sign="circle"
        ),
        "accuracy": CurveName(
            label=_("validation accuracy"), panel="share", colour=2, sign="diamond"
        ),
        "macro_f1": CurveName(
            label=_("validation macro F1"), panel="share", colour=3, dash=1, sign="square"
        ),
        "masked_accuracy": CurveName(
            label=_("masked words right"), panel="share", colour=3, dash=2, sign="circle"
        ),
        "pair_accuracy": CurveName(
            label=_("sentence pairs right"), panel="share", colour=4, dash=3, sign="triangle"
        ),
        "exact": CurveName(
            label=_("whole texts right"), panel="share", colour=1, dash=1, sign="square"
        ),
        "perplexity": CurveName(
            label=_("perplexity"), panel="perplexity", colour=1, dash=1, sign="circle", digits=1
        ),
        "rate": CurveName(label=_("learning rate"), panel="rate", colour=5, digits=6),
        "gradient_norm": CurveName(
            label=_("gradient norm"), panel="gradient_norm", colour=4, digits=2
        ),
        "tokens": CurveName(label=_("tokens a second"), panel="tokens", colour=2, digits=0),
    }


def _panels() -> dict[str, CurvePanel]:
    """Losses and shares; what is looked at now and then is folded."""
    return {
        "loss": CurvePanel(label=_("loss (nats)")),
        "share": CurvePanel(label=_("share"), share=True),
        "perplexity": CurvePanel(label=_("perplexity"), small=True),
        "rate": CurvePanel(label=_("learning rate"), small=True),
        "gradient_norm": CurvePanel(label=_("gradient norm"), small=True),
        "tokens": CurvePanel(label=_("tokens a second"), small=True),
    }


def levels(facts: RunFacts) -> tuple[CurveLevel, ...]:
    """What one who guesses evenly among all labels or tokens pays (ln of their number), and how
    often one who always says the commonest label is right."""
    found = []
    if facts.guessing_loss is not None:
        name = _("guessing: {loss:.3f}").format(loss=facts.guessing_loss)
        found.append(CurveLevel(label=name, panel="loss", value=facts.guessing_loss))
    if facts.majority is not None:
        name = _("always the commonest label: {share:.3f}").format(share=facts.majority)
        found.append(CurveLevel(label=name, panel="share", value=facts.majority))
    return tuple(found)
