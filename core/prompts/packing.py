"""Many prompts that begin alike, and the words that may go on with each, in few passes.

What all have in common is read once, and its keys and values are used by all (nothing of them is
copied). The rest of several prompts goes through the network as one row, in which each token sees
the common beginning and its own prompt only; the first pieces of a word of several pieces follow
their prompt in the same row. So nothing is padded. A network that reads such rows otherwise is
found by trying, and gets its prompts padded and whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import DynamicLayer

from core.errors import HeadlightError
from core.generation.cache import empty_cache, fork
from core.generation.room import GrowingLayer
from core.prediction import logits_at
from core.prompts.reading import Ids

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

PACK_TOKENS: Final = {"cpu": 256}
"""Tokens of a packed row, by kind of device."""
_ON_A_GPU: Final = 4096
_SAME: Final = 1e-3
"""How far log-probabilities may be apart where a network reads packed rows as it should."""

Scores = npt.NDArray[np.float64]
_packs: WeakKeyDictionary[PreTrainedModel, bool] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A prompt and the words whose probability is wanted after it."""

    ids: Ids
    words: tuple[Ids, ...]

    def size(self, common: int) -> int:
        """The tokens of a packed row that it takes after the ``common`` ones."""
        return len(self.ids) - common + sum(len(word) - 1 for word in self.words)


class ContinuationScorer:
    """log P of words that go on with prompts, under one causal model."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._prefix: Ids = ()
        self._cache: DynamicCache | None = None

    def scores(self, prompts: Sequence[Asked]) -> Iterator[tuple[list[int], Scores]]:
        """The places of some prompts and log P of their words, (prompt, word), until all are done.

        All prompts have the same number of words.
        """
        if not prompts:
            return
        if not packs(self._model):
            yield from _padded(self._model, prompts)
            return
        common = self._begin(prompts)
        for places in _packed(self._model, prompts, common):
            yield places, self._read([prompts[place] for place in places], common)

    def _begin(self, prompts: Sequence[Asked]) -> int:
        """Read what all prompts have in common, if it was not read before; its length."""
        common = _common([prompt.ids for prompt in prompts])
        prefix = prompts[0].ids[:common]
        if self._cache is None or prefix != self._prefix:
            self._cache = empty_cache(self._model)
            if prefix:
                ids = torch.tensor([prefix], device=self._model.device)  # (1, token)
                inputs = {"input_ids": ids, "past_key_values": self._cache, "use_cache": True}
                logits_at(self._model.network, inputs, [-1])
            self._prefix = prefix
        return common

    def _read(self, prompts: Sequence[Asked], common: int) -> Scores:
        if self._cache is None:
            raise ValueError("nothing was begun")
        return _packed_scores(self._model, prompts, common, fork(self._cache))


def packs(model: LanguageModel) -> bool:
    """Whether ``model`` reads a packed row as it reads each prompt alone; tried once."""
    network = model.network
    if network not in _packs:
        _packs[network] = _is_plain(model) and _tried(model)
    return _packs[network]


def _is_plain(model: LanguageModel) -> bool:
    try:
        cache = empty_cache(model)
    except HeadlightError:
        return False
    kinds = {type(layer) for layer in cache.layers}
    return kinds <= {DynamicLayer, GrowingLayer}


def _tried(model: LanguageModel) -> bool:
    """Whether two short prompts come out the same packed and padded."""
    before = () if model.virtual is None else model.virtual.ids
    top = min(model.shape.vocab, 200) - 1
    ids = [(7 * number + 5) % top for number in range(12)]
    words = ((ids[9], ids[10]), (ids[11],))
    tries = [
        Asked(ids=(*before, *ids[:3], *ids[3:8]), words=words),
        Asked(ids=(*before, *ids[:3], ids[9]), words=words),
    ]
    expected = np.zeros((2, 2))
    for places, scores in _padded(model, tries):
        expected[places] = scores
    scorer = ContinuationScorer(model)
    try:
        found = scorer._read(tries, scorer._begin(tries))
    except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError):
        return False
    return bool(np.abs(found - expected).max() < _SAME)


def _common(rows: Sequence[Ids]) -> int:
    """How many first tokens all ``rows`` share, leaving each at least one."""
    first, last = min(rows), max(rows)
    most = min(map(len, rows)) - 1
    for place in range(most):
        if first[place] != last[place]:
            return place
    return max(most, 0)


def _packed(model: LanguageModel, prompts: Sequence[Asked], common: int) -> Iterator[list[int]]:
    """The places of prompts that are read together, each pack about as long as any."""
    most = PACK_TOKENS.get(model.device.type, _ON_A_GPU)
    pack: list[int] = []
    size = 0
    for place, prompt in enumerate(prompts):
        own = prompt.size(common)
        if pack and size + own > most:
            yield pack
            pack, size = [], 0
        pack.append(place)
        size += own
    if pack:
        yield pack


@dataclass(slots=True)
class _Pack:
    """A packed row as it is laid out: ids, their positions, and which rows of tokens see which."""

    common: int
    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    sees: list[list[tuple[int, int]]] = field(default_factory=list)  # per token: spans it sees
    asked: list[int] = field(default_factory=list)  # places whose logits are wanted
    targets: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Of each wanted log-probability its prompt, word, number in ``asked``, and token id."""

    def add(self, number: int, prompt: Asked) -> None:
        """Lay out one prompt and its words."""
        own = prompt.ids[self.common :]
        start = len(self.ids)
        self._put(own, self.common, start, [])
        end = len(self.ids)
        last = self._ask(end - 1)
        for word, pieces in enumerate(prompt.words):
            self.targets.append((number, word, last, pieces[0]))
            branch = len(self.ids)
            self._put(pieces[:-1], self.common + len(own), branch, [(start, end)])
            for step, piece in enumerate(pieces[1:]):
                self.targets.append((number, word, self._ask(branch + step), piece))

    def _ask(self, place: int) -> int:
        self.asked.append(place)
        return len(self.asked) - 1

    def _put(
        self, ids: Sequence[int], position: int, start: int, before: list[tuple[int, int]]
    ) -> None:
        for step, id_ in enumerate(ids):
            self.ids.append(id_)
            self.positions.append(position + step)
            self.sees.append([*before, (start, start + step + 1)])

    def mask(self) -> npt.NDArray[np.bool_]:
        """What each token of the row sees: the common ones, and its own. (token, common + token)"""
        size = len(self.ids)
        seen = np.zeros((size, self.common + size), dtype=np.bool_)
        seen[:, : self.common] = True
        for place, spans in enumerate(self.sees):
            for start, stop in spans:
                seen[place, self.common + start : self.common + stop] = True
        return seen


def _packed_scores(
    model: LanguageModel, prompts: Sequence[Asked], common: int, cache: DynamicCache
) -> Scores:
    pack = _Pack(common)
    for number, prompt in enumerate(prompts):
        pack.add(number, prompt)
    device = model.device
    inputs: dict[str, Any] = {
        "input_ids": torch.tensor([pack.ids], device=device),  # (1, token)
        "position_ids": torch.tensor([pack.positions], device=device),  # (1, token)
        "attention_mask": torch.from_numpy(pack.mask()).to(device)[None, None],
        "past_key_values": cache,
        "use_cache": True,
    }
    logits = logits_at(model.network, inputs, pack.asked)[0]  # (asked, vocab)
    rows = torch.tensor([target[2] for target in pack.targets], device=device)
    ids = torch.tensor([target[3] for target in pack.targets], device=device)
    found = _log_probabilities(logits, rows, ids)
    scores = np.zeros((len(prompts), len(prompts[0].words)))
    for (number, word, _row, _id), value in zip(pack.targets, found, strict=True):
        scores[number, word] += value
    return scores


def _log_probabilities(logits: Tensor, rows: Tensor, ids: Tensor) -> list[float]:
    """log P of ``ids`` by the logits (asked, vocab) of ``rows``."""
    with torch.inference_mode():
        whole = torch.logsumexp(logits.float(), dim=-1)  # (asked,)
        own = logits[rows, ids].float() - whole[rows]
    found: list[float] = own.cpu().double().tolist()
    return found


def _padded(model: LanguageModel, prompts: Sequence[Asked]) -> Iterator[tuple[list[int], Scores]]:
    """The same with every prompt whole, padded on the right to the longest of a batch."""
    most = PACK_TOKENS.get(model.device.type, _ON_A_GPU) * 4
    order = sorted(range(len(prompts)), key=lambda place: len(prompts[place].ids))
    batch: list[int] = []
    for place in order:
        longest = prompts[place].size(0)
        if batch and longest * (len(batch) + 1) > most:
            yield batch, _batch_scores(model, [prompts[each] for each in batch])
            batch = []
        batch.append(place)
    if batch:
        yield batch, _batch_scores(model, [prompts[each] for each in batch])


def _batch_scores(model: LanguageModel, prompts: Sequence[Asked]) -> Scores:
    scores = np.zeros((len(prompts), len(prompts[0].words)))
    for word in range(len(prompts[0].words)):
        rows = [(*prompt.ids, *prompt.words[word][:-1]) for prompt in prompts]
        longest = max(map(len, rows))
        ids = torch.zeros((len(rows), longest), dtype=torch.long)  # (prompt, token)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        pieces = [prompt.words[word] for prompt in prompts]
        most = max(map(len, pieces))
        places = torch.tensor(
            [
                [min(len(prompt.ids) - 1 + step, len(row) - 1) for step in range(most)]
                for prompt, row in zip(prompts, rows, strict=True)
            ]
        )  # (prompt, piece)
        inputs = {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device)}
        logits = logits_at(model.network, inputs, places)  # (prompt, piece, vocab)
        for number, own in enumerate(pieces):
            steps = torch.arange(len(own), device=model.device)
            wanted = torch.tensor(own, device=model.device)
            scores[number, word] = sum(_log_probabilities(logits[number], steps, wanted))
    return scores
