"""Prompts as tokens of a model, and the words that may answer them.

Of a causal model the answer goes on with the prompt; of a masked one it stands behind masks, one
for each of its pieces. What the model says is computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import InputError, UnsupportedError
from core.generation.chat import ChatMessage, chat_prompt
from core.generation.prompt import plain_reader
from core.language import _
from core.prompts.verbalizer import Verbalizer
from core.prompts.writing import PromptSettings, WrittenPrompt

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPrompt:
    """A prompt as ids: those ``before`` the answer and those ``after``, and each word's pieces."""

    before: Ids
    after: Ids
    words: tuple[Ids, ...]

    @property
    def length(self) -> int:
        """How many tokens the model reads, the longest word among them."""
        return (
            len(self.before) + len(self.after) + max((len(word) for word in self.words), default=0)
        )


class PromptReader:
    """Reads written prompts with one model's tokenizer; words are read once."""

    def __init__(
        self, model: LanguageModel, words: Sequence[str], settings: PromptSettings
    ) -> None:
        """Raises UnsupportedError for a model that answers no prompts."""
        check_kind(model)
        if settings.chat and not model.tokenizer.chat_template:
            raise UnsupportedError(
                _("{id} has no chat template: turn chat off, or choose another model.").format(
                    id=model.id
                )
            )
        self._model, self._settings = model, settings
        self._words = tuple(words)
        self._pieces: dict[str, tuple[Ids, ...]] = {}

    def read(self, prompt: WrittenPrompt, *, room: int = 0) -> ReadPrompt:
        """The ids of ``prompt``. Raises InputError for one past the model's limit.

        ``room`` is how many tokens are to be written after it.
        """
        found = self._causal(prompt) if self._model.kind == "causal" else self._masked(prompt)
        limit = self._model.shape.max_tokens
        if found.length <= limit < found.length + room:
            raise InputError(
                _(
                    "Too long: the prompt has {count:,} tokens, and {room:,} more are asked for; "
                    "the limit of {id} is {limit:,}. Ask for fewer, or shorten the prompt."
                ).format(count=found.length, room=room, id=self._model.id, limit=limit)
            )
        if found.length > limit:
            raise InputError(
                _(
                    "Too long: the prompt has {count:,} tokens, the limit of {id} is {limit:,}. "
                    "Shorten it, or show fewer demonstrations."
                ).format(count=found.length, id=self._model.id, limit=limit)
            )
        return found

    def _causal(self, prompt: WrittenPrompt) -> ReadPrompt:
        if any(sign.isalnum() for sign in prompt.row.ending):
            raise InputError(
                _(
                    "{id} predicts what comes last, and “{text}” stands after the answer: let the "
                    "template end with it."
                ).format(id=self._model.id, text=prompt.row.ending.strip()[:40])
            )
        if self._settings.chat:
            return ReadPrompt(before=self._chat(prompt), after=(), words=self.words(""))
        ids = plain_reader(self._model).read_numbers(prompt.text)
        return ReadPrompt(before=self._open(ids), after=(), words=self.words(prompt.row.joint))

    def _chat(self, prompt: WrittenPrompt) -> Ids:
        messages: list[ChatMessage] = []
        for turn in prompt.demonstrations:
            messages.append(ChatMessage(role="user", text=turn.asked))
            messages.append(ChatMessage(role="assistant", text=turn.answer))
        messages.append(ChatMessage(role="user", text=prompt.row.asked))
        found = chat_prompt(self._model, messages, system=self._settings.system)
        if found.dropped:
            raise InputError(
                _("The prompt is past the limit of {id}: show fewer demonstrations.").format(
                    id=self._model.id
                )
            )
        return found.tokens.ids

    def _masked(self, prompt: WrittenPrompt) -> ReadPrompt:
        prompt = prompt.without_masks()
        tokenizer, row = self._model.tokenizer, prompt.row
        joint = row.joint
        before = f"{prompt.text}{joint}"
        text = f"{before}{tokenizer.mask_token}{row.ending if row.marked else ''}"
        ids = self._model.reader.read_numbers(text)
        mask = tokenizer.mask_token_id
        if ids.count(mask) != 1:
            raise InputError(
                _("The prompt spells the mask of {id} more than once.").format(id=self._model.id)
            )
        place = ids.index(mask)
        return ReadPrompt(before=ids[:place], after=ids[place + 1 :], words=self.words(joint))

    def _open(self, ids: Ids) -> Ids:
        """``ids`` without what the tokenizer's template closes a text with."""
        ends = {self._model.tokenizer.eos_token_id, self._model.tokenizer.sep_token_id}
        closes = len(ids) > 1 and ids[-1] in ends - {None}
        return ids[:-1] if closes else ids

    def words(self, joint: str) -> tuple[Ids, ...]:
        """The pieces of each word where ``joint`` stands before it.

        Raises InputError for a word that becomes nothing and for two that become the same.
        """
        if joint not in self._pieces:
            found = tuple(self._word(word, joint) for word in self._words)
            for place, ids in enumerate(found):
                if ids in found[:place]:
                    raise InputError(
                        _(
                            "“{first}” and “{second}” are the same to {id}: change one of these "
                            "words."
                        ).format(
                            first=self._words[found.index(ids)][:40],
                            second=self._words[place][:40],
                            id=self._model.id,
                        )
                    )
            self._pieces[joint] = found
        return self._pieces[joint]

    def _word(self, word: str, joint: str) -> Ids:
        reader, tokenizer = plain_reader(self._model), self._model.tokenizer
        # Behind another sign, so that a tokenizer that opens every text with a space does not.
        lead = self._open(reader.read_numbers("."))
        both = self._open(reader.read_numbers(f".{joint}{word}"))
        ids = both[len(lead) :] if both[: len(lead)] == lead else ()
        if not ids:
            plain = tokenizer(f"{joint}{word}", add_special_tokens=False, verbose=False)
            ids = tuple(int(id_) for id_ in plain["input_ids"])
        if not ids or (tokenizer.unk_token_id in ids and _real_unknown(self._model)):
            raise InputError(
                _("“{word}” is nothing that {id} knows: choose another word.").format(
                    word=word[:40], id=self._model.id
                )
            )
        return ids


def _real_unknown(model: LanguageModel) -> bool:
    """Whether the unknown token stands for what is unknown and for nothing else."""
    tokenizer = model.tokenizer
    unknown = tokenizer.unk_token_id
    return unknown is not None and unknown not in {tokenizer.bos_token_id, tokenizer.eos_token_id}


def check_kind(model: LanguageModel) -> None:
    """UnsupportedError unless ``model`` is masked or causal."""
    if model.kind == "causal":
        return
    if model.kind == "masked" and model.tokenizer.mask_token_id is not None:
        return
    raise UnsupportedError(
        _(
            "{id} answers no prompts: choose a causal model, which goes on with a text, or a "
            "masked one, which fills a word in."
        ).format(id=model.id)
    )


def read_words(model: LanguageModel, verbalizer: Verbalizer) -> tuple[Ids, ...]:
    """The pieces of all words of ``verbalizer`` in the middle of a sentence of ``model``.

    Raises InputError for a word that becomes nothing and for two that become the same.
    """
    return PromptReader(model, verbalizer.words, PromptSettings()).words(" ")
