"""A text as it reads once some of its tokens are others: masks spelled out, or words filled in.

The text keeps every character that was not replaced; a tokenizer's own way back to text would not.
"""

from __future__ import annotations

from core.tokens import Tokens


def sentence(text: str, before: Tokens, after: Tokens) -> str:
    """``text``, read as ``before``, with what stands in ``after`` wherever the two differ.

    ``text`` is as the model spells it (``respelled``), whose characters ``spans`` count; a text
    that was cut keeps its end.
    """
    parts: list[str] = []
    done = 0
    for place, span in enumerate(before.spans):
        if span is None or before.segments[place] != 0 or before.ids[place] == after.ids[place]:
            continue
        start, stop = span
        if start < done:  # several tokens of one character: the first stands for all
            continue
        old = text[start:stop]
        gap = old[: len(old) - len(old.lstrip())]
        joins = after.continues[place] or start > done or not parts
        parts += [text[done:start], gap or ("" if joins else " "), after.texts[place].strip()]
        done = stop
    return "".join([*parts, text[done:]])
