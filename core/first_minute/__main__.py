"""``python -m core.first_minute``: record the first minute anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.first_minute.recorded import FILE, compute
from core.models import LanguageModel, load_model


@contextmanager
def _load(model_id: str) -> Iterator[LanguageModel]:
    yield load_model(model_id)


FILE.write_text(compute(_load).written() + "\n", encoding="utf-8")
