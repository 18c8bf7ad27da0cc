"""Sizes of networks and specs to begin with: from a minute on a laptop up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from core.tuning.masked import fast_precision
from core.tuning.pretrain.spec import NUMBERS, Objective, PretrainSpec, TokenizerKind
from core.tuning.spec import TextShare

Size = Literal["tiny", "mini", "small", "medium"]
Corpus = Literal["en", "zh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A size: the network, and how long it is trained."""

    layers: int
    heads: int
    hidden: int
    block: int
    batch: int
    steps: int
    rate: float


PRESETS: Final[dict[Size, Preset]] = {
    "tiny": Preset(layers=2, heads=4, hidden=128, block=64, batch=16, steps=600, rate=2e-3),
    "mini": Preset(layers=4, heads=4, hidden=192, block=128, batch=16, steps=3_000, rate=1e-3),
    "small": Preset(layers=6, heads=8, hidden=256, block=128, batch=32, steps=10_000, rate=7e-4),
    "medium": Preset(layers=8, heads=8, hidden=512, block=256, batch=32, steps=50_000, rate=5e-4),
}
"""The smallest first; each takes several times as long as the one before it."""

TEXTS: Final[dict[Corpus, tuple[str, ...]]] = {
    "en": (
        "news-articles",
        "rotten-tomatoes",
        "movie-snippets",
        "editorials",
        "product-reviews",
        "state-of-the-union",
        "brown",
        "wordnet",
    ),
    "zh": ("news-zh", "reviews-zh"),
}
"""The datasets of the catalogue that can be read as running text, by language.

All but the last three English ones come through pip alone.
"""

_VOCABULARY: Final = 4_000


def default_spec(
    objective: Objective, language: Corpus = "en", size: Size = "tiny"
) -> PretrainSpec:
    """The usual spec for an objective in a language, of a size: texts that come through pip."""
    preset = PRESETS[size]
    texts = (NUMBERS,) if objective == "seq2seq" else TEXTS[language][:1]
    return PretrainSpec(
        objective=objective,
        texts=tuple(TextShare(dataset=name) for name in texts),
        tokenizer=usual_tokenizer(objective, language),
        vocabulary=_VOCABULARY,
        layers=preset.layers,
        heads=preset.heads,
        hidden=preset.hidden,
        block=preset.block,
        batch=preset.batch * (2 if objective == "seq2seq" else 1),
        steps=preset.steps,
        rate=preset.rate,
        precision=fast_precision(),
    )


def usual_tokenizer(objective: Objective, language: Corpus) -> TokenizerKind:
    """What texts in a language are usually cut into."""
    if objective == "seq2seq":
        return "words"
    if language == "zh":
        return "characters"
    return "wordpiece" if objective == "masked" else "bpe"
