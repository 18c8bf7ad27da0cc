"""What goes wrong with the files of a model, as one sentence that a person can act on.

Knows every way in which transformers and its kin refuse files; reads none itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError

from core.errors import BrokenModelError, TooLargeError
from core.language import _
from core.memory_faults import is_memory_fault

logger = logging.getLogger(__name__)

BROKEN: Final = (
    *(OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError),
    *(ArithmeticError, ImportError, SafetensorError, StrictDataclassError),
)
"""What transformers raises for files that make no model."""


@contextmanager
def broken_as_sentence(id_: str) -> Iterator[None]:
    """Turn whatever transformers raises for files that make no model into one sentence."""
    try:
        yield
    except (MemoryError, *BROKEN) as error:
        if is_memory_fault(error):
            raise TooLargeError(
                _("{id} does not fit the memory of the device: choose a smaller model.").format(
                    id=id_
                )
            ) from error
        logger.info("%s cannot be loaded", id_, exc_info=True)
        raise BrokenModelError(
            _("The files of {id} do not make a model ({reason}): fetch or copy it again.").format(
                id=id_, reason=_reason(error)
            )
        ) from error


def _reason(error: BaseException) -> str:
    """The first line of a message that can be long, without the folder's whole path."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".:")
    return line if len(line) <= 120 else line[:119] + "…"
