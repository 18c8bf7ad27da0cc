"""What a model answers to the text of a probe, now and before the first step.

Probabilities of labels, tags of words, words behind masks, or what it writes; and its confusion on
all rows held out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from app.frame import as_plain
from app.train.confused import show_confused
from components.tables import table
from components.views.predictions import MOST_PANELS, Panel, predictions
from core.language import _
from core.tuning.probes import MaskReading, Probe, ProbeInput, ProbeReading

if TYPE_CHECKING:
    from app.train.probes import Moment

LABELS: Final = 6
"""How many labels have a bar."""
_TAGS_HEIGHT: Final = 480  # of the table of words, which scrolls


def show_answers(moment: Moment) -> None:
    """What the text's task asks for."""
    reading = moment.now.readings[moment.place]
    if reading.words:
        _show_tags(moment)
    elif reading.probabilities.size:
        _show_labels(moment)
    elif reading.masks:
        _show_masks(moment)
    elif reading.continuation:
        _show_writing(moment)


def show_confusion(moment: Moment) -> None:
    """What became of all rows held out, where labels are learnt: as it was counted last."""
    now, before = moment.counted, moment.before
    if now is None or now.confusion is None:
        return
    counted = f"{int(now.confusion.sum()):,}"
    if now.step:
        title = _("Rows held out, as counted at step {step}").format(step=f"{now.step:,}")
    else:
        title = _("{count} of the rows held out, before the first step").format(count=counted)
    st.markdown(f"**{as_plain(title)}**")
    show_confused(
        now.confusion,
        now.label_names,
        key="train_probe_confusion",
        before=before.confusion if now.step else None,
        source=moment.source,
    )


def label_panel(probe: Probe, before: Probe | None, place: int, title: str) -> Panel:
    """The likeliest labels of one input, the likeliest first, and the right one."""
    shares = probe.readings[place].probabilities[0]
    order = [int(each) for each in np.argsort(-shares, kind="stable")]
    shown = order[:LABELS]
    names = probe.label_names
    expected = "".join(probe.inputs[place].expected)
    original = None
    if expected in names:
        right = names.index(expected)
        original = (expected, _share(shares[right]), order.index(right) + 1)
    earlier = None if before is None else before.readings[place].probabilities[0]
    return Panel(
        title=title,
        words=[names[each] for each in shown],
        probabilities=[_share(shares[each]) for each in shown],
        original=original,
        before=None if earlier is None else [_share(earlier[each]) for each in shown],
    )


def _show_labels(moment: Moment) -> None:
    before = None if moment.same else moment.before
    predictions(
        [label_panel(moment.now, before, moment.place, _("Probability of each label"))],
        key="train_probe_labels",
        label=_("Probabilities of the labels at this step"),
        before_label=_("before the first step"),
        of="labels",
        source=moment.source,
    )


def _show_tags(moment: Moment) -> None:
    """A row for each word: the tag of before, the tag now, and the right one."""
    names = moment.now.label_names
    now, before = (
        each.readings[moment.place].probabilities for each in (moment.now, moment.before)
    )
    words = moment.now.readings[moment.place].words
    expected = _expected(moment.given, words)
    head = [_("word"), _("before"), _("now")]
    rows = []
    for place, word in enumerate(words):
        row = [word, _tag(names, before[place]), _tag(names, now[place])]
        if expected:
            said = expected[place]
            mark = "✓" if names[int(now[place].argmax())] == said else "✗"
            row.append(f"{said}\u00a0{mark}")
        rows.append(row)
    with st.container(height=_TAGS_HEIGHT, border=False):
        st.markdown(table([*head, _("right")] if expected else head, rows))


def _expected(given: ProbeInput, words: tuple[str, ...]) -> tuple[str, ...]:
    """The right tags of ``words``, which are those of the text but for some that have no token."""
    if not given.expected:
        return ()
    pairs = zip(given.tagged, given.expected, strict=False)
    return tuple(next((tag for own, tag in pairs if own == word), "") for word in words)


def _tag(names: tuple[str, ...], shares: np.ndarray) -> str:
    best = int(shares.argmax())
    return f"{names[best]}\u00a0{shares[best]:.3f}"


def _show_masks(moment: Moment) -> None:
    """The likeliest words behind each mask, of before beside those of now."""
    panels = []
    both = zip(
        moment.before.readings[moment.place].masks,
        moment.now.readings[moment.place].masks,
        strict=True,
    )
    for number, (before, now) in enumerate(both, start=1):
        mask = _("mask {number}").format(number=number)
        if not moment.same:
            panels.append(_mask_panel(before, f"{mask} · {_('before the first step')}"))
        name = _("step {step}").format(step=f"{moment.now.step:,}")
        panels.append(_mask_panel(now, f"{mask} · {name}"))
    predictions(
        panels[:MOST_PANELS],
        key="train_probe_masks",
        label=_("Words behind the masks at this step"),
        source=moment.source,
    )


def _mask_panel(mask: MaskReading, title: str) -> Panel:
    original = (mask.original, _share(mask.probability), mask.rank) if mask.original else None
    shares = [_share(each) for each in mask.probabilities]
    return Panel(title=title, words=mask.words, probabilities=shares, original=original)


def _show_writing(moment: Moment) -> None:
    """How the text is gone on with, before and now."""
    readings = [(_("before the first step"), moment.before.readings[moment.place])]
    if not moment.same:
        name = _("step {step}").format(step=f"{moment.now.step:,}")
        readings.append((name, moment.now.readings[moment.place]))
    for name, reading in readings:
        st.markdown(f":small[**{name}**]")
        st.markdown(written(moment.given.text, reading))
    if moment.given.expected:
        said = _("right: {text}").format(text="".join(moment.given.expected))
        st.markdown(f":small[{as_plain(said)}]")
    st.markdown(
        ":small["
        + _("Always the most probable token; the number is the mean probability of those written.")
        + "]"
    )


def written(text: str, reading: ProbeReading) -> str:
    """The end of the text, and what was written after it, as Markdown."""
    added = "".join(reading.continuation)
    shown = as_plain(_on_a_line(added)) or "–"
    mean = float(reading.continuation_probabilities.mean())
    return f"{as_plain(_on_a_line(text))}:blue[{shown}] :small[:gray[{mean:.3f}]]"


def _on_a_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", " ↵ ")


def _share(value: float | np.floating) -> float:
    return float(min(max(value, 0.0), 1.0))
