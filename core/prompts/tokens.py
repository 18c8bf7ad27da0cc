"""The tokens of a prompt, and which part of it each comes from."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from core.generation.chat import ChatMessage, chat_prompt
from core.generation.prompt import plain_reader
from core.prompts.reading import check_kind
from core.prompts.template import PromptPiece, Source
from core.prompts.writing import PromptSettings, WrittenPrompt
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


_TOKEN_BYTES: Final = 600
"""Of a token with its texts, spans and source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTokens:
    """The tokens a model reads, and of each its source; ``names`` are those of variables.

    ``text`` is the exact string. What the model's own chat template or tokenizer adds is "chat";
    the mask is the "answer".
    """

    text: str
    tokens: Tokens
    sources: tuple[Source, ...]
    names: tuple[str, ...]

    @property
    def nbytes(self) -> int:
        """What it takes in memory, about."""
        return len(self.text) * 4 + len(self.tokens) * _TOKEN_BYTES

    @property
    def counts(self) -> dict[Source, int]:
        """How many tokens come from where."""
        return dict(Counter(self.sources))


def prompt_tokens(
    model: LanguageModel, prompt: WrittenPrompt, settings: PromptSettings
) -> PromptTokens:
    """The tokens of ``prompt`` as ``model`` reads it, past its limit too.

    Raises what the tokenizer and the chat template raise, and UnsupportedError for a model that
    answers no prompts.
    """
    check_kind(model)
    if settings.chat and model.kind == "causal":
        return _chat(model, prompt, settings)
    if model.kind == "masked":
        prompt = prompt.without_masks()
    pieces = [*_trimmed(prompt.before)]
    reader = plain_reader(model)
    if model.kind == "masked":
        mask = str(model.tokenizer.mask_token)
        pieces.append(PromptPiece(text=prompt.row.joint, source="template"))
        pieces.append(PromptPiece(text=mask, source="answer"))
        pieces.extend(prompt.row.after if prompt.row.marked else ())
        reader = model.reader  # type: ignore[assignment]
    text = "".join(piece.text for piece in pieces)
    tokens = reader.read(text)
    ends = list(accumulate(len(piece.text) for piece in pieces))
    found = [
        PromptPiece(text="", source="chat") if span is None else pieces[_at(ends, span[1] - 1)]
        for span in tokens.spans
    ]
    return _made(text, tokens, found)


def _chat(model: LanguageModel, prompt: WrittenPrompt, settings: PromptSettings) -> PromptTokens:
    messages: list[ChatMessage] = []
    for turn in prompt.demonstrations:
        messages.append(ChatMessage(role="user", text=turn.asked))
        messages.append(ChatMessage(role="assistant", text=turn.answer))
    messages.append(ChatMessage(role="user", text=prompt.row.asked))
    found = chat_prompt(model, messages, system=settings.system)
    sources = [PromptPiece(text="", source="chat")] * len(found.tokens)
    own = found.spans[-len(messages) + found.dropped :]
    for span in own[:-1]:
        if span.start is not None and span.stop is not None:
            shown = PromptPiece(text="", source="demonstration")
            sources[span.start : span.stop] = [shown] * (span.stop - span.start)
    last = own[-1]
    if last.start is not None and last.stop is not None:
        pieces = _trimmed(prompt.row.before)
        # Tokenizers add and drop spaces, so that only other characters are counted.
        ends = list(accumulate(_signs(piece.text) for piece in pieces))
        done = 0
        for place in range(last.start, last.stop):
            done += _signs(found.tokens.texts[place])
            sources[place] = pieces[_at(ends, max(done - 1, 0))]
    return _made(found.text, found.tokens, sources)


def _made(text: str, tokens: Tokens, found: Sequence[PromptPiece]) -> PromptTokens:
    return PromptTokens(
        text=text,
        tokens=tokens,
        sources=tuple(piece.source for piece in found),
        names=tuple(piece.name for piece in found),
    )


def _at(ends: Sequence[int], place: int) -> int:
    """Which piece holds the character at ``place``, by where the pieces end."""
    return min(bisect_right(ends, place), len(ends) - 1)


def _trimmed(pieces: Sequence[PromptPiece]) -> list[PromptPiece]:
    """``pieces`` without the spaces at the very end."""
    kept = [*pieces]
    while kept:
        text = kept[-1].text.rstrip(" ")
        if text:
            last = kept.pop()
            return [*kept, PromptPiece(text=text, source=last.source, name=last.name)]
        kept.pop()
    return kept


def _signs(text: str) -> int:
    return len("".join(text.split()))
