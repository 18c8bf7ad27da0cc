"""The words of a text with which a language model would answer a question.

The model reads text and question; then every stretch of the text's words, up to ``LONGEST`` tokens,
that begins with one of the likeliest words is scored, and so is "not in the text":
log p(answer) = Σ log p(token | before) + log p(the answer ends here). The probabilities are the
shares among what was scored, so an answer always stands in the text. That of "not in the text" is
calibrated by what it is after the question "N/A" (Zhao et al. 2021). A long text is read in windows
that overlap.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.errors import InputError, UnsupportedError
from core.language import _
from core.prompts import PromptTemplate
from core.tasks.comprehension import SHOWN, TEMPLATE, Passage, Reading
from core.tasks.windows import text_windows, token_ends

if TYPE_CHECKING:
    from core.jobs import Stop
    from core.models.language_model import LanguageModel

LONGEST: Final = 12
"""Tokens of an answer."""
STARTS: Final = 8
"""Words that answers begin with, of which all stretches are scored."""
WINDOW: Final = 320
OVERLAP: Final = 64
NOWHERE: Final = " not in the text"
CONTENT_FREE: Final = "N/A"
PROMPT: Final = PromptTemplate(TEMPLATE)
_LEAST: Final = 1e-12
_LEAST_WINDOW: Final = 32
_JOINTS: Final = 4  # tokens that may be cut otherwise where text and prompt meet
_WORD: Final = re.compile(r"[^\W_]+(?:[.,:'’-][^\W_]+)*|[\u3400-\u9fff]|[$€£%]+")
_TELLING: Final = re.compile(r"\d|[A-Z]\w|\w{4}|[\u3400-\u9fff]")
"""What an answer holds that is more than small words."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Tokens that begin at a word of the text, and after which of them a word ends, and where."""

    ids: list[int]
    ends: dict[int, int]
    """How many tokens → one past the last character of the text."""
    start: int


def read_windows(model: LanguageModel, text: str, question: str, stop: Stop) -> tuple[Reading, ...]:
    """A reading of each window of ``text``. Raises UnsupportedError for a model of another kind."""
    if model.kind != "causal":
        raise UnsupportedError(
            _("{id} does not write on: choose a causal model for the prompt.").format(id=model.id)
        )
    window = _window(model, question)
    readings = []
    for start, end in text_windows(
        text, window, lambda part: token_ends(model, part), overlap=min(OVERLAP, window // 4)
    ):
        if stop():
            break
        readings.append(_read(model, text[start:end], question, start))
    return tuple(readings)


def _window(model: LanguageModel, question: str) -> int:
    """How many tokens of a text are read at once: what the prompt and an answer leave room for."""
    around = model.encode(PROMPT.render(text="", question=question.strip()))
    room = model.shape.max_tokens - len(around) - LONGEST - _JOINTS
    if around.cut is not None or room < _LEAST_WINDOW:
        raise InputError(
            _(
                "Too long: the question leaves no room for a text within the {limit:,} tokens of "
                "{id}. Shorten it, or choose another model."
            ).format(limit=model.shape.max_tokens, id=model.id)
        )
    return min(WINDOW, room)


@lru_cache(maxsize=64)
def _free(network: int, text: str) -> list[float]:
    """Where the share of "not in the text" after no question is kept, of one text."""
    del network, text
    return []


def _read(model: LanguageModel, text: str, question: str, offset: int) -> Reading:
    found, silent = _scored(model, text, question)
    kept = _free(id(model.network), text)
    if not kept:
        kept.append(_scored(model, text, CONTENT_FREE)[1])
    some, none = (1 - silent) / max(1 - kept[0], _LEAST), silent / max(kept[0], _LEAST)
    total = max(some + none, _LEAST)
    scale = some / total / max(1 - silent, _LEAST)
    return Reading(
        passages=tuple(
            Passage(start=offset + start, end=offset + end, probability=min(1.0, share * scale))
            for share, start, end in found
        ),
        none=none / total,
        margin=math.log(max(some, _LEAST)) - math.log(max(none, _LEAST)) if found else -math.inf,
    )


def _scored(
    model: LanguageModel, text: str, question: str
) -> tuple[list[tuple[float, int, int]], float]:
    """The likeliest stretches (share, start, end) and the share of "not in the text"."""
    prompt = model.encode(PROMPT.render(text=text.strip(), question=question.strip()))
    nowhere = _ids(model, NOWHERE)
    candidates = _candidates(model, text)
    with torch.inference_mode():
        out = model.network(**model.inputs(prompt), use_cache=True)
        first = torch.log_softmax(out.logits[0, -1].float(), dim=-1)  # (vocabulary,)
        chosen = sorted(candidates, key=lambda one: -float(first[one.ids[0]]))[:STARTS]
        rows = [nowhere, *(one.ids for one in chosen)]
        scores, ends = _scores(model, out.past_key_values, first, rows, len(prompt))
    whole = scores + ends  # (row, token)
    found = [
        (float(whole[row, count - 1]), one.start, end)
        for row, one in enumerate(chosen, 1)
        for count, end in one.ends.items()
    ]
    none = float(whole[0, len(nowhere) - 1])
    total = float(np.logaddexp.reduce([none, *(score for score, _start, _end in found)]))
    kept: list[tuple[float, int, int]] = []
    for score, start, end in sorted(found, reverse=True):
        if len(kept) < SHOWN and all(end <= other[1] or other[2] <= start for other in kept):
            kept.append((math.exp(score - total), start, end))
    return kept, math.exp(none - total)


def _scores(
    model: LanguageModel,
    cache: object,
    first: torch.Tensor,
    rows: list[list[int]],
    read: int,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Σ log p of each row's tokens up to each place, and log p that it ends there. (row, token)"""
    longest = max(map(len, rows))
    ids = torch.zeros((len(rows), longest), dtype=torch.long, device=model.device)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row, device=model.device)
    cache.batch_repeat_interleave(len(rows))  # type: ignore[attr-defined]
    mask = torch.ones((len(rows), read + longest), dtype=torch.long, device=model.device)
    logits = model.network(
        input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True
    ).logits
    shares = torch.log_softmax(logits.float(), dim=-1)  # (row, token, vocabulary)
    own = shares[:, :-1].gather(2, ids[:, 1:, None])[..., 0]  # (row, token - 1)
    start = first[ids[:, 0]][:, None]  # (row, 1)
    sums = torch.cat([start, own], dim=1).cumsum(1)
    ends = torch.logsumexp(shares[..., _end_ids(model)], dim=-1)  # (row, token)
    return sums.cpu().numpy(), ends.cpu().numpy()


def _candidates(model: LanguageModel, text: str) -> list[_Candidate]:
    """What can be said from each word of the text on."""
    words = [match.span() for match in _WORD.finditer(text)]
    found = []
    for place, (start, _end) in enumerate(words):
        last = words[min(place + LONGEST, len(words)) - 1][1]
        said = " " + text[start:last]
        tokens = model.reader.read(said)
        ends, ids = {}, []
        stops = {end - start + 1: end for _start, end in words[place : place + LONGEST]}
        for number, span in zip(tokens.ids, tokens.spans, strict=True):
            if span is None:
                continue
            ids.append(number)
            if len(ids) > LONGEST:
                ids.pop()
                break
            if span[1] in stops and _TELLING.search(text[start : stops[span[1]]]):
                ends[len(ids)] = stops[span[1]]
        if ids and ends:
            found.append(_Candidate(ids, ends, start))
    return found


def _ids(model: LanguageModel, text: str) -> list[int]:
    tokens = model.reader.read(text)
    return [number for number, span in zip(tokens.ids, tokens.spans, strict=True) if span]


def _end_ids(model: LanguageModel) -> list[int]:
    """The tokens that end an answer: a new line, or the end of what is said."""
    ids = {_ids(model, "a\n")[-1]}
    ids |= {number for number in (model.tokenizer.eos_token_id,) if number is not None}
    for sign in ("<|endoftext|>", "."):
        number = model.tokenizer.convert_tokens_to_ids(sign)
        if isinstance(number, int) and number != model.tokenizer.unk_token_id:
            ids.add(number)
    return sorted(ids)
