"""The texts of a run from nothing: a text of the catalogue or an upload, and its first lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import streamlit as st

from app.frame import as_plain
from app.train.new_answers import answered
from app.train.new_source import Origin, choose_file
from app.train.state import TRAIN
from components.controls import choose_model
from components.tables import table
from core import catalogue
from core.language import _
from core.tuning.pretrain import NUMBERS, TEXTS, Objective, PretrainSpec
from core.tuning.pretrain.defaults import Corpus
from core.tuning.pretrain.material import read_split, read_text_pairs

SHOWN: Final = 4
SHOWN_SIGNS: Final = 240
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPreview:
    """The first texts, or pairs of texts, and how many there are to learn from and held out."""

    texts: tuple[tuple[str, ...], ...]
    train: int
    held_out: int
    repeats: int = 0

    @property
    def language(self) -> Corpus:
        """Chinese where a third of the signs are Chinese characters."""
        signs = "".join(text for row in self.texts for text in row)
        return "zh" if 3 * len(_CHINESE.findall(signs)) > len(signs) else "en"


def choose_corpus(objective: Objective) -> Origin | None:
    """The texts by their title, or a file; None where there is no file yet."""
    titles, key = corpus_titles(objective), TRAIN.key("corpus")
    if st.session_state[key] not in {"", *titles}:
        st.session_state[key] = next(iter(titles))
    dataset = choose_model(_("Texts"), titles, key=key, none=_("a file of your own"))
    return Origin(title=titles[dataset], dataset=dataset) if dataset else choose_file()


def corpus_titles(objective: Objective) -> dict[str, str]:
    """What this objective can learn from: id → title."""
    if objective == "seq2seq":
        return {NUMBERS: _("Numbers and what they are called")}
    entries = {entry.id: entry for entry in catalogue.datasets() if entry.audience == "users"}
    names = [name for texts in TEXTS.values() for name in texts]
    return {name: entries[name].title for name in names if name in entries}


def corpus_language(origin: Origin, found: CorpusPreview | None) -> Corpus:
    """The language of the texts, of a file as far as it was read."""
    if origin.dataset:
        return "zh" if origin.dataset in TEXTS["zh"] else "en"
    return found.language if found else "en"


def show_corpus(origin: Origin, spec: PretrainSpec) -> CorpusPreview | None:
    """The first texts and how many there are; None while they are read, or cannot be."""
    key = (f"data:{origin.dataset or origin.file}", "corpus", spec.objective, spec.seed)
    found = answered(
        key,
        "train_corpus",
        _("Reading {name}").format(name=origin.title),
        lambda progress: _read(spec, progress),
    )
    if found is None:
        return None
    head = (_("text"), _("what is to be made of it")) if len(found.texts[0]) > 1 else (_("text"),)
    st.markdown(table(head, [tuple(map(_short, row)) for row in found.texts]))
    st.markdown(as_plain(counts_sentence(found)))
    return found


def counts_sentence(found: CorpusPreview) -> str:
    """How many texts are learnt from, how many held out, and how many came twice."""
    said = _("{train:,} texts to learn from, {held_out:,} held out to check.").format(
        train=found.train, held_out=found.held_out
    )
    if found.repeats:
        said += " " + _("{count:,} that repeat another are left out.").format(count=found.repeats)
    return said


def _read(spec: PretrainSpec, progress: catalogue.Progress) -> CorpusPreview:
    if spec.objective == "seq2seq":
        pairs = read_text_pairs(spec)
        return CorpusPreview(
            texts=pairs.train[:SHOWN], train=len(pairs.train), held_out=len(pairs.held_out)
        )
    split = read_split(spec, progress)
    return CorpusPreview(
        texts=tuple((each.text[: SHOWN_SIGNS + 1],) for each in split.train[:SHOWN]),
        train=len(split.train),
        held_out=len(split.held_out),
        repeats=split.repeats,
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_SIGNS else f"{text[:SHOWN_SIGNS]}…"
