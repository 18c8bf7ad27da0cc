"""What two models expect behind the masks of one text, side by side; masks match by their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from app.facts import source_line
from app.frame import as_plain
from app.notes import note_cut
from components.tables import table
from components.views.predictions import MOST_PANELS, Panel, predictions
from core.attention.target import token_of_text
from core.errors import InputError
from core.language import _
from core.masked import MaskPrediction, mask_positions, predict_masks
from core.models import LanguageModel
from core.tokens import Tokens

TOP: Final = 5
MOST_MASKS: Final = MOST_PANELS // 2
MOST_ROWS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The text as a model reads it, and what the model expects behind each mask."""

    text: Tokens
    found: tuple[MaskPrediction, ...]
    vocabulary: int


def read_as(model: LanguageModel, tokens: Tokens, words: Sequence[str | None]) -> Reading:
    """What ``model`` expects behind the masks of ``tokens``.

    ``words`` stood there, in the order of the masks; one that is no token of the model is not
    looked for.
    """
    places = mask_positions(model, tokens)
    originals = {
        place: id_
        for place, word in zip(places, words, strict=False)
        if word is not None and (id_ := _token(model, word)) is not None
    }
    return Reading(
        text=tokens,
        found=predict_masks(model, tokens, top_k=TOP, originals=originals),
        vocabulary=model.shape.vocab,
    )


def _token(model: LanguageModel, word: str) -> int | None:
    try:
        return token_of_text(model, word)
    except InputError:
        return None


def show_both(models: Sequence[tuple[str, str]], first: Reading, second: Reading) -> None:
    """The words of both ``models`` (id, title) side by side, and where they differ."""
    left, right = st.columns(2, gap="large")
    with left:
        _show_side(*models[0], first, "first")
    with right:
        _show_side(*models[1], second, "second")
    masks = min(len(first.found), len(second.found))
    if masks > MOST_MASKS:
        said = _("{count} more masks stand in the table only.").format(count=masks - MOST_MASKS)
        st.markdown(f":small[{said}]")
    st.markdown(difference(first, second), width=680)
    st.markdown(difference_table([title for _model, title in models], first, second))
    _say_caution(first, second)


def _show_side(model: str, title: str, reading: Reading, side: str) -> None:
    st.markdown(f"**{as_plain(title)}**")
    if side == "second":  # where the first model cut the text stands above the tabs
        note_cut(reading.text)
    predictions(
        [_panel(found, place) for place, found in enumerate(reading.found[:MOST_MASKS], start=1)],
        key=f"masked_two_{side}",
        label=_("What {model} expects behind each mask").format(model=title),
        source=source_line(model),
    )
    if unknown := sum(reading.text.unknown):
        count = sum(segment is not None for segment in reading.text.segments)
        st.warning(
            _(
                "{model} knows {known} of {count} tokens of this text; the others are unknown to "
                "it, so its words mean little here."
            ).format(
                model=as_plain(title),
                known=count - unknown,
                count=count,
            )
        )


def _panel(found: MaskPrediction, place: int) -> Panel:
    original = found.original
    return Panel(
        _("mask {number}").format(number=place),
        [text.strip() or text for text in found.texts],
        [min(1.0, float(share)) for share in found.probabilities],
        original=None
        if original is None
        else (
            original.text.strip() or original.text,
            min(1.0, original.probability),
            original.rank,
        ),
    )


def difference(first: Reading, second: Reading) -> str:
    """In a sentence: at how many masks both have the same first word, and which is surer."""
    both = list(zip(first.found, second.found, strict=False))
    same = sum(_word(one) == _word(two) for one, two in both)
    surer = sum(one.entropy < two.entropy for one, two in both)
    other = sum(one.entropy > two.entropy for one, two in both)
    return _(
        "The same first word at {same} of {count} masks. The first model is surer (lower entropy) "
        "at {surer} of them, the second at {other}."
    ).format(same=same, count=len(both), surer=surer, other=other)


def difference_table(titles: Sequence[str], first: Reading, second: Reading) -> str:
    """A row for each mask: first word, its probability and the entropy, of both models."""
    heads = [
        label.format(model=title)
        for title in titles
        for label in (_("first word · {model}"), _("entropy · {model}"))
    ]
    return table((_("mask"), *heads, _("first words")), list(_rows(first, second)))


def _rows(first: Reading, second: Reading) -> Iterator[tuple[str, ...]]:
    both = list(zip(first.found, second.found, strict=False))[:MOST_ROWS]
    for place, (one, two) in enumerate(both, start=1):
        cells = [
            cell
            for found in (one, two)
            for cell in (f"{_word(found)} {found.probabilities[0]:.3f}", f"{found.entropy:.3f}")
        ]
        yield (
            str(place),
            *cells,
            _("same") if _word(one) == _word(two) else _("different"),
        )


def _word(found: MaskPrediction) -> str:
    """The first word as both models may write it: one of them may know small letters only."""
    text = found.texts[0]
    return text.strip().casefold() or text


def _say_caution(first: Reading, second: Reading) -> None:
    said = [_("Entropy in nats, over all of the model's own tokens.")]
    if first.vocabulary != second.vocabulary:
        said.append(
            _(
                "The vocabularies differ ({first} and {second} tokens): a larger one spreads "
                "probability over more words, so entropies compare only roughly."
            ).format(first=f"{first.vocabulary:,}", second=f"{second.vocabulary:,}")
        )
    if len(first.found) != len(second.found):
        said.append(
            _("The models count {first} and {second} masks: only the first ones match.").format(
                first=len(first.found), second=len(second.found)
            )
        )
    st.markdown(f":small[{' '.join(said)}]", width=680)
