"""``PromptContent``: what makes a prompt, and ``PromptResult``: what was measured with it.

Both are values that JSON holds. Whether a template can be rendered is not known here: a prompt that
is not finished can be saved too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from core.errors import InputError
from core.language import _

CONTENT_LIMIT: Final = 200_000
"""The most characters of one content, all its texts together."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptContent:
    """A template and what belongs to it.

    ``words`` are the labels with their words, ``demonstrations`` rows of columns and values that
    stand before the text, in order; ``settings`` whatever else the page has set, by name. Raises
    InputError where it is larger than ``CONTENT_LIMIT``.
    """

    template: str
    model: str = ""
    dataset: str = ""
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    demonstrations: tuple[Pairs, ...] = ()
    separator: str = "\n\n"
    calibrate: bool = False
    settings: Pairs = ()

    def __post_init__(self) -> None:
        size = len(str(self.to_values()))
        if size > CONTENT_LIMIT:
            raise InputError(
                _("Too long to be saved: {size} characters, the limit is {limit}.").format(
                    size=size, limit=CONTENT_LIMIT
                )
            )

    def to_values(self) -> dict[str, object]:
        """The content as JSON holds it; what is usual is left out."""
        values: dict[str, object] = {
            "template": self.template,
            "model": self.model,
            "dataset": self.dataset,
            "words": {label: list(words) for label, words in self.words},
            "demonstrations": [dict(row) for row in self.demonstrations],
            "separator": self.separator,
            "calibrate": self.calibrate,
            "settings": dict(self.settings),
        }
        usual = {"model": "", "dataset": "", "separator": "\n\n", "calibrate": False}
        return {
            name: value
            for name, value in values.items()
            if name == "template" or (value != usual[name] if name in usual else bool(value))
        }

    @classmethod
    def from_values(cls, values: object) -> PromptContent:
        """The content that ``to_values`` gave. Raises InputError where it is none."""
        found = _mapping(values, "prompt")
        if "template" not in found:
            raise _wrong("template")
        words = _mapping(found.get("words", {}), "words")
        rows = found.get("demonstrations", [])
        if not isinstance(rows, list):
            raise _wrong("demonstrations")
        return cls(
            template=_text(found["template"], "template"),
            model=_text(found.get("model", ""), "model"),
            dataset=_text(found.get("dataset", ""), "dataset"),
            words=tuple((label, _texts(some)) for label, some in words.items()),
            demonstrations=tuple(_pairs(row, "demonstrations") for row in rows),
            separator=_text(found.get("separator", "\n\n"), "separator"),
            calibrate=found.get("calibrate", False) is True,
            settings=_pairs(found.get("settings", {}), "settings"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptResult:
    """What one version was worth: accuracy with its 95 % interval on ``rows`` rows of a dataset.

    ``what`` says in a few words what was measured (“20 rows of the test split” for example);
    ``settings`` are those of the measurement. ``made`` is in seconds since 1970.
    """

    model: str
    dataset: str
    split: str
    rows: int
    accuracy: float
    low: float = math.nan
    high: float = math.nan
    seconds: float = math.nan
    what: str = ""
    made: float = 0.0
    settings: Pairs = ()

    def to_values(self) -> dict[str, object]:
        """The result as JSON holds it; a number that is none is null."""
        values = asdict(self) | {"settings": dict(self.settings)}
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in values.items()
        }

    @classmethod
    def from_values(cls, values: object) -> PromptResult:
        """The result that ``to_values`` gave. Raises InputError where it is none."""
        found = _mapping(values, "results")
        made = _number(found.get("made"), "made")
        rows = _number(found.get("rows", 0), "rows")
        if not math.isfinite(rows):
            raise _wrong("rows")
        return cls(
            model=_text(found.get("model", ""), "model"),
            dataset=_text(found.get("dataset", ""), "dataset"),
            split=_text(found.get("split", ""), "split"),
            what=_text(found.get("what", ""), "what"),
            rows=int(rows),
            accuracy=_number(found.get("accuracy"), "accuracy"),
            low=_number(found.get("low"), "low"),
            high=_number(found.get("high"), "high"),
            seconds=_number(found.get("seconds"), "seconds"),
            made=0.0 if math.isnan(made) else made,
            settings=_pairs(found.get("settings", {}), "settings"),
        )


def _wrong(name: str) -> InputError:
    return InputError(
        _("This is no prompt that was exported: “{name}” is missing or of another form.").format(
            name=name
        )
    )


def _mapping(values: object, name: str) -> Mapping[str, object]:
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise _wrong(name)
    return values


def _pairs(values: object, name: str) -> Pairs:
    return tuple((key, _text(value, name)) for key, value in _mapping(values, name).items())


def _text(value: object, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(name)
    return str(value)


def _texts(values: object) -> tuple[str, ...]:
    if isinstance(values, str):
        return (values,)
    if not isinstance(values, Sequence):
        raise _wrong("words")
    return tuple(_text(each, "words") for each in values)


def _number(value: object, name: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name)
    try:
        return float(value)
    except OverflowError as error:  # a whole number of hundreds of digits
        raise _wrong(name) from error
