"""The first minute as it was recorded, so that it shows before a model is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.first_minute.told import Frame, ReadTwice, SameLook

if TYPE_CHECKING:
    from core.models import LanguageModel

FILE: Final = Path(__file__).parent / "recorded.json"
Lease = Callable[[str], "AbstractContextManager[LanguageModel]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMinute:
    """Both stories, the first by language."""

    looks: dict[str, SameLook]
    twice: ReadTwice

    def written(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def compute(lease: Lease, *languages: str) -> FirstMinute:
    """Compute the stories anew, in ``languages`` or all; ``lease`` lends a model by its id."""
    from core.first_minute.same_look import SCENES, look
    from core.first_minute.twice import MODEL, read_twice

    looks = {}
    for language in languages or SCENES:
        with lease(SCENES[language].model) as model:
            looks[language] = look(model, SCENES[language])
    with lease(MODEL) as model:
        return FirstMinute(looks=looks, twice=read_twice(model))


@cache
def read_recorded() -> FirstMinute:
    """What the project recorded."""
    kept = _frozen(json.loads(FILE.read_text("utf-8")))
    looks = {
        language: SameLook(**{**each, "frames": tuple(Frame(**one) for one in each["frames"])})
        for language, each in kept["looks"].items()
    }
    return FirstMinute(looks=looks, twice=ReadTwice(**kept["twice"]))


def _frozen(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON with tuples for its lists."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return {name: _frozen(one) for name, one in value.items()}
    return value
