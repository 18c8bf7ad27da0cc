"""Texts of lessons as they are shown, and answers as people type them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from app.frame import as_plain
from core.errors import InputError
from core.language import _

_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_LONGEST: Final = 40


def shown_text(text: str) -> str:
    """A text of a lesson: bold between ``**``, and no other sign is acted on."""
    parts = text.split("**")
    if len(parts) % 2 == 0:  # one that was not closed
        return as_plain(text)
    plain = [as_plain(part).replace("\n", "  \n") for part in parts]
    return "".join(
        f"**{part.strip()}**" if number % 2 and part.strip() else part
        for number, part in enumerate(plain)
    )


def read_number(text: str) -> float:
    """A number as people type it: .68, 68 %, 13,307, −1.7, １０. Raises InputError."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").rstrip("% ")
    if _THOUSANDS.fullmatch(plain) and not plain.lstrip("+-").startswith("0"):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".", 1)
    try:
        if len(plain) > _LONGEST or not re.fullmatch(
            r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", plain
        ):
            raise ValueError
        return float(plain)
    except ValueError:
        raise InputError(
            _("“{text}” is no number: write it as 0.68.").format(text=text.strip()[:_LONGEST])
        ) from None


def shown_number(value: float) -> str:
    """A number as an answer shows it."""
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 2 else f"{value:g}"
