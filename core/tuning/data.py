"""Documents of the catalogue's texts: read, without repeats, split once and for all.

Tokens are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.catalogue import Progress, read_dataset
from core.errors import InputError
from core.language import _
from core.tuning.documents import READERS, Document
from core.tuning.spec import TextShare

_WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSplit:
    """The documents to train on, those held out, and how many repeats were left out."""

    train: tuple[Document, ...]
    held_out: tuple[Document, ...]
    repeats: int


def read_documents(
    texts: Sequence[TextShare], *, seed: int, progress: Progress | None = None
) -> tuple[Document, ...]:
    """The documents of the datasets named, fetched where needed; a seeded share of each.

    Raises InputError for a dataset that is no running text.
    """
    documents: list[Document] = []
    for place, wanted in enumerate(texts):
        if wanted.dataset not in READERS:
            raise InputError(
                _("“{name}” is not a text to train on: choose among {known}.").format(
                    name=wanted.dataset, known=", ".join(READERS)
                )
            )
        found = list(READERS[wanted.dataset](read_dataset(wanted.dataset, progress)))
        order = np.random.default_rng((seed, place)).permutation(len(found))
        kept = sorted(order[: max(1, round(wanted.share * len(found)))])
        documents.extend(found[number] for number in kept)
    return tuple(documents)


def split_documents(documents: Sequence[Document], *, held_out: float, seed: int) -> TextSplit:
    """Leave out repeats, then hold out a share of the documents of each source.

    Two documents are the same where their words are, whatever the case and the punctuation. A
    running text loses sentences that an earlier document had too (speeches quote each other):
    those of eight words and more.
    """
    seen: set[str] = set()
    unique: list[Document] = []
    for document in documents:
        fresh = tuple(s for s in document.sentences if _is_new(s, seen, document.running))
        if fresh:
            unique.append(_with(document, fresh))
    train: list[Document] = []
    kept_out: list[Document] = []
    for place, source in enumerate(sorted({document.source for document in unique})):
        own = [document for document in unique if document.source == source]
        order = np.random.default_rng((seed, 1000 + place)).permutation(len(own))
        count = max(1, round(held_out * len(own)))
        chosen = set(order[:count].tolist())
        for number, document in enumerate(own):
            (kept_out if number in chosen else train).append(document)
    if not train:
        raise InputError(
            _("Without repeats there is one text: give at least two, so that one can be held out.")
        )
    before = sum(len(document.sentences) for document in documents)
    after = sum(len(document.sentences) for document in unique)
    return TextSplit(train=tuple(train), held_out=tuple(kept_out), repeats=before - after)


def _is_new(sentence: str, seen: set[str], running: bool) -> bool:
    words = _WORD.findall(sentence.lower())
    if running and len(words) < 8:  # “Thank you.” may stand anywhere
        return True
    key = " ".join(words)
    new = bool(key) and key not in seen
    seen.add(key)
    return new


def _with(document: Document, sentences: tuple[str, ...]) -> Document:
    return Document(
        source=document.source,
        title=document.title,
        sentences=sentences,
        running=document.running,
        spaced=document.spaced,
    )
