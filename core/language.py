"""The language of the person being served: ``_()`` translates by session.

``core`` does not know what a session is: the app registers a resolver that answers with the
language of the current one. Catalogues are read from the ``.po`` files beside this module, so
there is no compiled file that can be stale.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages import mofile, pofile

LANGUAGES: Final = {"en": "English", "zh": "中文"}
DEFAULT_LANGUAGE: Final = "en"
LOCALES: Final = Path(__file__).parent / "locales"

_spoken: ContextVar[str | None] = ContextVar("spoken_language", default=None)


def _default_resolver() -> str:
    return DEFAULT_LANGUAGE


_resolver: Callable[[], str] = _default_resolver


def register_resolver(resolver: Callable[[], str]) -> None:
    """Make ``resolver`` the one that names the current language (a key of ``LANGUAGES``)."""
    global _resolver
    _resolver = resolver


def current_language() -> str:
    """The language of the person being served; ``en`` where nothing else is known."""
    language = _spoken.get() or _resolver()
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block ``language`` is spoken, whatever the resolver says; threads that copy the
    context take it along."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The message catalogue of ``language``; English needs none."""
    source = LOCALES / language / "LC_MESSAGES" / "headlight.po"
    if not source.is_file():
        return gettext.NullTranslations()
    with source.open("rb") as lines:
        catalogue = pofile.read_po(lines, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str) -> str:
    """``message`` in the language of the current session."""
    return translations(current_language()).gettext(message)


def mark(message: str) -> str:
    """Mark ``message`` for extraction where it is stored; translate it with ``_`` when shown."""
    return message
