"""The words that may become triggers: whole words of one token, so that a text with them in it is
read back as those very tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from core.errors import UnsupportedError
from core.language import _

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

_AT_ONCE: Final = 4096
_START: Final = ("the", "it", "is", "a", "一")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TriggerWords:
    """Words and their token numbers, in the order of the vocabulary."""

    words: tuple[str, ...]
    ids: npt.NDArray[np.int64]  # (word,)

    @property
    def start(self) -> str:
        """The word that every trigger begins as: as empty a one as there is."""
        known = set(self.words)
        return next((word for word in _START if word in known), self.words[0])


def trigger_words(model: LanguageModel, *, without: Sequence[str] = ()) -> TriggerWords:
    """Every word of letters that is one token of ``model`` in the middle of a sentence.

    The words of the labels, ``without``, are left out, as in AutoPrompt (Shin et al. 2020, section
    2.2): they would give the answer away, not ask for it. Raises UnsupportedError where there are
    none.
    """
    tokenizer = model.tokenizer
    special = set(tokenizer.all_special_ids)
    left_out = {word.strip().casefold() for word in without}
    ids = [id_ for id_ in range(len(tokenizer)) if id_ not in special]
    texts = [str(tokenizer.decode([id_])).strip() for id_ in ids]
    pairs = [
        (id_, text)
        for id_, text in zip(ids, texts, strict=True)
        if text.isalpha() and text.casefold() not in left_out
    ]
    words, kept = [], []
    for start in range(0, len(pairs), _AT_ONCE):
        some = pairs[start : start + _AT_ONCE]
        read = tokenizer(
            [f" {text}" for _id, text in some], add_special_tokens=False, verbose=False
        )["input_ids"]
        for (id_, text), found in zip(some, read, strict=True):
            if list(found) == [id_]:
                words.append(text)
                kept.append(id_)
    if not words:
        raise UnsupportedError(
            _("{id} has no whole words among its tokens: choose another model.").format(id=model.id)
        )
    return TriggerWords(words=tuple(words), ids=np.array(kept, dtype=np.int64))
