"""Tagged sentences as the tagging tasks use them: few tags, made of a corpus's many.

Brown's 200 tags become the twelve universal ones (after Petrov, Das and McDonald 2012); of the
People's Daily's parts of speech only names stay, of people, places and organisations, character by
character, marked where they begin (B) and go on (I).
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from core.catalogue import read_dataset
from core.errors import InputError
from core.language import _

Sentence = tuple[tuple[str, ...], tuple[str, ...]]
UNIVERSAL: Final = (
    "NOUN", "VERB", "ADJ", "ADV", "PRON", "DET", "ADP", "NUM", "CONJ", "PRT", "X", ".",
)  # fmt: skip
NAMES: Final = {"nr": "PER", "ns": "LOC", "nt": "ORG"}
"""The corpus's tags of names, and what they are called here."""
MOST_SIGNS: Final = 200
"""Longer paragraphs of news are cut at a sentence's end."""

_WHOLE: Final = {"pp$": "DET", "pp$$": "PRON", "wp$": "DET", "to": "PRT", "rp": "PRT", "uh": "X",
                 "ex": "PRT", "nil": "X"}  # fmt: skip
_STARTS: Final = (
    ("NOUN", ("nn", "np", "nr")),
    ("VERB", ("vb", "be", "do", "hv", "md")),
    ("ADJ", ("jj", "ap", "od")),
    ("ADV", ("rb", "rn", "ql", "wrb", "wql")),
    ("PRON", ("pn", "pp", "wps", "wpo")),
    ("DET", ("dt", "at", "ab", "wdt")),
    ("ADP", ("in", "cs")),
    ("CONJ", ("cc",)),
    ("NUM", ("cd",)),
)
_QUOTES: Final = {"``": '"', "''": '"'}
_ENDS: Final = "。！？；"


def universal(tag: str) -> str:
    """The universal tag of a tag of the Brown corpus."""
    own = tag.casefold().removeprefix("fw-").partition("+")[0]
    for suffix in ("-hl", "-tl", "-nc"):  # in a headline, in a title, cited
        own = own.replace(suffix, "")
    if own == "*":  # not
        return "ADV"
    if not any(sign.isalpha() for sign in own):
        return "."
    own = own.rstrip("*")
    if own in _WHOLE:
        return _WHOLE[own]
    return next((name for name, starts in _STARTS if own.startswith(starts)), "X")


def parts_of_speech() -> Iterator[Sentence]:
    """The sentences of the Brown corpus with universal tags."""
    frame = read_dataset("brown")
    for words, tags in zip(frame["words"], frame["tags"], strict=True):
        kept = tuple(_QUOTES.get(word, word) for word in words)
        yield kept, tuple(map(universal, tags))


def chinese_names() -> Iterator[Sentence]:
    """The sentences of the People's Daily, character by character, with names marked."""
    frame = read_dataset("news-zh")
    for words, tags in zip(frame["words"], frame["tags"], strict=True):
        signs, marks = _marked(words, tags)
        start = 0
        for place, sign in enumerate(signs):
            long = place + 1 - start >= MOST_SIGNS
            if sign in _ENDS or long or place + 1 == len(signs):
                yield tuple(signs[start : place + 1]), tuple(marks[start : place + 1])
                start = place + 1


def _marked(words: Sequence[str], tags: Sequence[str]) -> tuple[list[str], list[str]]:
    signs: list[str] = []
    marks: list[str] = []
    before = ""
    for word, tag in zip(words, tags, strict=True):
        kind = NAMES.get(tag, "")
        # A family name and a given name stand as two words: together they are one name.
        begins = not (kind == "PER" == before)
        for place, sign in enumerate(word):
            signs.append(sign)
            first = begins and place == 0
            marks.append("O" if not kind else f"{'B' if first else 'I'}-{kind}")
        before = kind
    return signs, marks


_CORPORA: Final[dict[str, Callable[[], Iterator[Sentence]]]] = {
    "parts-of-speech": parts_of_speech,
    "names-zh": chinese_names,
}


def stored_corpus(name: str) -> str:
    """Store the sentences of ``name`` as an upload that runs read, and return the upload's name.

    Raises InputError for a name that is none.
    """
    from core.tuning.labelled import store_upload

    if name not in _CORPORA:
        raise InputError(
            _("There are no tagged sentences “{name}”: choose one of {names}.").format(
                name=name[:40], names=", ".join(_CORPORA)
            )
        )
    lines = (
        json.dumps({"words": words, "tags": tags}, ensure_ascii=False)
        for words, tags in _CORPORA[name]()
        if words
    )
    return store_upload(f"{name}.jsonl", io.BytesIO(("\n".join(lines) + "\n").encode()))
