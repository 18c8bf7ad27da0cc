"""What changed between two versions of a prompt: the template word by word, the rest by name."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.prompts.library.content import PromptContent

Kind = Literal["same", "removed", "added"]
_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the template that both have, or only the one before or the one after."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something else that differs: its ``name``, with what it was and is, "" where nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """From one version to another. ``pieces`` without the added make the template before."""

    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]

    @property
    def is_none(self) -> bool:
        """Whether both are equal."""
        return not self.changes and all(piece.kind == "same" for piece in self.pieces)


def compare(before: PromptContent, after: PromptContent) -> Difference:
    """What has to be taken away from ``before`` and added to it to make ``after``."""
    old, new = (_flat(content) for content in (before, after))
    changes = [
        Change(name=name, before=old.get(name, ""), after=new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "") != new.get(name, "")
    ]
    pieces = _pieces(before.template, after.template)
    return Difference(pieces=pieces, changes=tuple(changes))


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces = []
    for tag, first, last, start, end in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(kind="same", text="".join(old[first:last])))
            continue
        if last > first:
            pieces.append(Piece(kind="removed", text="".join(old[first:last])))
        if end > start:
            pieces.append(Piece(kind="added", text="".join(new[start:end])))
    return tuple(pieces)


def _flat(content: PromptContent) -> Mapping[str, str]:
    """Everything but the template, by name, as people read it."""
    found = {"model": content.model, "dataset": content.dataset}
    found |= {f"words: {label}": ", ".join(words) for label, words in content.words}
    for number, row in enumerate(content.demonstrations, 1):
        found[f"example {number}"] = json.dumps(dict(row), ensure_ascii=False)
    found["separator"] = repr(content.separator)
    found["calibrate"] = "yes" if content.calibrate else "no"
    return found | dict(content.settings)
