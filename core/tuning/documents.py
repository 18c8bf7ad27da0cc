"""Texts of the catalogue as documents: what each dataset's rows become, cleaned.

A document is what must not be torn between training and held-out texts: an address, an article,
a file of the Brown corpus, an entry of WordNet, a review. Tokens are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.tuning.sentences import split_chinese, split_sentences

if TYPE_CHECKING:
    import pandas as pd

_SPACE: Final = re.compile(r"\s+")
_QUOTED: Final = re.compile(r'"([^"]{8,})"')
_DOUBLED: Final = re.compile(r"([;?!:]) \1(?= |$)")
_WIDE: Final = {
    ord(wide): narrow
    for wide, narrow in zip(
        "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
        "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ％．",
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%.",
        strict=True,
    )
}
"""Newspapers print digits and letters as wide as Chinese characters; nobody types them so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text by sentences. ``running`` tells whether each sentence continues the one before.

    ``spaced`` tells whether a space stands between two sentences.
    """

    source: str
    title: str
    sentences: tuple[str, ...]
    running: bool = True
    spaced: bool = True

    @property
    def text(self) -> str:
        """The sentences, one after the other."""
        return (" " if self.spaced else "").join(self.sentences)


def document_of(text: str, *, source: str, title: str) -> Document | None:
    """A running text in English or Chinese, cut into sentences; None where it is blank."""
    plain = _SPACE.sub(" ", text).strip()
    english = tuple(split_sentences(plain))
    sentences = tuple(piece for each in english for piece in split_chinese(each))
    if not sentences:
        return None
    return Document(
        source=source, title=title, sentences=sentences, spaced=len(sentences) == len(english)
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


def _short(source: str) -> Callable[[pd.DataFrame], Iterable[Document]]:
    """Rows that are a sentence or two each, none of which continues another."""

    def read(table: pd.DataFrame) -> Iterable[Document]:
        for number, text in enumerate(table["text"], start=1):
            found = document_of(text, source=source, title=str(number))
            if found:
                yield found

    return read


def _chinese_news(table: pd.DataFrame) -> Iterable[Document]:
    """A paragraph is a document: the file does not say where an article ends."""
    for number, words in enumerate(table["words"], start=1):
        text = "".join(words).translate(_WIDE)
        sentences = tuple(split_chinese(text))
        if sentences:
            yield Document(source="news-zh", title=str(number), sentences=sentences, spaced=False)


def _chinese_reviews(table: pd.DataFrame) -> Iterable[Document]:
    for number, text in enumerate(table["text"], start=1):
        sentences = tuple(split_chinese(_SPACE.sub(" ", text).strip().translate(_WIDE)))
        if sentences:
            yield Document(
                source="reviews-zh", title=str(number), sentences=sentences, spaced=False
            )


READERS: Final[dict[str, Callable[[pd.DataFrame], Iterable[Document]]]] = {
    "state-of-the-union": _running("state-of-the-union"),
    "news-articles": _running("news-articles"),
    "brown": _brown,
    "wordnet": _wordnet,
    "rotten-tomatoes": _short("rotten-tomatoes"),
    "movie-snippets": _short("movie-snippets"),
    "editorials": _short("editorials"),
    "product-reviews": _short("product-reviews"),
    "news-zh": _chinese_news,
    "reviews-zh": _chinese_reviews,
}
"""The datasets that are read as running text."""
