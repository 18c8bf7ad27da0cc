"""Attention of text that the model writes itself: what each new token looks back at.

The text is generated greedily first and then read once as a whole: the rows of that one pass equal
those of the steps, and it costs less than recording each step.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from transformers import StoppingCriteriaList

from core.attention.capture import AttentionCapture, capture_attention, places_of
from core.errors import InputError, UnsupportedError
from core.jobs import Progress, Stop
from core.language import _
from core.tokens import COLUMNS, Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedAttention:
    """A prompt with what the model wrote after it, and the attention of both.

    ``first`` is the place of the first generated token: in ``capture.tokens`` of a causal model, in
    ``capture.decoder_tokens`` of an encoder–decoder model. ``text`` is what was generated, special
    tokens aside. The row of a token is the attention with which the next one was chosen.
    """

    capture: AttentionCapture
    first: int
    text: str


def generate_and_capture(
    model: LanguageModel,
    prompt: str,
    *,
    max_new_tokens: int = 20,
    limit: int = 512,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> GeneratedAttention:
    """Let ``model`` go on after ``prompt`` (or answer it, with a decoder) and capture everything.

    The most probable token each time, by ``generate`` of transformers, up to and with an end token;
    at most ``max_new_tokens``, and ``limit`` tokens with the prompt. ``stop`` ends early, with what
    there is. Raises UnsupportedError for a model that writes no text or whose attention cannot be
    tapped, InputError for a prompt that leaves no room, and TextError for one that cannot be read.
    """
    if model.kind not in {"causal", "seq2seq"}:
        raise UnsupportedError(
            _(
                "{id} reads text and writes none: choose a causal or an encoder–decoder model."
            ).format(id=model.id)
        )
    places_of(model)
    if max_new_tokens < 1:
        raise InputError(
            _("{count} new tokens were asked for: ask for at least 1.").format(count=max_new_tokens)
        )
    most = min(limit, model.shape.max_tokens)
    if model.kind == "seq2seq":
        source, written = model.encode(prompt, limit=most), model.encode_target(None)
    else:
        source = written = model.encode(prompt)
    room = min(max_new_tokens, most - len(written))
    if room < 1:
        raise InputError(
            _("The prompt has {count} tokens and the limit is {limit}: shorten it.").format(
                count=len(written), limit=most
            )
        )
    new = _generate(model, source, room, progress, stop)
    whole, text = continued(model, written, new)
    if model.kind == "seq2seq":
        capture = capture_attention(model, source, whole)
    else:
        capture = capture_attention(model, whole)
    return GeneratedAttention(capture=capture, first=len(written), text=text)


def _generate(
    model: LanguageModel, source: Tokens, count: int, progress: Progress | None, stop: Stop | None
) -> tuple[int, ...]:
    """The ids of at most ``count`` new tokens."""
    network = model.network
    settings = copy.deepcopy(network.generation_config)
    settings.update(do_sample=False, num_beams=1, max_new_tokens=count, max_length=None)
    settings.update(temperature=None, top_k=None, top_p=None, min_p=None)
    settings.update(pad_token_id=_padding(model), return_dict_in_generate=False)
    if model.virtual is not None:  # whose numbers are past the vocabulary that it would look up
        settings.update(repetition_penalty=None)
    inputs = model.inputs(source)
    inputs.pop("decoder_input_ids", None)
    start = 1 if model.kind == "seq2seq" else len(source)
    criteria = StoppingCriteriaList([_Watch(start, count, progress, stop)])
    with torch.inference_mode():
        ids = network.generate(**inputs, generation_config=settings, stopping_criteria=criteria)
    return tuple(int(number) for number in ids[0, start:])


class _Watch:
    """A stopping criterion that tells how far the generation is, and ends it when asked to."""

    def __init__(
        self, start: int, count: int, progress: Progress | None, stop: Stop | None
    ) -> None:
        self._start, self._count = start, count
        self._progress, self._stop = progress, stop

    def __call__(self, input_ids: Tensor, scores: Tensor, **_options: object) -> Tensor:
        if self._progress is not None:
            self._progress(input_ids.shape[1] - self._start, self._count)
        over = self._stop is not None and self._stop()
        return torch.full((len(input_ids),), over, dtype=torch.bool, device=input_ids.device)


def _padding(model: LanguageModel) -> int:
    """What fills a row that has ended; there is one row, so it is never seen."""
    for number in (model.network.config.pad_token_id, model.tokenizer.pad_token_id):
        if number is not None:
            return int(number)
    return 0


def continued(model: LanguageModel, before: Tokens, new: tuple[int, ...]) -> tuple[Tokens, str]:
    """``before`` and then the tokens ``new``, and the text of these.

    Their ``spans`` go on from those of ``before``: characters of both texts joined.
    """
    # Read with the token before them, so that it is known where a word goes on.
    last = model.reader.read_ids((before.ids[-1], *new))
    shift = before.groups[-1] - last.groups[0]
    moved = _end(before) - _end(last, 1)
    own = {
        "groups": tuple(group + shift for group in last.groups[1:]),
        "spans": tuple(span and (span[0] + moved, span[1] + moved) for span in last.spans[1:]),
    }
    columns = {
        name: getattr(before, name) + own.get(name, getattr(last, name)[1:]) for name in COLUMNS
    }
    whole = replace(before, **columns)
    pairs = zip(last.texts[1:], last.special[1:], strict=True)
    return whole, "".join(text for text, special in pairs if not special)


def _end(tokens: Tokens, count: int | None = None) -> int:
    """Where the text of the first ``count`` tokens ends, in characters."""
    return next((span[1] for span in reversed(tokens.spans[:count]) if span), 0)
