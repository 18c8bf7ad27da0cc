"""Texts of the catalogue as documents: cleaned, without repeats, split once and for all.

A document is what must not be torn between training and held-out texts: an address, an article,
a file of the Brown corpus, an entry of WordNet. Tokens are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core.catalogue import Progress, read_dataset
from core.errors import InputError
from core.language import _
from core.tuning.sentences import split_sentences
from core.tuning.spec import TextShare

if TYPE_CHECKING:
    import pandas as pd

_SPACE: Final = re.compile(r"\s+")
_QUOTED: Final = re.compile(r'"([^"]{8,})"')
_DOUBLED: Final = re.compile(r"([;?!:]) \1(?= |$)")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text by sentences. ``running`` tells whether each sentence continues the one before."""

    source: str
    title: str
    sentences: tuple[str, ...]
    running: bool = True

    @property
    def text(self) -> str:
        """The sentences, joined by a space."""
        return " ".join(self.sentences)


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

    Raises InputError for a dataset that is no running English text.
    """
    documents: list[Document] = []
    for place, wanted in enumerate(texts):
        if wanted.dataset not in _READERS:
            raise InputError(
                _("“{name}” is not a text to train on: choose among {known}.").format(
                    name=wanted.dataset, known=", ".join(_READERS)
                )
            )
        found = list(_READERS[wanted.dataset](read_dataset(wanted.dataset, progress)))
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
    )


def _running(source: str) -> Callable[[pd.DataFrame], Iterable[Document]]:
    def read(table: pd.DataFrame) -> Iterable[Document]:
        for title, text in zip(table["title"], table["text"], strict=True):
            # The articles came with "? where an apostrophe or a quotation mark had stood.
            plain = _SPACE.sub(" ", text.replace('"?', " ")).strip()
            sentences = tuple(split_sentences(plain))
            if sentences:
                yield Document(source=source, title=title, sentences=sentences)

    return read


def _brown(table: pd.DataFrame) -> Iterable[Document]:
    for title, rows in table.groupby("title", sort=True):
        sentences = tuple(_plain(" ".join(words)) for words in rows["words"])
        yield Document(source="brown", title=str(title), sentences=sentences)


def _plain(sentence: str) -> str:
    """Brown writes quotation marks as `` and '', and other marks twice: ``; ;``, ``? ?``."""
    return _DOUBLED.sub(r"\1", sentence.replace("``", '"').replace("''", '"'))


def _wordnet(table: pd.DataFrame) -> Iterable[Document]:
    """An entry becomes “word: definition”, then its examples; none continues another."""
    for title, gloss in zip(table["title"], table["text"], strict=True):
        definition = gloss.partition('; "')[0].strip(" ;")
        examples = tuple(text.strip() for text in _QUOTED.findall(gloss))
        sentences = (f"{title}: {definition}.", *(_closed(text) for text in examples))
        yield Document(source="wordnet", title=title, sentences=sentences, running=False)


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


_READERS: Final[dict[str, Callable[[pd.DataFrame], Iterable[Document]]]] = {
    "state-of-the-union": _running("state-of-the-union"),
    "news-articles": _running("news-articles"),
    "brown": _brown,
    "wordnet": _wordnet,
}
