"""What is wrong with one text of many: a sentence in its row, which stops no other."""

from __future__ import annotations

from core.errors import TextError
from core.language import _
from core.tokens import check_text


def fault_of(text: str) -> str:
    """The sentence; "" where the text can be read."""
    try:
        check_text(text)
    except TextError as error:
        return str(error)
    return ""


def stopped_text() -> str:
    """What stands for a text that was not read before the stop."""
    return _("not read before the stop")
