"""What a network from nothing learns and how large it is, and the settings of its run."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from app.train.new_settings import NAME, Setting, choose_number, described_settings
from app.train.new_source import Origin
from app.train.state import TRAIN, TRAIN_OBJECTIVES, TRAIN_SIZES
from core.language import _
from core.tuning.pretrain import (
    TOKENIZERS,
    Objective,
    PretrainSpec,
    Size,
    TokenizerKind,
    default_spec,
)
from core.tuning.pretrain.defaults import Corpus

_NUMBERS: Final = (
    *("steps", "batch", "rate", "block", "vocabulary"),
    *("layers", "heads", "hidden", "seed"),
)


def pick_objective() -> Objective:
    """What is learnt, with a line on what that is."""
    names, about = objective_names(), about_objectives()
    objective: Objective = st.selectbox(
        _("What is learnt"),
        TRAIN_OBJECTIVES,
        format_func=names.__getitem__,
        key=TRAIN.key("objective"),
        persist_state="session",
    )
    st.markdown(f":small[{about[objective]}]")
    return objective


def pick_size() -> Size:
    """How large the network is and how long it learns."""
    names = size_names()
    size: Size = st.selectbox(
        _("Size"),
        TRAIN_SIZES,
        format_func=names.__getitem__,
        key=TRAIN.key("size"),
        persist_state="session",
    )
    return size


def objective_names() -> dict[Objective, str]:
    """What the objectives are called."""
    return {
        "masked": _("Masked words and next sentences (BERT)"),
        "causal": _("The next token (GPT)"),
        "seq2seq": _("One text from another (T5)"),
    }


def about_objectives() -> dict[Objective, str]:
    """What each objective asks of the network, in a line."""
    return {
        "masked": _(
            "Of 15 % of the tokens it is asked what stood there, and of two pieces of text whether "
            "the second follows the first."
        ),
        "causal": _("At every token it is asked which one comes next."),
        "seq2seq": _("An encoder reads one text, a decoder with cross-attention writes the other."),
    }


def size_names() -> dict[Size, str]:
    """What the sizes are called; how long each takes is told when it is known."""
    return {
        "tiny": _("Tiny"),
        "mini": _("Mini"),
        "small": _("Small"),
        "medium": _("Medium"),
    }


def usual_spec(objective: Objective, origin: Origin, language: Corpus, size: Size) -> PretrainSpec:
    """The spec to begin with for these texts."""
    usual = default_spec(objective, language, size)
    if origin.file:
        return replace(usual, texts=(), file=origin.file)
    (share, *_more) = usual.texts
    return replace(usual, texts=(replace(share, dataset=origin.dataset),))


def choose_shape(usual: PretrainSpec, size: Size) -> PretrainSpec:
    """The spec with what was set. Raises InputError, naming the setting, for what cannot be."""
    at = f"train.nothing.{usual.objective}.{size}.{usual.tokenizer}"
    st.text_input(
        _("Name of the run"),
        key=NAME,
        placeholder=_("texts, what is learnt, size"),
        persist_state="session",
    )
    tokenizers = tokenizer_names()
    cut: TokenizerKind = st.selectbox(
        _("Tokenizer, made from these texts"),
        TOKENIZERS[usual.objective],
        index=TOKENIZERS[usual.objective].index(usual.tokenizer),
        format_func=tokenizers.__getitem__,
        key=f"{at}.tokenizer",
        persist_state="session",
    )
    settings = described_shape()
    numbers = {
        name: choose_number(f"{at}.{name}", getattr(usual, name), settings[name])
        for name in _NUMBERS
    }
    return replace(usual, tokenizer=cut, **numbers)


def tokenizer_names() -> dict[TokenizerKind, str]:
    """What the kinds of tokenizer are called."""
    return {
        "wordpiece": _("pieces of words (WordPiece)"),
        "bpe": _("pairs of bytes (BPE)"),
        "characters": _("characters"),
        "words": _("words and digits"),
    }


def described_shape() -> dict[str, Setting]:
    """The settings by their names in the spec."""
    usual = described_settings()
    return {
        "steps": Setting(label=_("Steps"), about=_("So many times the weights change."), step=100),
        "batch": usual["batch"],
        "rate": replace(usual["rate"], step=1e-4),
        "block": Setting(
            label=_("Tokens of a row"),
            about=_("So many tokens are read at once, while it learns and ever after."),
        ),
        "vocabulary": Setting(
            label=_("Vocabulary size"),
            about=_("The tokenizer has at most so many tokens."),
            step=500,
        ),
        "layers": Setting(label=_("Layers"), about=_("So many layers stand on each other.")),
        "heads": Setting(label=_("Heads"), about=_("So many heads of attention has each layer.")),
        "hidden": Setting(
            label=_("Hidden size"),
            about=_("The numbers that stand for a token; a multiple of the heads."),
            step=64,
        ),
        "seed": usual["seed"],
    }
