"""The prompt as tokens: cut from the left where it is too long, special tokens typed as text.

Nothing is generated here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from transformers import PreTrainedTokenizerFast

from core.errors import InputError, TextError, UnsupportedError
from core.language import _
from core.token_reader import TokenReader
from core.tokens import COLUMNS, Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


class PlainReader(TokenReader):
    """A reader to whom a special token's name, typed in a text, is nothing but text."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        super().__init__(tokenizer)
        self._backend.encode_special_tokens = True


_PLAIN: WeakKeyDictionary[PreTrainedTokenizerFast, PlainReader] = WeakKeyDictionary()


def plain_reader(model: LanguageModel) -> PlainReader:
    """The reader of ``model`` that takes special tokens in a text as text."""
    if model.tokenizer not in _PLAIN:
        _PLAIN[model.tokenizer] = PlainReader(model.tokenizer)
    return _PLAIN[model.tokenizer]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftCut:
    """A prompt of ``total`` tokens, past the ``limit``, of which the last ``kept`` are read.

    ``text`` is where the part that is read begins.
    """

    total: int
    limit: int
    kept: int
    text: str

    @property
    def sentence(self) -> str:
        """What happened, in a sentence."""
        return _(
            "Too long: {total:,} tokens, the limit is {limit:,}. The last {kept:,} are read, from "
            "“{text}” on."
        ).format(total=self.total, limit=self.limit, kept=self.kept, text=self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the model reads first; ``cut`` tells what was left out."""

    tokens: Tokens
    cut: LeftCut | None = None


def read_prompt(
    model: LanguageModel, prompt: str | Tokens, *, special: bool = False, room: int = 40
) -> Prompt:
    """The tokens of ``prompt`` for a causal ``model``, the template's (a first token) among them.

    With ``special``, special tokens typed in the text are special; else they are text. A prompt
    that leaves no place for a token is cut from the left until there are ``room`` places, half of
    the limit at most. Raises TextError for a text that is empty or that no tokenizer takes, and
    UnsupportedError for a model that is not causal, naming the page that fits.
    """
    needs_causal(model)
    if isinstance(prompt, Tokens):
        tokens = prompt
    else:
        tokens = (model.reader if special else plain_reader(model)).read(prompt)
    if not len(tokens):
        raise TextError(_("The text is empty: type at least one word."))
    limit = model.shape.max_tokens
    if len(tokens) < limit:
        return Prompt(tokens=tokens)
    return _cut(tokens, limit, max(1, limit - min(max(room, 1), limit // 2)))


def needs_causal(model: LanguageModel) -> None:
    """UnsupportedError unless ``model`` writes text by going on with one."""
    if model.kind == "causal":
        return
    if model.kind == "masked":
        sentence = _("{id} fills masks and writes no text: open it on the Masked words page.")
    elif model.kind == "encoder":
        sentence = _("{id} gives vectors and writes no text: open it on the Attention page.")
    else:
        sentence = _(
            "{id} has an encoder and a decoder: step through it with EncoderDecoderSession."
        )
    raise UnsupportedError(sentence.format(id=model.id))


def _cut(tokens: Tokens, limit: int, kept: int) -> Prompt:
    """The last ``kept`` tokens, with those that the template puts first."""
    head = 0
    while head < len(tokens) and tokens.segments[head] is None:
        head += 1
    start = max(head, len(tokens) - kept + head)
    while start < len(tokens) - 1 and tokens.groups[start] == tokens.groups[start - 1]:
        start += 1  # a character stays whole
    places = [*range(head), *range(start, len(tokens))]
    first = next((text for text in tokens.characters[start:] if text.strip()), "")
    cut = LeftCut(total=len(tokens), limit=limit, kept=len(places), text=first)
    return Prompt(tokens=chosen_tokens(tokens, places), cut=cut)


def chosen_tokens(tokens: Tokens, places: Sequence[int]) -> Tokens:
    """The tokens at ``places`` only."""
    columns: dict[str, Any] = {
        name: tuple(getattr(tokens, name)[place] for place in places) for name in COLUMNS
    }
    return replace(tokens, **columns, cut=None)


def checked_count(max_new_tokens: int) -> int:
    """``max_new_tokens`` itself; InputError unless it is at least 1."""
    if max_new_tokens < 1:
        raise InputError(
            _("{count} new tokens were asked for: ask for at least 1.").format(count=max_new_tokens)
        )
    return max_new_tokens
