"""``Examples``, what a run learns from, and ``DataSource``, where they come from.

Both check themselves. How a source is read stands in the neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from core.catalogue import find_dataset
from core.errors import InputError
from core.language import _
from core.tuning.labelled.hub_names import check_hub_name
from core.tuning.labelled.uploads import check_upload_name

Kind = Literal["classification", "pair", "tagging", "causal", "masked", "completion"]
LABELLED: Final[tuple[Kind, ...]] = ("classification", "pair")
"""The kinds with one label for each example."""
PAIRED: Final[tuple[Kind, ...]] = ("pair", "completion")
"""The kinds with a second text."""

_COLUMN_NAME_LIMIT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Columns of one length, one entry for each example; those a kind does not use are empty.

    ``seconds`` is the second text of a pair or the completion of a prompt, ``labels`` and ``tags``
    are places in ``label_names``, ``rows`` the row of the source, counted as ``tables.py`` says.
    The text of tagging is its words, joined by a space.
    """

    kind: Kind
    texts: tuple[str, ...]
    seconds: tuple[str, ...] = ()
    labels: tuple[int, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    tags: tuple[tuple[int, ...], ...] = ()
    label_names: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        wanted = {
            "seconds": self.kind in PAIRED,
            "labels": self.kind in LABELLED,
            "words": self.kind == "tagging",
            "tags": self.kind == "tagging",
        }
        for name, used in wanted.items():
            if len(getattr(self, name)) != (len(self.texts) if used else 0):
                raise ValueError(f"{name} does not fit {len(self.texts)} examples of {self.kind}")
        if self.rows and len(self.rows) != len(self.texts):
            raise ValueError(f"{len(self.rows)} rows for {len(self.texts)} examples")
        every = {*self.labels, *(tag for tags in self.tags for tag in tags)}
        if every and not 0 <= min(every) <= max(every) < len(self.label_names):
            raise ValueError("a label is no place in label_names")
        if any(map(_uneven, self.words, self.tags)):
            raise ValueError("each word needs one tag")

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """Where examples come from; ``asdict`` and JSON give it back equal.

    One of ``dataset`` (an id of the catalogue), ``file`` (the name of a stored upload) and ``hub``
    ("owner/name" or "owner/name:part") is given. ``text``, ``second`` and ``label`` are columns, ""
    the obvious ones. ``limit`` takes at most so many rows, 0 all; ``validation`` is the share that
    is held out. Raises InputError for what cannot be.
    """

    kind: Kind
    dataset: str = ""
    file: str = ""
    hub: str = ""
    text: str = ""
    second: str = ""
    label: str = ""
    limit: int = 0
    validation: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self.kind in get_args(Kind), "kind", self.kind, ", ".join(get_args(Kind)))
        for name in ("dataset", "file", "hub", "text", "second", "label"):
            value = getattr(self, name)
            fine = isinstance(value, str) and len(value) <= _COLUMN_NAME_LIMIT
            _check(fine, name, value, _("a text of at most {limit} characters").format(limit=200))
        for name in ("limit", "seed"):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
            _check(whole, name, value, _("a whole number, 0 or more"))
        share = self.validation
        fine = isinstance(share, int | float) and 0 < share < 1
        _check(fine, "validation", share, _("above 0 and below 1"))
        self._check_origin()

    def _check_origin(self) -> None:
        if sum(map(bool, (self.dataset, self.file, self.hub))) != 1:
            raise InputError(
                _("Choose one place for the data: a dataset, an uploaded file or a hub name.")
            )
        if self.file:
            check_upload_name(self.file)
        if self.hub:
            check_hub_name(self.hub)
        if self.dataset and find_dataset(self.dataset) is None:
            raise InputError(
                _(
                    "There is no dataset “{name}”; python -m core.catalogue list names them all."
                ).format(name=ascii(self.dataset[:60])[1:-1])
            )


def _uneven(words: tuple[str, ...], tags: tuple[int, ...]) -> bool:
    return len(words) != len(tags)


def _check(fine: bool, name: str, value: object, limit: str) -> None:
    if not fine:
        raise InputError(
            _("{name} is {value}: it must be {limit}.").format(
                name=name, value=ascii(value)[:60], limit=limit
            )
        )
