"""Scores a text: how probable each of its tokens is to a model, given those before it.

L_CLM = −Σ log P(xₜ | x₁ … xₜ₋₁) (Radford et al. 2018, equation 1), of which frameworks report the
mean; perplexity is its exponential. Of an encoder–decoder model the target is scored, given the
source. Nothing is generated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.distribution import FloatArray, TokenNames, check_top_k
from core.errors import InputError, UnsupportedError
from core.generation.prompt import plain_reader
from core.generation.rows import CachedRows
from core.generation.scored_words import words_of
from core.generation.source import read_source
from core.jobs import Progress, Stop
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

MAX_TOKENS: Final = 20_000
"""Longer texts are cut here, saying so."""
_LOGITS_AT_ONCE: Final = 2**23  # 32 MB in float32

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredWord:
    """One word of a scored text: the places of its tokens and the sum of their log P in nats.

    ``rank`` is the largest among its tokens: 1 where each was the most probable one.
    """

    positions: tuple[int, ...]
    text: str
    log_probability: float
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextScore:
    """log P of every token given those before it, in nats.

    NaN (and rank 0) where there is none: for the first token, which is the model's own opening
    token where its tokenizer writes one and else the first of the text; and where the computation
    was stopped. Of an encoder–decoder model ``tokens`` are the target's and each has one.
    ``entropies``, in nats, and ``top_…`` tell what was expected in a token's place. ``contexts``
    says how many tokens each was given: fewer than stand before it where the text is longer than
    the ``window`` that the model can read at once.
    """

    tokens: Tokens
    log_probabilities: FloatArray  # (token,)
    ranks: IntArray  # (token,), 1 is the most probable
    entropies: FloatArray  # (token,)
    top_ids: IntArray  # (token, k)
    top_probabilities: FloatArray  # (token, k)
    contexts: IntArray  # (token,)
    window: int
    names: TokenNames

    @property
    def scored(self) -> int:
        """How many tokens have a log-probability."""
        return int(np.isfinite(self.log_probabilities).sum())

    @property
    def total(self) -> float:
        """Σ log P over the scored tokens."""
        return float(np.nansum(self.log_probabilities.astype(np.float64)))

    @property
    def loss(self) -> float:
        """L_CLM as frameworks report it: the mean of −log P over the scored tokens."""
        return -self.total / self.scored

    @property
    def perplexity(self) -> float:
        """exp(loss)."""
        return float(np.exp(self.loss))

    def top_texts(self, position: int) -> tuple[str, ...]:
        """The words expected most in the place of the token at ``position``, none where unknown."""
        if self.ranks[position] == 0:
            return ()
        return tuple(self.names.text(int(id_)) for id_ in self.top_ids[position])

    def words(self) -> tuple[ScoredWord, ...]:
        """The words that were scored whole, special tokens aside, from left to right."""
        return tuple(self._word(positions) for positions in words_of(self.tokens, self.ranks))

    def least_expected(self, count: int = 10) -> tuple[ScoredWord, ...]:
        """The ``count`` words with the lowest log-probability, the lowest first."""
        return tuple(sorted(self.words(), key=lambda word: word.log_probability)[:count])

    def _word(self, positions: tuple[int, ...]) -> ScoredWord:
        places = list(positions)
        return ScoredWord(
            positions=positions,
            text="".join(self.tokens.texts[place] for place in places).strip(),
            log_probability=float(self.log_probabilities[places].astype(np.float64).sum()),
            rank=int(self.ranks[places].max()),
        )


def score_text(
    model: LanguageModel,
    text: str | Tokens,
    pair: str | None = None,
    *,
    top_k: int = 5,
    limit: int = MAX_TOKENS,
    special: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> TextScore:
    """The log-probability of each token of ``text``; of an encoder–decoder model, of ``pair``.

    ``loss`` equals that of the network itself, ``network(labels=…)``. A text longer than the model
    can read at once is read in windows, each beginning half a window after the one before, so that
    every token is given at least half a window. At most ``limit`` tokens are read;
    ``tokens.cut`` tells what was left out. Special tokens typed in a text are text unless
    ``special``. ``stop`` ends early, with what there is.

    Raises TextError for a text that cannot be read, InputError for one of a single token, and
    UnsupportedError for a model that does not predict the next token.
    """
    check_top_k(top_k)
    _check_kind(model, pair)
    reader = model.reader if special else plain_reader(model)
    if model.kind == "seq2seq":
        source = read_source(model, text, special=special)
        tokens = reader.read(pair or "", limit=min(limit, model.shape.max_tokens))
        # The decoder reads its start token first: every token of the target has one before it.
        given = (*model.encode_target(None).ids, *tokens.ids[:-1])
    else:
        source = None
        tokens = text if isinstance(text, Tokens) else reader.read(text, limit=limit)
        given = tokens.ids[:-1]
    if not given:
        raise InputError(
            _(
                "The text is one token, “{text}”, and nothing stands before it to expect it: add "
                "a word."
            ).format(text=tokens.labels[0])
        )
    scores = _Scores(model, tokens, len(tokens) - len(given), top_k)
    for piece in _pieces(model, source, given, _opening(tokens)):
        scores.add(piece)
        done = piece.start + len(piece.logits)
        if progress is not None:
            progress(done, len(given))
        if stop is not None and stop():
            break
    return scores.result(model.shape.max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece:
    """Logits after some of the given tokens, from ``start`` on; the first was given ``context``."""

    start: int
    context: int
    logits: Tensor  # (token, vocab)


def _pieces(
    model: LanguageModel, source: Tokens | None, given: Sequence[int], opening: int
) -> Iterator[_Piece]:
    """The logits after each given token, as many at once as the memory allows.

    Windows after the first begin with the ``opening`` tokens too, which some models need.
    """
    at_once = max(1, _LOGITS_AT_ONCE // model.shape.vocab)
    window = model.shape.max_tokens
    begin = done = 0
    while done < len(given):
        rows = CachedRows(model, source)
        lead = tuple(given[:opening]) if begin > 0 else ()
        if seen := (*lead, *given[begin:done]):
            rows.read(_row(model, seen))
        end = min(begin + window - len(lead), len(given))
        for start in range(done, end, at_once):
            context = rows.length + 1
            ids = _row(model, given[start : min(start + at_once, end)])
            yield _Piece(start=start, context=context, logits=rows.read(ids, last=False)[0])
        begin, done = end - window // 2, end


class _Scores:
    """The score of a text, filled in piece by piece; the first ``skipped`` tokens get none."""

    def __init__(self, model: LanguageModel, tokens: Tokens, skipped: int, top_k: int) -> None:
        count, top_k = len(tokens), min(top_k, model.shape.vocab)
        self._tokens, self._skipped, self._names = tokens, skipped, TokenNames(model)
        self._own = np.full(count, np.nan, dtype=np.float32)
        self._entropies = np.full(count, np.nan, dtype=np.float32)
        self._ranks = np.zeros(count, dtype=np.int64)
        self._contexts = np.zeros(count, dtype=np.int64)
        self._top_ids = np.zeros((count, top_k), dtype=np.int64)
        self._top = np.full((count, top_k), np.nan, dtype=np.float32)

    def add(self, piece: _Piece) -> None:
        """Score the tokens that follow those of ``piece``."""
        first = piece.start + self._skipped
        here = slice(first, first + len(piece.logits))
        vocabulary = piece.logits.shape[-1]
        numbers = torch.tensor(self._tokens.ids[here], device=piece.logits.device)
        expected = numbers < vocabulary  # virtual tokens stand for nothing that could be
        targets = numbers.clamp(max=vocabulary - 1)[:, None]
        with torch.inference_mode():
            logs = torch.log_softmax(piece.logits, dim=-1)  # (token, vocab)
            own = logs.gather(1, targets)  # (token, 1)
            top = torch.topk(logs, self._top.shape[1], dim=-1)
            entropies = torch.special.entr(logs.exp()).sum(-1)  # (token,)
            ranks = (logs > own).sum(-1) + 1  # (token,)
            ranks = ranks.where(expected, 0)
            own = own[:, 0].where(expected, torch.nan)  # (token,)
        self._own[here] = own.cpu().numpy()
        self._entropies[here] = entropies.cpu().numpy()
        self._ranks[here] = ranks.cpu().numpy()
        self._contexts[here] = piece.context + np.arange(len(piece.logits))
        self._top_ids[here] = top.indices.cpu().numpy()
        self._top[here] = top.values.exp().cpu().numpy()

    def result(self, window: int) -> TextScore:
        """What was scored so far."""
        return TextScore(
            tokens=self._tokens,
            log_probabilities=self._own,
            ranks=self._ranks,
            entropies=self._entropies,
            top_ids=self._top_ids,
            top_probabilities=self._top,
            contexts=self._contexts,
            window=window,
            names=self._names,
        )


def _row(model: LanguageModel, ids: Sequence[int]) -> Tensor:
    largest = max((id_ for id_ in ids if not model.is_virtual(id_)), default=0)
    if largest >= model.shape.vocab:
        raise InputError(
            _("The model {id} has no token number {number}: the largest is {last}.").format(
                id=model.id, number=largest, last=model.shape.vocab - 1
            )
        )
    return torch.tensor([list(ids)], device=model.device)  # (1, token)


def _opening(tokens: Tokens) -> int:
    """How many tokens of the template stand before the text."""
    own = (place for place, segment in enumerate(tokens.segments) if segment is not None)
    return next(own, 0)


def _check_kind(model: LanguageModel, pair: str | None) -> None:
    if model.kind not in {"causal", "seq2seq"}:
        raise UnsupportedError(
            _(
                "{id} does not predict the next word: choose a causal model, or open it on the "
                "Masked words page, which scores a text with each word masked in turn."
            ).format(id=model.id)
        )
    if model.kind == "causal" and pair is not None:
        raise UnsupportedError(
            _("{id} reads one text, not a pair: put both texts into one.").format(id=model.id)
        )
    if model.kind == "seq2seq" and pair is None:
        raise InputError(
            _("{id} scores a text as the answer to another: give both.").format(id=model.id)
        )
