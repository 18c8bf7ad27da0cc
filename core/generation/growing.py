"""The tokens of a text that goes on, without reading it from its beginning at every step.

Which tokens those are is decided in ``core.generation.stepping``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.attention.generated import continued
from core.errors import InputError
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


class GrowingTokens:
    """``start`` and what follows it; what was read up to a whole character is kept."""

    def __init__(self, model: LanguageModel, start: Tokens) -> None:
        self._model, self._start = model, start
        self._known = self._last = start

    def followed_by(self, path: Sequence[int]) -> Tokens:
        """``start`` and then the tokens of ``path``."""
        ids = (*self._start.ids, *path)
        # Each once: branches share this object, each perhaps in a thread of its own.
        known, last = self._known, self._last
        if last.ids == ids:
            return last
        if ids[: len(known)] != known.ids:
            known = self._start
        new = ids[len(known) :]
        if not new:
            return known
        whole, _text = continued(self._model, known, new)
        self._last = whole
        if _whole(whole.data[-1]):
            self._known = whole
        return whole

    def last_of(self, path: Sequence[int]) -> Tokens | None:
        """Tokens that end with the last of ``path``: all, or it alone where others have no piece.

        None where it has none itself: networks can have more vectors than tokenizers have pieces.
        """
        try:
            return self.followed_by(path)
        except InputError:
            try:
                return self._model.reader.read_ids(path[-1:])
            except InputError:
                return None


def _whole(data: bytes) -> bool:
    """Whether a token is whole characters by itself, so that none reaches over its end."""
    try:
        return bool(data.decode())
    except UnicodeDecodeError:
        return False
