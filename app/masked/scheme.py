"""The room "Mask like BERT": one draw of the scheme, many draws of it, and the loss of the one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import streamlit as st

from app.facts import source_line
from app.frame import framed
from app.masked.draws import (
    DRAWS,
    Draw,
    Rates,
    bars,
    expected_counts,
    many_draws,
    one_draw,
    typed_specials,
)
from app.masked.formulas import show_loss, show_loss_table
from app.masked.look import Look
from app.masked.state import MASKED
from components.chips import chips_of
from components.tables import table
from components.views.histogram import histogram
from components.views.token_strip import Chip, Mark, token_strip
from core.language import _
from core.masked import MaskingCounts
from core.tokens import Tokens

RATE, MASK, RANDOM, DRAW = (MASKED.key(name) for name in ("rate", "mask", "random", "draw"))
LAST_DRAW: Final = 9999
MANY: Final = 80
"""More tokens scroll in a frame of their own."""
MARKS: Final[dict[str, Mark]] = {"masked": "masked", "replaced": "replaced", "kept": "kept"}


@framed
def show_scheme(look: Look) -> None:
    """The rates, the text after one draw, how often how many are chosen, and the loss."""
    rates = _choose_rates()
    draw = one_draw(look, rates, int(st.session_state[DRAW]))
    many = many_draws(look, rates)
    _show_tokens(draw)
    _say_counts(draw, many)
    _note_text(look, draw.example.tokens)
    left, right = st.columns(2, gap="large")
    with left:
        _show_loss(rates, draw, many)
    with right:
        _show_many(look, rates, draw, many)
    if draw.loss is not None:
        show_loss_table(draw, draw.loss)


def _choose_rates() -> Rates:
    columns = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    sliders = (
        (RATE, 1, _("Chosen, of all tokens")),
        (MASK, 0, _("Masked, of the chosen")),
        (RANDOM, 0, _("Replaced, of the chosen")),
    )
    for column, (key, least, label) in zip(columns, sliders, strict=False):
        column.slider(label, least, 100, key=key, format="%d %%", persist_state="session")
    columns[-1].button(
        _("Draw again"),
        key="masked_draw_again",
        icon=":material/casino:",
        width="stretch",
        on_click=_draw_again,
    )
    rate, mask, random = (int(st.session_state[key]) for key in (RATE, MASK, RANDOM))
    left = min(random, 100 - mask)
    if left < random:
        st.warning(
            _(
                "{mask} % masked and {random} % replaced are more than all that is chosen: "
                "{left} % are replaced."
            ).format(mask=mask, random=random, left=left)
        )
    return Rates(rate=rate / 100, mask=mask / 100, random=left / 100)


def _draw_again() -> None:
    draw = int(st.session_state[DRAW])
    st.session_state[DRAW] = 0 if draw >= LAST_DRAW else draw + 1


def _show_tokens(draw: Draw) -> None:
    """What the model reads, each token marked by what became of it."""
    with st.container(height=190 if len(draw.read) > MANY else "content", border=False):
        token_strip(
            list(_chips(draw)),
            key="masked_scheme_tokens",
            label=_("What the model reads after this draw"),
            hint=_("Point at a marked token, or tap it, to see what stood there"),
        )


def _chips(draw: Draw) -> Iterator[Chip]:
    original = draw.example.tokens.characters
    for place, chip in enumerate(chips_of(draw.read)):
        kind = draw.example.kinds[place]
        if kind == "untouched":
            yield chip
        elif kind == "kept":
            yield replace(chip, mark=MARKS[kind])
        else:
            details = ((_("original"), original[place]), *chip.details)
            yield replace(chip, kind="word", mark=MARKS[kind], details=details)


def _say_counts(draw: Draw, many: MaskingCounts) -> None:
    """What was chosen, in words."""
    kinds = draw.example.kinds
    st.markdown(
        _(
            "Chosen: **{chosen}** of {eligible} tokens. Masked: {masked}. Replaced by a random "
            "token: {replaced}. Left as they are: {kept}."
        ).format(
            chosen=len(draw.example.positions),
            eligible=many.eligible,
            masked=kinds.count("masked"),
            replaced=kinds.count("replaced"),
            kept=kinds.count("kept"),
        )
    )


def _note_text(look: Look, tokens: Tokens) -> None:
    """What of the text is never chosen, and that a click masks nothing here."""
    said = [_("Special tokens are never chosen.")]
    if typed := typed_specials(tokens):
        said.append(
            _("Typed into the text, as masks may be: {count}. They stay as they are.").format(
                count=typed
            )
        )
    if look.masks:
        said.append(_("Words masked by a click are drawn from like all others."))
    st.markdown(f":small[{' '.join(said)}]", width=680)


def _show_loss(rates: Rates, draw: Draw, many: MaskingCounts) -> None:
    """The loss of this draw, or why it has none."""
    heading = _("The loss of this draw")
    st.markdown(f"**{heading}**")
    if draw.loss is not None:
        show_loss(draw, draw.loss)
        return
    none = expected_counts(many.eligible, rates.rate, 1)[0]
    st.info(
        _(
            "This draw chose none of {eligible} tokens, so there is no loss. At {rate} that "
            "happens in {share} of all draws: draw again, or raise the rate."
        ).format(eligible=many.eligible, rate=_percent(rates.rate), share=_percent(none, 1))
    )


def _show_many(look: Look, rates: Rates, draw: Draw, many: MaskingCounts) -> None:
    """How many tokens were chosen in each of many draws, beside what is expected."""
    heading = _("{draws} draws of this text").format(draws=f"{DRAWS:,}")
    st.markdown(f"**{heading}**")
    chosen = len(draw.example.positions)
    expected = expected_counts(many.eligible, rates.rate, DRAWS)
    first, counts = bars(many, expected, chosen)
    histogram(
        counts,
        key="masked_scheme_draws",
        label=heading,
        expected=expected[first : first + len(counts)],
        first=first,
        marked=chosen,
        marked_label=_("this draw"),
        value_label=_("tokens chosen"),
        count_label=_("draws"),
        source=source_line(look.model),
    )
    st.markdown(_rates_table(rates, draw, many))
    said = _(
        "The count is drawn, not exact: each token is chosen independently, so it varies around "
        "{rate} of {eligible} tokens, {mean}, as the binomial distribution says. A random token "
        "that happens to be the one that stood there counts as left as it is."
    ).format(
        rate=_percent(rates.rate),
        eligible=many.eligible,
        mean=f"{rates.rate * many.eligible:.1f}",
    )
    st.markdown(f":small[{said}]", width=680)


def _rates_table(rates: Rates, draw: Draw, many: MaskingCounts) -> str:
    """The rates as they were set, as many draws measure them, and the counts of this draw."""
    kinds = draw.example.kinds
    masked, replaced, kept = many.shares
    lines = (
        (_("chosen"), rates.rate, many.rate, len(draw.example.positions)),
        (_("of these masked"), rates.mask, masked, kinds.count("masked")),
        (_("replaced"), rates.random, replaced, kinds.count("replaced")),
        (_("left as they are"), rates.kept, kept, kinds.count("kept")),
    )
    return table(
        ("", _("wanted"), _("measured"), _("this draw")),
        [
            (name, _percent(wanted), _percent(measured, 1), str(count))
            for name, wanted, measured, count in lines
        ],
    )


def _percent(share: float, decimals: int = 0) -> str:
    return "–" if np.isnan(share) else f"{share * 100:.{decimals}f} %"
