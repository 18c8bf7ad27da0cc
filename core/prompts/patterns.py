"""A prompt's template as fine-tuning writes it: ``{{ text }} It was [MASK].`` is ``{text} It was
{word}.`` there. Only a template that puts one text between words can be trained with."""

from __future__ import annotations

import re
from typing import Final

from core.errors import InputError
from core.language import _
from core.prompts.template import PromptTemplate
from core.tuning.finetune.pattern import TEXT, WORD

_MASK: Final = re.compile(r"\[MASK\]|<mask>", re.IGNORECASE)


def as_pattern(template: str, *, column: str, causal: bool = False) -> str:
    """The template with ``{text}`` for the variable ``column`` and ``{word}`` for the answer.

    Without a mask the answer stands at the end. Raises InputError for a template that does more,
    or that asks for other columns.
    """
    names = PromptTemplate(template).variables
    found = re.sub(r"\{\{-?\s*" + re.escape(column) + r"\s*-?\}\}", "\0", template)
    plain = not re.search(r"\{[{%#]", found)
    if names != (column,) or found.count("\0") != 1 or not plain:
        raise InputError(
            _(
                "Training needs a template with {variable} once and nothing else to fill in: write "
                "one in Build."
            ).format(variable="{{ " + column + " }}")
        )
    if len(_MASK.findall(found)) > 1:
        raise InputError(
            _("The template has {count} masks: one stands for the answer.").format(
                count=len(_MASK.findall(found))
            )
        )
    found = found.replace("{", "(").replace("}", ")")
    marked = _MASK.sub("\1", found)
    if "\1" not in marked:
        marked = f"{marked.rstrip()} \1"
    if causal:
        marked = marked[: marked.index("\1") + 1]
    return marked.replace("\0", TEXT).replace("\1", WORD)
