"""``PromptTemplate``: a jinja2 template of one prompt, and where each part of its text is from.

It knows rows and texts; no model, no label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal

from jinja2 import (
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.exceptions import SecurityError

from core.errors import InputError
from core.language import _
from core.prompts.sandbox import (
    CLOSE,
    NAMED,
    OPEN,
    TemplateFault,
    TextEnvironment,
    names_asked_for,
    write,
)

SOURCE_LIMIT: Final = 20_000
"""Characters of a template and its partials together."""
_SHOWN: Final = 160

Source = Literal["template", "variable", "demonstration", "answer", "chat"]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPiece:
    """A part of a prompt and where it comes from; ``name`` is the variable's."""

    text: str
    source: Source
    name: str = ""


class PromptTemplate:
    """A template with ``{{ variables }}``; equal source and partials make equal templates.

    jinja2 with conditions, loops over short lists, filters of texts, and ``{% include "name" %}``
    for ``partials``. Raises InputError, in one sentence, for a template that is empty, broken, or
    does more than put texts together; ``render`` for one that asks for a variable that is not
    given, or takes too long.
    """

    def __init__(self, source: str, *, partials: Mapping[str, str] = MappingProxyType({})) -> None:
        size = len(source) + sum(map(len, partials.values()))
        if size > SOURCE_LIMIT:
            raise InputError(
                _("The template has {count:,} characters, the limit is {limit:,}.").format(
                    count=size, limit=SOURCE_LIMIT
                )
            )
        if not source.strip():
            raise InputError(
                _(
                    "The template is empty: write what the model reads, with {example} in it."
                ).format(example="{{ text }}")
            )
        self.source = source
        self.partials = dict(partials)
        self._plain = self._compiled(marked=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PromptTemplate) and (self.source, self.partials) == (
            other.source,
            other.partials,
        )

    def __hash__(self) -> int:
        return hash((self.source, tuple(sorted(self.partials.items()))))

    def __repr__(self) -> str:
        return f"PromptTemplate({self.source!r})"

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The names that a row is asked for, in the order in which they first stand."""
        found: dict[str, None] = {}
        for source in (self.source, *self._included()):
            environment = TextEnvironment(self.partials)
            names = names_asked_for(environment.parse(source))
            for name in sorted(names - {"range"}, key=lambda each: (source.find(each), each)):
                found[name] = None
        return tuple(found)

    def render(self, **values: object) -> str:
        """The prompt for one row's ``values``; those it does not ask for are left out."""
        return self._written(self._plain, values)

    def pieces(self, values: Row) -> tuple[PromptPiece, ...]:
        """What ``render`` gives, in parts that say whether the template or a variable wrote it."""
        environment, template = self._marked
        return tuple(_read(self._written((environment, template), values), environment))

    @cached_property
    def _marked(self) -> tuple[TextEnvironment, Template]:
        return self._compiled(marked=True)

    def _compiled(self, *, marked: bool) -> tuple[TextEnvironment, Template]:
        environment = TextEnvironment(self.partials, marked=marked)
        try:
            template = environment.from_string(self.source)
            for name in self.partials:
                environment.get_template(name)
        except (TemplateError, TemplateFault, RecursionError, OverflowError, MemoryError) as error:
            raise _told(error) from error
        return environment, template

    def _written(self, compiled: tuple[TextEnvironment, Template], values: Row) -> str:
        _environment, template = compiled
        try:
            return write(
                template, {name: values[name] for name in self.variables if name in values}
            )
        except UndefinedError as error:
            raise self._missing(error, values) from error
        except TemplateFault as error:
            raise _told(error) from error
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise _told(error) from error
        except (RecursionError, MemoryError) as error:
            raise _told(error) from error

    def _missing(self, error: UndefinedError, values: Row) -> InputError:
        lacking = [name for name in self.variables if name not in values]
        lacking.sort(key=lambda name: f"'{name}'" not in str(error))
        if not lacking:
            return _told(error)
        there = ", ".join(f"“{str(name)[:40]}”" for name in list(values)[:8])
        return InputError(
            _("The template asks for “{name}”, which is not there: there is {there}.").format(
                name=lacking[0][:40], there=there or _("nothing")
            )
        )

    def _included(self) -> list[str]:
        return [text for name, text in self.partials.items() if f'"{name}"' in self._everything]

    @cached_property
    def _everything(self) -> str:
        return "\n".join((self.source, *self.partials.values())).replace("'", '"')


def _read(marked: str, environment: TextEnvironment) -> Iterator[PromptPiece]:
    """The pieces of a text with marks, empty ones left out."""
    plain, rest = "", marked
    while OPEN in rest:
        before, _mark, rest = rest.partition(OPEN)
        number, _mark, rest = rest.partition(NAMED)
        text, _mark, rest = rest.partition(CLOSE)
        source, name = environment.labels[int(number)]
        plain += before
        if source == "template":
            plain += text
            continue
        if plain:
            yield PromptPiece(text=plain, source="template")
            plain = ""
        if text:
            yield PromptPiece(text=text, source="variable", name=name)
    if plain + rest:
        yield PromptPiece(text=plain + rest, source="template")


def _told(error: Exception) -> InputError:
    """One sentence on what is wrong with a template."""
    if isinstance(error, TemplateFault):
        return InputError(
            _("The template is refused: {reason}.").format(reason=str(error)[: _SHOWN * 2])
        )
    if isinstance(error, TemplateSyntaxError):
        return InputError(
            _("Line {line} of the template cannot be read: {reason}").format(
                line=error.lineno, reason=_sentence(error)
            )
        )
    if isinstance(error, TemplateNotFound):
        return InputError(
            _("The template includes “{name}”, and there is no partial of that name.").format(
                name=str(error.name)[:40]
            )
        )
    if isinstance(error, SecurityError):
        return InputError(
            _("The template is refused: {reason}.").format(
                reason=_("it reads something that is not allowed")
            )
        )
    if isinstance(error, RecursionError):
        return InputError(
            _("The template is refused: {reason}.").format(reason=_("it calls itself for ever"))
        )
    return InputError(
        _("The template cannot be filled in: {reason}").format(reason=_sentence(error))
    )


def _sentence(error: Exception) -> str:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:_SHOWN].rstrip(".")
    return f"{reason}."
