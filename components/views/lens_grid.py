"""What each layer would predict at each place, as a grid of words: the logit lens.

The first layer lies at the bottom (nostalgebraist 2020, "interpreting GPT: the logit lens"). The
view knows no model: words, probabilities and ranks are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

Place = tuple[int, int]
Texts = Sequence[Sequence[Sequence[str]]]

MOST_CELLS: Final = 2**16
"""128 layers of 512 places."""

_mount = register_view(
    "lens_grid",
    *("step_text.js", "lens_grid_layout.js", "lens_grid_painting.js", "lens_grid_pointing.js"),
)


def lens_grid(
    layers: Sequence[str],
    places: Sequence[str],
    texts: Texts,
    probabilities: NDArray[np.floating],
    *,
    key: str,
    label: str,
    answers: Sequence[str] | None = None,
    answer_probabilities: NDArray[np.floating] | None = None,
    answer_ranks: NDArray[np.integer] | None = None,
    selected: Place | None = None,
    on_select: Callable[[Place], None] | None = None,
    source: str = "",
) -> Place | None:
    """Show the likeliest words; the (layer, place) chosen just now, None in every other run.

    ``layers`` and ``places`` name the rows, from the bottom, and the columns. ``texts`` and
    ``probabilities``, (layer, place, k), are the k likeliest words there, the likeliest first; a
    cell shows its first word in the colour of its probability. ``answers`` are words to follow,
    one for each place, with ``answer_probabilities`` and ``answer_ranks``, (layer, place), counted
    from 1: the colours can be those instead. ``label`` names the picture for people who hear it.
    Cells can be chosen where ``on_select`` is given; it is called before the rerun. ``source``
    stands at the foot of a saved picture. Raises ValueError where these do not fit together.
    """
    message = lens_message(
        layers,
        places,
        texts,
        probabilities,
        key=key,
        label=label,
        answers=answers,
        answer_probabilities=answer_probabilities,
        answer_ranks=answer_ranks,
        selectable=on_select is not None,
        source=source,
    )

    def holds(layer: int, place: int) -> bool:
        return 0 <= layer < len(layers) and 0 <= place < len(places)

    if selected is not None and not holds(*selected):
        raise ValueError(f"selected cell {selected} is not in the grid")

    def read(sent: object) -> Place | None:
        if not isinstance(sent, list) or len(sent) != 2:
            return None
        if not all(isinstance(number, int) for number in sent) or not holds(*sent):
            return None
        return sent[0], sent[1]

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, selected)
    return choice


def lens_message(
    layers: Sequence[str],
    places: Sequence[str],
    texts: Texts,
    probabilities: NDArray[np.floating],
    *,
    key: str,
    label: str,
    answers: Sequence[str] | None = None,
    answer_probabilities: NDArray[np.floating] | None = None,
    answer_ranks: NDArray[np.integer] | None = None,
    selectable: bool = False,
    source: str = "",
) -> bytes:
    """What the browser is sent for ``lens_grid`` with these arguments."""
    _check_words(layers, places, texts, probabilities)
    numbers: list[NDArray[np.generic]] = [probabilities.astype(np.float32)]
    if answers is not None:
        shape = (len(layers), len(places))
        numbers += _answer_numbers(shape, answers, answer_probabilities, answer_ranks)
    elif answer_probabilities is not None or answer_ranks is not None:
        raise ValueError("probabilities or ranks of answers that are not given")
    words, indices = _vocabulary(texts, probabilities.shape)
    header: dict[str, Json] = {
        "view": key,
        "label": label,
        "layers": list(layers),
        "places": list(places),
        "words": words,
        "answers": None if answers is None else list(answers),
        "selectable": selectable,
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(selectable),
    }
    return encode_message(header, indices, *numbers)


def _vocabulary(
    texts: Texts, shape: tuple[int, ...]
) -> tuple[list[str], NDArray[np.uint16] | NDArray[np.uint32]]:
    """Every word once, and which of them stands where, (layer, place, k)."""
    numbers: dict[str, int] = {}
    indices = [
        numbers.setdefault(text, len(numbers)) for layer in texts for top in layer for text in top
    ]
    small = len(numbers) <= np.iinfo(np.uint16).max
    array = np.array(indices, np.uint32).reshape(shape)
    return list(numbers), array.astype(np.uint16) if small else array


def _check_words(
    layers: Sequence[str],
    places: Sequence[str],
    texts: Texts,
    probabilities: NDArray[np.floating],
) -> None:
    shape = probabilities.shape
    if len(shape) != 3 or not probabilities.size or shape[:2] != (len(layers), len(places)):
        raise ValueError(
            f"probabilities of shape {shape} for {len(layers)} layers and {len(places)} places"
        )
    if shape[0] * shape[1] > MOST_CELLS:
        raise ValueError(f"{shape[0] * shape[1]} cells: at most {MOST_CELLS} can be shown")
    layers_fit = len(texts) == shape[0] and all(len(layer) == shape[1] for layer in texts)
    if not layers_fit or not all(len(top) == shape[2] for layer in texts for top in layer):
        raise ValueError(f"the words are not one for each of the {shape} probabilities")
    _check_shares("probabilities", probabilities)


def _check_shares(name: str, shares: NDArray[np.floating]) -> None:
    if not ((shares >= 0) & (shares <= 1 + 1e-6)).all():  # a softmax in float32 may pass 1
        raise ValueError(f"{name} outside 0..1")


def _answer_numbers(
    shape: tuple[int, int],
    answers: Sequence[str],
    probabilities: NDArray[np.floating] | None,
    ranks: NDArray[np.integer] | None,
) -> list[NDArray[np.generic]]:
    """The probability and the rank of the answers, each (layer, place)."""
    if probabilities is None or ranks is None:
        raise ValueError("answers need their probabilities and their ranks")
    if len(answers) != shape[1] or probabilities.shape != shape or ranks.shape != shape:
        raise ValueError(
            f"{len(answers)} answers, probabilities of shape {probabilities.shape} and ranks of "
            f"shape {ranks.shape} for {shape[0]} layers and {shape[1]} places"
        )
    _check_shares("answer probabilities", probabilities)
    if (ranks < 1).any():
        raise ValueError("ranks count from 1")
    return [probabilities.astype(np.float32), ranks.astype(np.uint32)]


def _texts(selectable: bool) -> dict[str, Json]:
    return {
        "hint": _("Point at a cell to read its likeliest words; click to choose it")
        if selectable
        else _("Point at a cell, or tap it, to read its likeliest words"),
        "colours": _("What the colours are"),
        "first": _("the likeliest word"),
        "probability": _("probability of the likeliest word"),
        "answer": _("answer"),
        "answerProbability": _("probability of the answer"),
        "answerRank": _("rank of the answer"),
        "rank": _("rank"),
        "leads": _("the answer stands first"),
    }
