"""The curves of runs by step: losses, shares, rates, with zoom, on canvas, fed with what is new.

The view is mounted once with its words; points come in messages of their own (``tell_points``), so
that a second of a run costs what that second logged. What a reader zoomed, hid and unfolded stays.
The view knows no runs and no store: names, points and levels, the caller says. In short::

    training_curves([ShownRun(id="a", label="mine")], key="curves", label="Curves of mine",
                    names={"loss": CurveName(label="training loss", panel="loss", noisy=True)},
                    panels={"loss": CurvePanel(label="loss (nats)")},
                    ticks=probe_steps, selected=40, on_select=show_step, on_zoom=fetch)
    tell_points("curves", "a", News(...), on_gap=send_all)

``ticks`` are steps at which there is something to see (checkpoints, probes); ``selected`` is the
step of the marker line. A click, a key or a drag of the line goes to the nearest tick, which is
given to ``on_select`` before the rerun, and returned once. Where another fragment decides what is
selected (a slider that plays), leave ``selected`` out here and let that one call
``tell_selection(key, [step])`` (``components.views.selection``): the line moves, and nothing else
is sent or drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import streamlit as st

from components.views.curve_points import News, tell_detail, tell_points
from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

__all__ = [
    "CurveLevel",
    "CurveName",
    "CurvePanel",
    "News",
    "ShownRun",
    "Stretch",
    "tell_detail",
    "tell_points",
    "training_curves",
    "training_curves_message",
]

MOST_RUNS: Final = 6
"""As many as there are colours and dashes to tell them apart."""

Stretch = tuple[int, int]
"""The first and the last step that are shown."""
Sign = Literal["", "circle", "square", "diamond", "triangle"]

_mount = register_view(
    "training_curves",
    *("step_text.js", "training_curves_news.js", "training_curves_points.js"),
    "training_curves_layout.js",
    *("training_curves_painting.js", "training_curves_pointing.js", "training_curves_legend.js"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveName:
    """What a curve is called and how it is drawn: in which ``panel``, in which colour and dash.

    A ``noisy`` one is drawn pale, with its smoothed mean over it. A ``sign`` marks each point of
    one that has few. ``digits`` are those behind the point; a small number is written as 1.0e-4.
    """

    label: str
    panel: str
    colour: int = 0
    dash: int = 0
    sign: Sign = ""
    noisy: bool = False
    digits: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePanel:
    """A picture of its own over the common steps. A ``small`` one is folded until it is opened.

    The values of a ``share`` lie between 0 and 1.
    """

    label: str
    small: bool = False
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveLevel:
    """A horizontal line in ``panel`` to measure its curves against."""

    label: str
    panel: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRun:
    """A run whose points come under ``id``."""

    id: str
    label: str


def training_curves(
    runs: Sequence[ShownRun],
    *,
    key: str,
    label: str,
    names: Mapping[str, CurveName],
    panels: Mapping[str, CurvePanel],
    levels: Sequence[CurveLevel] = (),
    ticks: Sequence[int] = (),
    selected: int | None = None,
    tick_label: str = "",
    on_select: Callable[[int], None] | None = None,
    on_zoom: Callable[[Stretch], None] | None = None,
    source: str = "",
) -> int | None:
    """Show the curves of ``runs``; the tick chosen just now, None in every other run.

    ``names`` are the curves that are known, in the order of the legend; one that nobody names
    stands in a small panel of its own. ``label`` names the picture for people who hear it,
    ``tick_label`` says what a tick is. Several runs are told apart by colour and dash. ``on_zoom``
    is asked for finer points of the stretch that is shown, where there may be some: answer with
    ``tell_detail``. ``source`` stands at the foot of a saved picture. Raises ValueError where these
    do not fit together.
    """
    message = training_curves_message(
        runs,
        key=key,
        label=label,
        names=names,
        panels=panels,
        levels=levels,
        ticks=ticks,
        tick_label=tick_label,
        source=source,
    )
    known = frozenset(ticks)

    def read(sent: object) -> int | None:
        return sent if isinstance(sent, int) and sent in known else None

    def zoomed(sent: object) -> None:
        stretch = read_stretch(sent)
        if stretch is not None and on_zoom is not None:
            on_zoom(stretch)

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select, on_move=zoomed)
        if selected is not None:
            tell_selection(key, [selected])
    return choice


def training_curves_message(
    runs: Sequence[ShownRun],
    *,
    key: str,
    label: str,
    names: Mapping[str, CurveName],
    panels: Mapping[str, CurvePanel],
    levels: Sequence[CurveLevel] = (),
    ticks: Sequence[int] = (),
    tick_label: str = "",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``training_curves`` with these arguments."""
    _check(runs, names, panels, levels)
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "runs": [{"id": run.id, "label": run.label} for run in runs],
        "names": {name: _name(curve) for name, curve in names.items()},
        "panels": {name: _panel(panel) for name, panel in panels.items()},
        "levels": [
            {"label": level.label, "panel": level.panel, "value": level.value} for level in levels
        ],
        "ticks": sorted({int(tick) for tick in ticks}),
        "tickLabel": tick_label,
        "source": source,
        "saving": {**saving_texts(), "csv": _("Numbers (CSV)")},
        "texts": _texts(),
    }
    return encode_message(header)


def read_stretch(sent: object) -> Stretch | None:
    """The stretch that the browser sent, or None where it is none."""
    if not isinstance(sent, list) or len(sent) != 2:
        return None
    first, last = sent
    if not isinstance(first, int) or not isinstance(last, int) or not 0 <= first < last:
        return None
    return first, last


def _name(curve: CurveName) -> dict[str, Json]:
    return {
        "label": curve.label,
        "panel": curve.panel,
        "colour": curve.colour,
        "dash": curve.dash,
        "sign": curve.sign,
        "noisy": curve.noisy,
        "digits": curve.digits,
    }


def _panel(panel: CurvePanel) -> dict[str, Json]:
    return {"label": panel.label, "small": panel.small, "share": panel.share}


def _check(
    runs: Sequence[ShownRun],
    names: Mapping[str, CurveName],
    panels: Mapping[str, CurvePanel],
    levels: Sequence[CurveLevel],
) -> None:
    if not 1 <= len({run.id for run in runs}) == len(runs) <= MOST_RUNS:
        raise ValueError(f"{len(runs)} runs: from 1 to {MOST_RUNS}, each once, can be shown")
    for name, curve in names.items():
        if curve.panel not in panels:
            raise ValueError(f"the curve {name} stands in the panel {curve.panel}, which is none")
    for level in levels:
        if level.panel not in panels:
            raise ValueError(f"the level {level.label} stands in the panel {level.panel}")


def _texts() -> dict[str, Json]:
    return {
        "hint": _(
            "Point at a step to read its values; drag over a stretch, or press + and −, to zoom"
        ),
        "step": _("step"),
        "at": _("step {step}"),
        "smoothed": _("{name}, smoothed"),
        "all": _("All steps"),
        "empty": _("No points yet"),
        "from": _("from {first} to {last}"),
        "hide": _("Hide or show"),
        "run": _("run"),
        "value": _("value"),
        "name": _("curve"),
    }
