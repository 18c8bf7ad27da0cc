"""A model that writes for a task: what it is given, and its text piece by piece.

An instruct model gets a message in its chat template, a causal model without one the plain prompt,
an encoder–decoder the source as it learnt it. A text past the limit is read in windows, one after
another. How tokens are drawn stands in ``core.generation``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

from core.errors import InputError, UnsupportedError
from core.generation import (
    ChatMessage,
    EncoderDecoderSession,
    GenerationSession,
    LeftCut,
    SamplingSettings,
    chat_prompt,
    go_on,
    open_session,
)
from core.language import _
from core.tasks.task import Task, Way
from core.tokens import Cut, Tokens, check_text

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Why = Literal["ended", "count", "room", "stopped"]

NUMBERS_MODEL: Final = "numbers-to-words"
WINDOW: Final = 1536
"""Tokens of a prompt that are read at once: a longer text is read in windows of so many."""
WINDOW_LIMIT: Final = 8
LARGEST_NUMBER: Final = 999_999
_LANGUAGES: Final = {"zh": "Chinese", "en": "English"}
_T5_PREFIX: Final = {"summary": "summarize: ", "to-english": "translate German to English: "}


class TaskWriting:
    """What ``model`` writes for ``task`` of ``text``.

    ``windows`` says in how many parts the text is read, ``written`` what was written until now,
    ``tokens`` in how many, ``why`` why no more came. ``total`` and ``limit`` count the tokens of a
    text that was cut; ``total`` is 0 where it was not. Raises InputError for a text that the model
    cannot be asked about, TextError for one that cannot be read, UnsupportedError for a model that
    does not write.
    """

    def __init__(
        self,
        task: Task,
        model: LanguageModel,
        text: str,
        *,
        way: Way = "prompted",
        settings: SamplingSettings | None = None,
        most: int = 60,
        seed: int = 0,
    ) -> None:
        check_text(text)
        self._model, self._most, self._seed = model, most, seed
        self._settings = settings or SamplingSettings(greedy=True)
        self.sources: tuple[str | Tokens, ...] = _sources(task, model, text, way, most)
        self.windows = len(self.sources)
        self.written = ""
        self.tokens = 0
        self.why: Why = "stopped"
        self.total = self.limit = 0

    def pieces(self) -> Iterator[str]:
        """The text as it is written, a step each; what is read in windows has a line for each."""
        for number, source in enumerate(self.sources):
            session = open_session(
                self._model, source, settings=self._settings, seed=self._seed, room=self._most
            )
            cut = _cut_of(session)
            if cut is not None:
                self.total, self.limit = cut.total, cut.limit
            if number:
                self.written = f"{self.written.rstrip()}\n"
                yield "\n"
            for step in go_on(session, self._most):
                text = "" if step.special else step.text
                self.written += text
                self.tokens += 1
                yield text
            if session.finished:
                self.why = "ended"
            else:
                self.why = "count" if session.room else "room"


def _cut_of(session: GenerationSession | EncoderDecoderSession) -> Cut | LeftCut | None:
    """What was left out: the beginning of a prompt, or the end of what an encoder reads."""
    if isinstance(session, EncoderDecoderSession):
        return session.source_tokens.cut
    return session.cut


def instruction(task: Task, text: str) -> str:
    """What an instruct model is told."""
    return task.template.replace("{{ text }}", text)


def _sources(
    task: Task, model: LanguageModel, text: str, way: Way, most: int
) -> tuple[str | Tokens, ...]:
    if model.kind == "seq2seq":
        return (_for_encoder(task, model, text),)
    if model.kind != "causal":
        raise UnsupportedError(
            _("{id} writes no text: choose a causal or an encoder–decoder model.").format(
                id=model.id
            )
        )
    if task.id == "continuation" and way != "prompted":
        return (text,)
    limit = min(WINDOW, model.shape.max_tokens - most)
    if limit < 1:
        raise InputError(
            _("{count} tokens leave no room for the text in {id}: ask for fewer.").format(
                count=most, id=model.id
            )
        )
    parts = _windows(model, text, limit - _around(task, model))
    if not model.tokenizer.chat_template:
        return tuple(f"{instruction(task, part)}\n" for part in parts)
    return tuple(
        chat_prompt(model, [ChatMessage(role="user", text=instruction(task, part))]).tokens
        for part in parts
    )


def _around(task: Task, model: LanguageModel) -> int:
    """The tokens of a prompt beside the text, with some to spare where pieces meet."""
    bare = instruction(task, "–")
    if not model.tokenizer.chat_template:
        return len(model.encode(bare)) + 8
    return len(chat_prompt(model, [ChatMessage(role="user", text=bare)]).tokens) + 8


def _windows(model: LanguageModel, text: str, room: int) -> tuple[str, ...]:
    """``text`` in parts of at most ``room`` tokens, cut between words where there are any."""
    parts, rest = [], text
    while rest.strip():
        tokens = model.encode(rest, limit=max(room, 1))
        if tokens.cut is None:
            parts.append(rest)
            break
        where = tokens.cut.where
        space = rest.rfind(" ", where // 2, where)
        where = max(1, space if space > 0 else where)
        parts.append(rest[:where])
        rest = rest[where:]
        if len(parts) >= WINDOW_LIMIT and rest.strip():
            raise InputError(
                _(
                    "The text needs more than {count} windows of {limit:,} tokens: use a part "
                    "of it."
                ).format(count=WINDOW_LIMIT, limit=room)
            )
    return tuple(parts)


def _for_encoder(task: Task, model: LanguageModel, text: str) -> str:
    """The source as the model learnt it."""
    if model.id == NUMBERS_MODEL:
        return _number(task, text)
    if getattr(model.network.config, "model_type", "") == "t5":
        return _T5_PREFIX.get(task.id, "") + text
    return text


def _number(task: Task, text: str) -> str:
    digits = text.strip().replace(",", "").replace(" ", "")
    language = task.hidden.get("language", "en")
    plain = digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST_NUMBER))
    if not plain:
        raise InputError(
            _(
                "{model} reads whole numbers from 0 to {largest:,} and nothing else: type one, or "
                "use another model."
            ).format(model=NUMBERS_MODEL, largest=LARGEST_NUMBER)
        )
    return f"{language}: {int(digits)}"


def language_names() -> Sequence[str]:
    """The languages that a prompt can name, in English."""
    return tuple(_LANGUAGES.values())
