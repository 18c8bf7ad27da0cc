"""The string of a chat prompt with its parts told apart: messages, special tokens, the template's.

From a prompt to Markdown in which nothing that people or models wrote is acted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from app.frame import as_plain
from core.generation import ChatPrompt, Role

MOST_SIGNS: Final = 6000
"""Of a longer string the end is shown."""

_COLOURS: Final[dict[Role, str]] = {"system": "violet", "user": "blue", "assistant": "green"}
_JOINER: Final = "\u2060"  # takes no room; an address that holds it is no link


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a prompt: of a message by ``role``, a ``special`` token, or the template's."""

    text: str
    role: Role | None = None
    special: bool = False


def roles(prompt: ChatPrompt) -> tuple[Role | None, ...]:
    """Whose message each token belongs to; None for the template's tokens."""
    owners: list[Role | None] = [None] * len(prompt.tokens)
    for span in prompt.spans:
        if span.start is not None and span.stop is not None:
            owners[span.start : span.stop] = [span.role] * (span.stop - span.start)
    return tuple(owners)


def parts(prompt: ChatPrompt) -> tuple[Part, ...]:
    """The prompt in stretches; each special token is one of its own."""
    tokens = prompt.tokens
    marks = [
        (role, place if special else -1)
        for place, (role, special) in enumerate(zip(roles(prompt), tokens.special, strict=True))
    ]
    return tuple(
        Part(
            text="".join(tokens.texts[place] for place in places),
            role=role,
            special=special >= 0,
        )
        for (role, special), run in groupby(range(len(tokens)), key=marks.__getitem__)
        if (places := list(run))
    )


def last_parts(found: tuple[Part, ...], most: int = MOST_SIGNS) -> tuple[Part, ...]:
    """The stretches that make up the last ``most`` characters."""
    kept: list[Part] = []
    for part in reversed(found):
        if most <= 0:
            break
        kept.append(Part(text=part.text[-most:], role=part.role, special=part.special))
        most -= len(part.text)
    return tuple(reversed(kept))


def marked(found: tuple[Part, ...]) -> str:
    """Markdown: messages on the colour of their role, special tokens as badges, ↵ line ends."""
    return "".join(map(_marked, found)) or " "


def on_colour(role: Role, text: str) -> str:
    """``text`` as what ``role`` said is shown."""
    colour = _COLOURS[role]
    return f":{colour}[:{colour}-background[{_plain(text)}]]"


def special_badge(text: str) -> str:
    """``text`` as a special token is shown."""
    return f":gray-badge[{_plain(text)}]"


def _marked(part: Part) -> str:
    if part.special:
        return special_badge(part.text)
    lines = part.text.replace("\r", "").split("\n")
    return "↵  \n".join(_line(line, part.role) for line in lines)


def _line(line: str, role: Role | None) -> str:
    if not line:
        return ""
    return _plain(line) if role is None else on_colour(role, line)


def _plain(text: str) -> str:
    """One line that Markdown acts on in no way, with every space kept."""
    for sign in ("://", "www", "@"):
        text = text.replace(sign, f"{sign[0]}{_JOINER}{sign[1:]}")
    escaped = as_plain(text).replace("=", "\\=")
    return escaped.replace("\t", "    ").replace("  ", "\u00a0 ")
