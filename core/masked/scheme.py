"""BERT's masking scheme on the tokens of one text (Devlin et al. 2019, section 3.1).

Each token is chosen independently with probability ``rate``, so the count varies around it; of the
chosen, ``mask`` become [MASK], ``random`` another token, the rest stay as they are. It is the rule
of ``core.tuning.masking``, by which models are trained. What is predicted is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerFast

from core.errors import InputError, UnsupportedError
from core.language import _
from core.tokens import Tokens
from core.tuning.blocks import vocabulary_of
from core.tuning.masking import IGNORED, MaskedRows, MaskingRule, Vocabulary, mask_rows

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel, TextTokenizer

IntArray = npt.NDArray[np.int64]
Kind = Literal["masked", "replaced", "kept", "untouched"]

DRAWS: Final = 1000
"""How many draws a histogram is made of."""
_DRAWS_AT_LEAST: Final = 64
_KNOWN: WeakKeyDictionary[PreTrainedTokenizerFast, Vocabulary] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskedExample:
    """A text after masking. ``input_ids`` and ``labels``: (token,); ``kinds`` one per token.

    ``labels`` are the original ids of the chosen tokens and −100 elsewhere. A token replaced by
    itself, which one in a vocabulary's size is, counts as kept. ``tokens`` are the original ones.
    """

    tokens: Tokens
    input_ids: IntArray
    labels: IntArray
    kinds: tuple[Kind, ...]

    def __post_init__(self) -> None:
        if len({len(self.tokens), len(self.input_ids), len(self.labels), len(self.kinds)}) != 1:
            raise ValueError("every field of MaskedExample needs one entry per token")

    @property
    def positions(self) -> tuple[int, ...]:
        """Where tokens were chosen, from left to right."""
        return tuple(int(place) for place in np.flatnonzero(self.labels != IGNORED))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskingCounts:
    """How many tokens became what in each of many draws of one text; all (draw,).

    ``eligible`` is how many tokens may be chosen: all but special ones.
    """

    eligible: int
    masked: IntArray
    replaced: IntArray
    kept: IntArray

    @property
    def chosen(self) -> IntArray:
        """How many tokens were chosen in each draw. (draw,)"""
        return self.masked + self.replaced + self.kept

    @property
    def rate(self) -> float:
        """The share of eligible tokens that were chosen, over all draws."""
        return float(self.chosen.sum()) / (self.eligible * len(self.masked))

    @property
    def shares(self) -> tuple[float, float, float]:
        """Of the chosen ones the shares masked, replaced and kept; NaN where none was chosen."""
        total = int(self.chosen.sum())
        parts = (self.masked, self.replaced, self.kept)
        masked, replaced, kept = (int(part.sum()) / total if total else np.nan for part in parts)
        return masked, replaced, kept


def mask_tokens(
    tokens: Tokens,
    *,
    rate: float = 0.15,
    mask: float = 0.8,
    random: float = 0.1,
    seed: int,
    model: LanguageModel | TextTokenizer | None = None,
) -> MaskedExample:
    """One draw of the scheme. Special tokens are never chosen; a draw may choose none at all.

    The tokenizer that read the tokens, or that of ``model`` where one is given, tells the id of the
    mask and the vocabulary that replacements are drawn from evenly. Raises InputError for shares
    that are none and where no token may be chosen, UnsupportedError for a model without a mask.
    """
    rule = MaskingRule(rate=rate, mask=mask, random=random)
    vocabulary = _vocabulary(tokens, model)
    rows, _eligible = _draw(tokens, rule, vocabulary, seed, _DRAWS_AT_LEAST)
    after, labels = rows.input_ids[0], rows.labels[0]
    columns = zip(tokens.ids, after.tolist(), labels.tolist(), strict=True)
    kinds = tuple(_kind(*column, vocabulary.mask_id) for column in columns)
    return MaskedExample(tokens=tokens, input_ids=after, labels=labels, kinds=kinds)


def masking_counts(
    tokens: Tokens,
    *,
    rate: float = 0.15,
    mask: float = 0.8,
    random: float = 0.1,
    seed: int,
    draws: int = DRAWS,
    model: LanguageModel | TextTokenizer | None = None,
) -> MaskingCounts:
    """What ``draws`` draws of the scheme choose in one text. Raises what ``mask_tokens`` raises."""
    rule = MaskingRule(rate=rate, mask=mask, random=random)
    vocabulary = _vocabulary(tokens, model)
    rows, eligible = _draw(tokens, rule, vocabulary, seed, draws)
    chosen = rows.labels != IGNORED  # (draw, token)
    masked = rows.input_ids == vocabulary.mask_id
    kept = rows.input_ids == rows.labels
    return MaskingCounts(
        eligible=eligible,
        masked=(chosen & masked).sum(axis=1),
        replaced=(chosen & ~masked & ~kept).sum(axis=1),
        kept=(chosen & kept).sum(axis=1),
    )


def _draw(
    tokens: Tokens, rule: MaskingRule, vocabulary: Vocabulary, seed: int, draws: int
) -> tuple[MaskedRows, int]:
    """Many draws side by side, and how many tokens may be chosen.

    The rule of training sees to it that a batch has at least one chosen token. Among many draws
    that happens by itself; drawn alone, short texts would come out above the rate.
    """
    special = {id_ for id_, mark in zip(tokens.ids, tokens.special, strict=True) if mark}
    ids = np.asarray(tokens.ids, dtype=np.int64)
    known = Vocabulary(
        mask_id=vocabulary.mask_id,
        special_ids=vocabulary.special_ids | special,
        ordinary_ids=vocabulary.ordinary_ids,
    )
    eligible = int((~np.isin(ids, list(known.special_ids))).sum())
    if eligible == 0:
        raise InputError(_("The text has special tokens only, which are never masked: add a word."))
    return mask_rows(np.tile(ids, (draws, 1)), rule=rule, vocabulary=known, seed=seed), eligible


def _kind(before: int, after: int, label: int, mask_id: int) -> Kind:
    if label == IGNORED:
        return "untouched"
    if after == mask_id:
        return "masked"
    return "kept" if after == before else "replaced"


def _vocabulary(tokens: Tokens, model: LanguageModel | TextTokenizer | None) -> Vocabulary:
    read_by = None if tokens.tokenizer is None else tokens.tokenizer()
    tokenizer = read_by if model is None else model.tokenizer
    if tokenizer is None:
        raise InputError(
            _("The model that read these {count} tokens is no longer loaded: name one.").format(
                count=len(tokens)
            )
        )
    if tokenizer.mask_token_id is None:
        name = model.id if model is not None else type(tokenizer).__name__
        raise UnsupportedError(
            _("The tokenizer of {id} has no mask token: choose another model.").format(id=name)
        )
    if tokenizer not in _KNOWN:
        _KNOWN[tokenizer] = vocabulary_of(tokenizer)
    return _KNOWN[tokenizer]
