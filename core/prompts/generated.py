"""Answers that a causal model writes to prompts.

Greedy, in batches of similar length. An answer ends with the model's closing token, at a line break
unless ``lines`` is set, or after ``max_new_tokens``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch

from core.errors import InputError
from core.generation.prompt import checked_count, needs_causal
from core.jobs import Progress, Stop
from core.language import _
from core.prompts.reading import Ids, PromptReader
from core.prompts.rows import read_rows
from core.prompts.template import PromptTemplate, Row
from core.prompts.writing import Demonstrations, PromptSettings, write_prompt

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

MOST_TOKENS: Final = 200
_TOKENS_AT_ONCE: Final = {"cpu": 1024}
_ON_A_GPU: Final = 16384


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedAnswers:
    """An answer for each of ``rows``, which of those asked for they are, what was wanted ("" where
    that is not known), and the time. All rows, unless it was stopped before."""

    rows: tuple[int, ...]
    answers: tuple[str, ...]
    wanted: tuple[str, ...]
    tokens: tuple[int, ...]
    seconds: float
    complete: bool = True


def generate_answers(
    model: LanguageModel,
    template: PromptTemplate | str,
    rows: Sequence[Row],
    *,
    answer: str = "",
    demonstrations: Demonstrations = (),
    settings: PromptSettings = PromptSettings(),  # noqa: B008 - frozen
    max_new_tokens: int = 20,
    lines: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> GeneratedAnswers:
    """What ``model`` writes to the prompt of each row; ``answer`` is the column of what is wanted.

    Raises InputError and UnsupportedError as ``evaluate_prompt`` does.
    """
    needs_causal(model)
    if checked_count(max_new_tokens) > MOST_TOKENS:
        raise InputError(
            _("{count} new tokens were asked for, the limit is {limit}.").format(
                count=max_new_tokens, limit=MOST_TOKENS
            )
        )
    prompt = PromptTemplate(template) if isinstance(template, str) else template
    table = read_rows(rows)
    if answer and answer not in table[0]:
        raise InputError(
            _("The rows have no column “{column}”: choose one of {columns}.").format(
                column=answer[:40], columns=", ".join(f"“{name[:40]}”" for name in table[0])
            )
        )
    reader = PromptReader(model, (), settings)
    choose: Callable[[Row], Sequence[Row]] = (
        demonstrations if callable(demonstrations) else lambda _row: demonstrations
    )
    began = time.perf_counter()
    ids: list[Ids] = []
    for row in table:
        if stop is not None and stop():  # a template may take seconds for a row
            seconds = time.perf_counter() - began
            return GeneratedAnswers(
                rows=(), answers=(), wanted=(), tokens=(), seconds=seconds, complete=False
            )
        written = write_prompt(prompt, row, demonstrations=choose(row), settings=settings)
        ids.append(reader.read(written, room=max_new_tokens).before)
    found: list[str | None] = [None] * len(table)
    done, complete = 0, True
    for batch in _batches(model, ids, max_new_tokens):
        if stop is not None and stop():
            complete = False
            break
        texts = _written(model, [ids[place] for place in batch], max_new_tokens)
        for place, text in zip(batch, texts, strict=True):
            found[place] = text if lines else (text.strip().splitlines() or [""])[0].strip()
        done += len(batch)
        if progress is not None:
            progress(done, len(table))
    kept = [place for place, text in enumerate(found) if text is not None]
    return GeneratedAnswers(
        rows=tuple(kept),
        answers=tuple(str(found[place]) for place in kept),
        wanted=tuple(str(table[place][answer]) if answer else "" for place in kept),
        tokens=tuple(len(ids[place]) for place in kept),
        seconds=time.perf_counter() - began,
        complete=complete,
    )


def _batches(model: LanguageModel, ids: Sequence[Ids], new: int) -> list[list[int]]:
    most = _TOKENS_AT_ONCE.get(model.device.type, _ON_A_GPU)
    batches: list[list[int]] = []
    for place in sorted(range(len(ids)), key=lambda each: len(ids[each])):
        size = len(ids[place]) + new
        if batches and size * (len(batches[-1]) + 1) <= most and len(batches[-1]) < 64:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches


def _written(model: LanguageModel, rows: Sequence[Ids], new: int) -> list[str]:
    """The greedy continuation of each row, padded on the left so that all end together."""
    tokenizer = model.tokenizer
    closing = tokenizer.eos_token_id
    padding = closing if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), int(padding or 0))  # (row, token)
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, longest - len(row) :] = torch.tensor(row)
        mask[number, longest - len(row) :] = 1
    with torch.inference_mode():
        found = model.network.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            max_new_tokens=new,
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            pad_token_id=padding,
        )
    texts: list[str] = tokenizer.batch_decode(found[:, longest:], skip_special_tokens=True)
    return texts
