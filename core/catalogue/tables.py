"""The rows of a fetched dataset, as a table with the same columns whatever the file looked like.

    classification   text, label (and score or fine where the source has it)
    tagging          words, tags: two tuples of the same length (Brown also: title, the file)
    text             title, text

Which rows are left out (repeated, blank, contradictory) is said in the catalogue's ``about``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from core.errors import FetchError
from core.language import _

_ADDRESS: Final = re.compile(r"(\d{4})_(.+)_[a-z]+\.txt")


def read_rows(folder: Path, dataset_id: str) -> pd.DataFrame:
    """The table of the dataset that ``ensure_dataset`` put into ``folder``.

    Raises ``FetchError`` where a file of it is damaged.
    """
    try:
        return _READERS[dataset_id](folder)
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
        message = _("The dataset {name} cannot be read; delete {folder} and fetch it again.")
        raise FetchError(message.format(name=dataset_id, folder=folder)) from error


def _scored(name: str) -> Callable[[Path], pd.DataFrame]:
    def read(folder: Path) -> pd.DataFrame:
        lines = (folder / name).read_text("utf-8").split("\n")[1:]
        rows = [line.strip().split("\t") for line in lines if line.strip()]
        scores = [float(score) for _id, score, _text in rows]
        labels = ["positive" if s > 0 else "negative" if s < 0 else "neutral" for s in scores]
        texts = [text.strip() for _id, _score, text in rows]
        return pd.DataFrame({"text": texts, "label": labels, "score": scores})

    return read


def _questions(folder: Path) -> pd.DataFrame:
    lines = (folder / "question_labels.txt").read_text("utf-8").split("\n")
    pairs = [line.strip().split(" ", 1) for line in dict.fromkeys(lines) if line.strip()]
    table = pd.DataFrame(pairs, columns=["fine", "text"])
    table["label"] = table["fine"].str.partition(":")[0]
    return table[["text", "label", "fine"]]


def _messages(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "sms-spam.csv")
    labels = table["spam"].map({0: "ham", 1: "spam"})
    return pd.DataFrame({"text": table["text"].str.strip(), "label": labels})


def _chinese_reviews(folder: Path) -> pd.DataFrame:
    files = {"positive": "pos.txt", "negative": "neg.txt"}
    texts = {label: dict.fromkeys(_lines(folder / name)) for label, name in files.items()}
    both = texts["positive"].keys() & texts["negative"].keys()
    rows = [(text, label) for label, found in texts.items() for text in found if text not in both]
    return pd.DataFrame(rows, columns=["text", "label"])


def _chinese_news(folder: Path) -> pd.DataFrame:
    def pair(token: str) -> tuple[str, str]:
        word, _slash, tag = token.rpartition("/")  # [中央/n 电视台/n]nt: brackets join a long name
        return word.removeprefix("["), tag.partition("]")[0]

    sentences = [[pair(token) for token in line.split()] for line in _lines(folder / "199801.txt")]
    return _tagged(sentences)


def _articles(folder: Path) -> pd.DataFrame:
    with zipfile.ZipFile(folder / "NewsArticles.zip") as archive:
        table = pd.read_csv(io.BytesIO(archive.read("NewsArticles.csv")), keep_default_na=False)
    table = table[["title", "text"]].apply(lambda column: column.str.strip())
    told: pd.DataFrame = table[(table["title"] != "") & (table["text"] != "")]
    return told.drop_duplicates("text").reset_index(drop=True)


def _verdicts(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / "rotten_tomatoes_corpus_full.csv.bz2", keep_default_na=False)
    table = table[table["category"].isin(["fresh", "rotten"])]
    rows = pd.DataFrame({"text": table["text"].str.strip(), "label": table["category"]})
    return rows[rows["text"] != ""].reset_index(drop=True)


def _addresses(folder: Path) -> pd.DataFrame:
    rows = []
    for path in sorted(folder.glob("*.txt")):
        match = _ADDRESS.fullmatch(path.name)
        if match:
            title = f"{match[2].replace('_', ' ').title()}, {match[1]}"
            rows.append((title, path.read_text("utf-8").strip()))
    return pd.DataFrame(rows, columns=["title", "text"])


def _brown(folder: Path) -> pd.DataFrame:
    def sentences() -> Iterator[tuple[str, list[tuple[str, str]]]]:
        for path in sorted(folder.glob("c[a-r][0-9][0-9]")):
            for line in _lines(path):
                pairs = (token.rpartition("/") for token in line.split())
                yield path.name, [(word, tag) for word, _slash, tag in pairs]

    rows = list(sentences())
    table = _tagged([sentence for _title, sentence in rows])
    table["title"] = [title for title, _sentence in rows]
    return table


def _glosses(folder: Path) -> pd.DataFrame:
    rows = []
    for path in sorted(folder.glob("data.*")):
        for line in path.read_text("utf-8").split("\n"):
            if line and not line.startswith("  "):  # the licence stands indented at the top
                fields, _bar, gloss = line.partition(" | ")
                rows.append((fields.split()[4].replace("_", " "), gloss.strip()))
    return pd.DataFrame(rows, columns=["title", "text"])


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").split("\n") if line.strip()]


def _tagged(sentences: list[list[tuple[str, str]]]) -> pd.DataFrame:
    words = [tuple(word for word, _tag in sentence) for sentence in sentences]
    tags = [tuple(tag for _word, tag in sentence) for sentence in sentences]
    return pd.DataFrame({"words": words, "tags": tags})


_READERS: Final[dict[str, Callable[[Path], pd.DataFrame]]] = {
    "movie-snippets": _scored("movieReviewSnippets_GroundTruth.txt"),
    "tweets": _scored("tweets_GroundTruth.txt"),
    "product-reviews": _scored("amazonReviewSnippets_GroundTruth.txt"),
    "editorials": _scored("nytEditorialSnippets_GroundTruth.txt"),
    "question-types": _questions,
    "sms-spam": _messages,
    "reviews-zh": _chinese_reviews,
    "news-zh": _chinese_news,
    "news-articles": _articles,
    "rotten-tomatoes": _verdicts,
    "state-of-the-union": _addresses,
    "brown": _brown,
    "wordnet": _glosses,
}
