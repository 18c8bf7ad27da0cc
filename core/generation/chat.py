"""Chat: messages as the one string, and the tokens, that an instruct model was trained on.

The model's own chat template writes them, in transformers' sandbox. What people type stays text:
an end-of-turn mark inside a message never becomes that token (unless the template itself writes
half of the mark right beside the message, which none does). How the answer is made is not known
here: the tokens are a prompt like any other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import numpy as np
from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from core.errors import BrokenModelError, HeadlightError, InputError, UnsupportedError
from core.language import _
from core.tokenizer_faults import told_as
from core.tokens import Tokens, check_text

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Role = Literal["system", "user", "assistant"]
_ROLES: Final = ("system", "user", "assistant")
_REASON_SHOWN: Final = 120
_Value = TypeVar("_Value")

_PRIVATE: Final = range(0x100000, 0x10FFFE)  # more than a text that is read can hold together
# transformers tells its tokenizer call by call whether special tokens are text.
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """What one side said. Only the assistant may have said nothing (yet), or the system."""

    role: Role
    text: str

    def __post_init__(self) -> None:
        if self.role not in _ROLES:
            raise InputError(
                _("There is no role “{role}”: choose system, user or assistant.").format(
                    role=self.role
                )
            )
        if self.text or self.role == "user":
            check_text(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSpan:
    """Where one message stands in a prompt: tokens ``start`` to ``stop``.

    None where the template rewrote the message, or the tokenizer its characters.
    """

    role: Role
    start: int | None
    stop: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPrompt:
    """What the model reads, up to where its answer begins.

    ``text`` is the exact string of the template, ``tokens`` what it becomes; special tokens that
    people typed are ordinary pieces there. ``spans`` has an entry per message read. ``dropped``
    counts the oldest messages that were left out because the prompt was too long.
    """

    text: str
    tokens: Tokens
    spans: tuple[ChatSpan, ...]
    dropped: int = 0


def chat_prompt(
    model: LanguageModel,
    messages: Sequence[ChatMessage],
    *,
    system: str | None = None,
    limit: int | None = None,
) -> ChatPrompt:
    """``messages`` as the prompt of ``model`` for the assistant's next message.

    Where the last message is the assistant's own it is left open, to be gone on with. ``system``
    is put before them; None leaves the template its default, "" says nothing. Past ``limit``
    tokens (the model's own by default) the oldest messages are left out, never the system's.

    Raises UnsupportedError for a model without a chat template, BrokenModelError for a template
    that cannot be run, InputError for messages that it refuses or a last one that is too long.
    """
    if not model.tokenizer.chat_template:
        raise UnsupportedError(
            _(
                "{id} has no chat template: type a prompt instead, or choose a model made for "
                "chat, such as smollm2-135m-instruct."
            ).format(id=model.id)
        )
    if not messages:
        raise InputError(_("There is no message yet: type one."))
    first = [] if system is None else [ChatMessage(role="system", text=system)]
    if not first and messages[0].role == "system":
        first, messages = [messages[0]], messages[1:]
    most = min(limit or model.shape.max_tokens, model.shape.max_tokens)
    for dropped in range(len(messages) or 1):
        # A conversation goes on with what a user says: an answer alone is of no use.
        if 0 < dropped < len(messages) and messages[dropped].role == "assistant":
            continue
        read = [*first, *messages[dropped:]]
        ids = _ids(model, read)
        if len(ids) <= most:
            tokens, text = model.reader.read_ids(ids), _text(model, read)
            spans = _spans(model, read, text, tokens)
            return ChatPrompt(text=text, tokens=tokens, spans=spans, dropped=dropped)
    raise InputError(
        _(
            "The last message makes a prompt of {count} tokens and the limit is {limit}: shorten "
            "it."
        ).format(count=len(ids), limit=most)
    )


def _text(model: LanguageModel, messages: Sequence[ChatMessage]) -> str:
    """The exact string of the template."""
    return str(_templated(model, messages, tokenize=False))


def _ids(model: LanguageModel, messages: Sequence[ChatMessage]) -> list[int]:
    """The tokens of that string, with special tokens inside of messages as text."""
    _text(model, messages)  # so that what fails next is the tokenizer's fault
    try:
        with _lock, told_as(InputError, _("The tokenizer cannot read the chat ({reason}).")):
            ids = _templated(
                model, messages, tokenize=True, return_dict=False, sanitize_control_tokens=True
            )
    except BrokenModelError as error:
        raise UnsupportedError(
            _(
                "The tokenizer of {id} cannot keep apart what people type and its own marks: "
                "choose another model."
            ).format(id=model.id)
        ) from error
    before = () if model.virtual is None else model.virtual.ids
    return [*before, *(int(id_) for id_ in ids)]


def _templated(model: LanguageModel, messages: Sequence[ChatMessage], **settings: Any) -> Any:  # noqa: ANN401 - a string or ids, as asked for
    goes_on = messages[-1].role == "assistant"
    return _told(
        model.id,
        lambda: model.tokenizer.apply_chat_template(
            [{"role": message.role, "content": message.text} for message in messages],
            add_generation_prompt=not goes_on,
            continue_final_message=goes_on,
            **settings,
        ),
    )


def _told(id_: str, render: Callable[[], _Value]) -> _Value:
    """What ``render`` gives; whatever a template does wrong becomes one sentence.

    A template is a program that came with a model, so it may raise anything.
    """
    try:
        return render()
    except (TemplateSyntaxError, UndefinedError, SecurityError) as error:
        raise _broken(id_, error) from error
    except TemplateError as error:  # its own raise_exception: roles that must alternate, say
        raise InputError(
            _("The chat template of {id} refuses these messages ({reason}): change them.").format(
                id=id_, reason=_reason(error)
            )
        ) from error
    except HeadlightError:
        raise
    except Exception as error:
        raise _broken(id_, error) from error


def _broken(id_: str, error: Exception) -> BrokenModelError:
    return BrokenModelError(
        _("The chat template of {id} cannot be run ({reason}): choose another model.").format(
            id=id_, reason=_reason(error)
        )
    )


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:_REASON_SHOWN]


def _spans(
    model: LanguageModel, messages: Sequence[ChatMessage], text: str, tokens: Tokens
) -> tuple[ChatSpan, ...]:
    """Where each message stands among ``tokens``, found by rendering it between two marks."""
    start, stop = _free_marks(messages)
    marked = _text(model, [_marked(message, start, stop) for message in messages])
    bare = marked.replace(start, "").replace(stop, "")
    # Tokenizers add and drop spaces, so that only other characters are counted.
    ends = np.cumsum([_count(own) for own in ("", *tokens.texts)])
    exact = bare == text and "".join("".join(tokens.texts).split()) == "".join(text.split())
    spans, after = [], 0
    for message in messages:
        first = marked.find(start, after)
        last = marked.find(stop, first)
        if not exact or not message.text.strip() or first < 0 or last < 0:
            spans.append(ChatSpan(role=message.role, start=None, stop=None))
            continue
        after = last + 1
        begin, end = (
            _count(marked[:place].replace(start, "").replace(stop, "")) for place in (first, last)
        )
        inside = np.flatnonzero((ends[:-1] < end) & (ends[1:] > begin))
        spans.append(ChatSpan(role=message.role, start=int(inside[0]), stop=int(inside[-1]) + 1))
    return tuple(spans)


def _free_marks(messages: Sequence[ChatMessage]) -> tuple[str, str]:
    """Two characters that no message holds."""
    used = set().union(*(message.text for message in messages))
    free = (chr(code) for code in _PRIVATE if chr(code) not in used)
    return next(free), next(free)


def _marked(message: ChatMessage, start: str, stop: str) -> ChatMessage:
    """The message between marks, within the spaces that a template may take away."""
    core = message.text.strip()
    if not core:
        return message
    before, after = message.text.split(core, 1)
    return ChatMessage(role=message.role, text=f"{before}{start}{core}{stop}{after}")


def _count(text: str) -> int:
    """How many characters but spaces there are."""
    return len("".join(text.split()))
