"""The next token's likeliest candidates as bars, before and after the sampling settings.

The view knows no model and no settings: probabilities, and what cut a token off, are the caller's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.view import register_view, show
from core.language import _

MOST_CANDIDATES: Final = 200
"""More rows are neither read nor redrawn at once."""

_ROUNDING: Final = 1e-3  # probabilities come as float32

_mount = register_view("next_token", "step_text.js", "next_token_rows.js")


@dataclass(frozen=True, slots=True)
class NextToken:
    """One token: its ``text``, and its probability ``before`` and ``after`` the settings, 0..1.

    ``cut_by`` names what cut it off, such as "top-k", and is empty for a token that was kept. A
    short ``note`` stands beside it.
    """

    text: str
    token_id: int
    before: float
    after: float
    cut_by: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for name, share in (("before", self.before), ("after", self.after)):
            if not 0 <= share <= 1:
                raise ValueError(f"token {self.token_id}: probability {name} is {share}, not 0..1")
        if self.cut_by and self.after:
            raise ValueError(f"token {self.token_id} was cut off and has probability {self.after}")


def next_token(
    candidates: Sequence[NextToken],
    *,
    key: str,
    label: str,
    kept_count: int,
    vocab: int,
    entropy_before: float,
    entropy_after: float,
    drawn: int | None = None,
    mass_cut: float = 0.0,
    selected: int | None = None,
    selectable: bool = True,
    on_select: Callable[[int], None] | None = None,
    source: str = "",
) -> int | None:
    """Show ``candidates``; the index of the one clicked just now, None in every other run.

    Those kept stand first, and a line divides them from those cut off. ``kept_count`` of the
    ``vocab`` tokens are kept; ``mass_cut`` is the share of probability that was cut, 0..1; the
    entropies are in nats. What is not among the candidates shares one last row. ``drawn`` is the
    index of the token that the draw gave, ``selected`` that of the token taken, which has a ring.
    Bars go from 0 to 1 and move to where they go, so that a change can be followed. ``label``
    names the picture for people who hear it; ``on_select`` is called before the rerun; ``source``
    stands at the foot of a saved picture. Raises ValueError where these do not fit together.
    """
    message = next_token_message(
        candidates,
        label=label,
        kept_count=kept_count,
        vocab=vocab,
        entropy_before=entropy_before,
        entropy_after=entropy_after,
        drawn=drawn,
        mass_cut=mass_cut,
        selected=selected,
        selectable=selectable,
        source=source,
    )

    def read(sent: object) -> int | None:
        if not selectable or not isinstance(sent, list) or len(sent) != 2:
            return None
        index, token_id = sent
        if not isinstance(index, int) or not 0 <= index < len(candidates):
            return None
        # A click on what has been replaced since is no choice.
        return index if candidates[index].token_id == token_id else None

    return show(_mount, message, key=key, read=read, on_select=on_select)


def next_token_message(
    candidates: Sequence[NextToken],
    *,
    label: str,
    kept_count: int,
    vocab: int,
    entropy_before: float,
    entropy_after: float,
    drawn: int | None = None,
    mass_cut: float = 0.0,
    selected: int | None = None,
    selectable: bool = True,
    source: str = "",
) -> bytes:
    """What the browser is sent for ``next_token`` with these arguments."""
    _check_candidates(candidates, kept_count, vocab)
    _check_numbers(mass_cut, entropy_before, entropy_after)
    for name, index in (("drawn", drawn), ("selected", selected)):
        if index is not None and not 0 <= index < len(candidates):
            raise ValueError(f"{name} token {index} of {len(candidates)} candidates")
    kept = _kept(candidates)
    others = _others(candidates, kept_count, vocab)
    header: dict[str, Json] = {
        "label": label,
        "summary": _summary(kept_count, vocab, entropy_before, entropy_after),
        "tokens": [[token.text, token.token_id] for token in candidates],
        "cutBy": [token.cut_by for token in candidates],
        "notes": [token.note for token in candidates],
        "drawn": drawn,
        "selected": selected,
        "selectable": selectable,
        "others": others,
        "cut": _cut_line(kept, len(candidates), kept_count, vocab, mass_cut),
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(selectable),
    }
    shares = [[token.before for token in candidates], [token.after for token in candidates]]
    return encode_message(header, np.array(shares, np.float32))  # (before and after, candidate)


def _check_candidates(candidates: Sequence[NextToken], kept_count: int, vocab: int) -> None:
    count, kept = len(candidates), _kept(candidates)
    if not 1 <= count <= MOST_CANDIDATES:
        raise ValueError(f"{count} candidates: from 1 to {MOST_CANDIDATES} can be shown")
    if any(not token.cut_by for token in candidates[kept:]):
        raise ValueError("a token that was kept stands after one that was cut off")
    if len({token.token_id for token in candidates}) < count:
        raise ValueError("a token stands twice among the candidates")
    if not max(1, kept) <= kept_count <= vocab - (count - kept):
        raise ValueError(
            f"{kept_count} of {vocab} tokens cannot be kept where {kept} of {count} candidates are"
        )
    for name in ("before", "after"):
        total = sum(getattr(token, name) for token in candidates)
        if total > 1 + _ROUNDING:
            raise ValueError(f"the probabilities {name} the settings add up to {total:.4f}")


def _check_numbers(mass_cut: float, *entropies: float) -> None:
    if not 0 <= mass_cut <= 1:
        raise ValueError(f"mass_cut is {mass_cut}: a share from 0 to 1 is needed")
    for entropy in entropies:
        if not (math.isfinite(entropy) and entropy >= 0):
            raise ValueError(f"an entropy of {entropy} nats: it is a number from 0 up")


def _kept(candidates: Sequence[NextToken]) -> int:
    """How many stand before the first that was cut off."""
    cut = (place for place, token in enumerate(candidates) if token.cut_by)
    return next(cut, len(candidates))


def _others(candidates: Sequence[NextToken], kept_count: int, vocab: int) -> dict[str, Json] | None:
    """The row of all tokens that are not among the candidates; None where there are none."""
    count = vocab - len(candidates)
    if not count:
        return None
    kept = kept_count - _kept(candidates)
    text = _("… {count} others") if count > 1 else _("… {count} other")
    if kept == 0:
        note = _("cut")
    else:
        note = _("{count} kept").format(count=f"{kept:,}") if kept < count else ""
    after = max(0.0, 1 - sum(token.after for token in candidates)) if kept else 0.0
    return {
        "text": text.format(count=f"{count:,}"),
        "before": max(0.0, 1 - sum(token.before for token in candidates)),
        "after": after,
        "note": note,
        "kept": kept > 0,
    }


def _cut_line(
    kept: int, count: int, kept_count: int, vocab: int, mass_cut: float
) -> dict[str, Json] | None:
    """The line between what was kept and what was cut off, above the row ``at``; None without."""
    if kept_count == vocab:
        return None
    share = _percent(mass_cut)
    if kept_count == kept:
        text = _("cut here: {share} of the probability cut")
        return {"at": kept, "text": text.format(share=share)}
    text = _("cut among the others: {share} of the probability cut")
    return {"at": count + 1, "text": text.format(share=share)}


def _percent(share: float) -> str:
    """12.3 %; never 0 for what is more, nor 100 for what is less."""
    if 0 < share < 0.0005:
        return "<0.1 %"
    if 0.9995 <= share < 1:
        return ">99.9 %"
    return f"{100 * share:.1f} %"


def _summary(kept_count: int, vocab: int, before: float, after: float) -> str:
    text = _("{kept} of {vocab} tokens kept · entropy {before} → {after} nats")
    return text.format(
        kept=f"{kept_count:,}", vocab=f"{vocab:,}", before=f"{before:.2f}", after=f"{after:.2f}"
    )


def _texts(selectable: bool) -> dict[str, Json]:
    return {
        "hint": _("Click a token to go on with it")
        if selectable
        else _("Point at a token, or tap it, to read its numbers"),
        "token": _("token"),
        "after": _("after"),
        "before": _("before"),
        "change": _("change"),
        "id": _("id"),
        "cutBy": _("cut by {what}"),
        "drawn": _("drawn"),
        "selected": _("taken"),
        "afterLegend": _("probability after the settings, from 0 to 1"),
        "beforeLegend": _("before"),
        "cutLegend": _("cut off"),
    }
