"""What the catalogue lists: one frozen, self-checking entry for each model and each dataset.

The entries stand in ``catalogue.toml``. Nothing here looks at the disk or the network.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final, Literal, cast, get_args

from core.language import current_language

ModelKind = Literal["encoder", "masked", "causal", "seq2seq"]
ModelSource = Literal["package", "hub", "trained"]
DatasetSource = Literal["package", "npm", "debian"]
Task = Literal["classification", "tagging", "text"]
Audience = Literal["users", "developers"]

CATALOGUE: Final = Path(__file__).with_name("catalogue.toml")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REPO: Final = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_SHA512: Final = re.compile(r"sha512-[A-Za-z0-9+/]{86}==")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A short text in the languages of the interface."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.zh if current_language() == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """A model that can be loaded, and where it comes from.

    ``size`` is the bytes to fetch and ``disk`` the bytes it takes once fetched; where
    ``size_measured`` is false both are guessed from the published number of parameters.
    ``members`` are the files of the package that are kept; one of them may be a ``.gguf``, which
    is converted to safetensors. A ``trained`` model is put together from ``filename``, which comes
    with Headlight, and the model ``base``, "" where it was trained from nothing; ``weights`` is the
    SHA-256 of what comes out.
    """

    id: str
    title: str
    kind: ModelKind
    languages: tuple[str, ...]
    licence: str
    source: ModelSource
    size: int
    disk: int
    parameters: int
    abouts: Text
    built_in: bool = False
    size_measured: bool = False
    package: str = ""
    version: str = ""
    filename: str = ""
    sha256: str = ""
    members: tuple[str, ...] = ()
    base: str = ""
    weights: str = ""
    repo: str = ""
    revision: str = "main"
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id)
        _require(self.kind in get_args(ModelKind), self.id, "kind")
        _require(self.source in get_args(ModelSource), self.id, "source")
        _require(self.size > 0 and self.disk > 0 and self.parameters > 0, self.id, "size")
        _require(bool(self.licence and self.languages), self.id, "licence and languages")
        if self.source == "package":
            _require(bool(self.package and self.version and self.filename), self.id, "package")
            _require(bool(_SHA256.fullmatch(self.sha256)), self.id, "sha256")
            _check_members(self.id, self.members)
        elif self.source == "trained":
            _require(bool(self.version and self.filename), self.id, "filename")
            hashes = (self.sha256, self.weights)
            _require(all(_SHA256.fullmatch(each) for each in hashes), self.id, "sha256")
        else:
            _require(bool(_REPO.fullmatch(self.repo) and self.revision), self.id, "repo")

    @property
    def about(self) -> str:
        """One or two sentences on the model, in the language of the session."""
        return str(self.abouts)

    @property
    def gguf(self) -> str:
        """The member that is converted to safetensors; empty where none is."""
        return next((name for name in self.members if name.endswith(".gguf")), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetEntry:
    """A dataset that can be fetched, and where it comes from.

    ``size`` is the bytes to fetch, ``disk`` the bytes kept, ``rows`` the rows that
    ``core.catalogue.read_dataset`` gives. ``sha256`` is of the file that is fetched; npm names a
    SHA-512 (``integrity``) besides. Debian's file differs from release to release, so there the
    hashes are those that apt itself checks, and ``rows`` may differ.
    """

    id: str
    titles: Text
    task: Task
    languages: tuple[str, ...]
    licence: str
    citation: str
    source: DatasetSource
    package: str
    size: int
    disk: int
    rows: int
    abouts: Text
    members: tuple[str, ...]
    audience: Audience = "users"
    version: str = ""
    filename: str = ""
    sha256: str = ""
    integrity: str = ""
    labels: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        _check_id(self.id)
        _require(self.task in get_args(Task), self.id, "task")
        _require(self.source in get_args(DatasetSource), self.id, "source")
        _require(self.audience in get_args(Audience), self.id, "audience")
        _require(self.size > 0 and self.disk > 0 and self.rows > 0, self.id, "size and rows")
        _require(bool(self.licence and self.languages and self.package), self.id, "licence")
        _check_members(self.id, self.members)
        if self.source == "package":
            _require(bool(self.filename and self.version), self.id, "filename and version")
            _require(bool(_SHA256.fullmatch(self.sha256)), self.id, "sha256")
        if self.source == "npm":
            _require(bool(_SHA512.fullmatch(self.integrity) and self.version), self.id, "integrity")

    @property
    def title(self) -> str:
        """The name people see, in the language of the session."""
        return str(self.titles)

    @property
    def about(self) -> str:
        """One or two sentences on the dataset, in the language of the session."""
        return str(self.abouts)

    @property
    def files(self) -> tuple[str, ...]:
        """The names, or patterns of names, of the files in the dataset's folder."""
        return tuple(PurePosixPath(member).name for member in self.members)


Entry = ModelEntry | DatasetEntry


@cache
def models() -> tuple[ModelEntry, ...]:
    """Every model of the catalogue, the built-in ones first."""
    return tuple(_model(table) for table in _tables("model"))


@cache
def datasets() -> tuple[DatasetEntry, ...]:
    """Every dataset of the catalogue, those for users first."""
    return tuple(_dataset(table) for table in _tables("dataset"))


def find_model(model_id: str) -> ModelEntry | None:
    """The model of that catalogue id, hub name or alias (``gpt2``); None where there is none."""
    for entry in models():
        if model_id and model_id in (entry.id, entry.repo, *entry.aliases):
            return entry
    return None


def find_dataset(dataset_id: str) -> DatasetEntry | None:
    """The dataset of that id; None where there is none."""
    return next((entry for entry in datasets() if entry.id == dataset_id), None)


def _tables(kind: str) -> Sequence[dict[str, object]]:
    with CATALOGUE.open("rb") as file:
        return cast("Sequence[dict[str, object]]", tomllib.load(file)[kind])


def _model(table: dict[str, object]) -> ModelEntry:
    return ModelEntry(**_values(table, ModelEntry))  # type: ignore[arg-type]


def _dataset(table: dict[str, object]) -> DatasetEntry:
    return DatasetEntry(**_values(table, DatasetEntry))  # type: ignore[arg-type]


def _values(table: dict[str, object], entry: type[Entry]) -> dict[str, object]:
    values = dict(table)
    known = {each.name for each in fields(entry)}
    for name, texts in (("title", "titles"), ("about", "abouts")):
        if name in values and texts in known:
            values[texts] = Text(**cast("dict[str, str]", values.pop(name)))
    folder = values.pop("folder", "")
    members = cast("list[str]", values.pop("members", []))
    values["members"] = [f"{folder}/{name}" if folder else name for name in members]
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }


def _check_id(entry_id: str) -> None:
    _require(bool(_ID.fullmatch(entry_id)) and ".." not in entry_id, entry_id, "id")


def _check_members(entry_id: str, members: tuple[str, ...]) -> None:
    names = [PurePosixPath(member).name for member in members]
    _require(bool(names) and len(set(names)) == len(names), entry_id, "members")
    _require(all(name not in ("", ".", "..") for name in names), entry_id, "members")


def _require(fine: bool, entry_id: str, what: str) -> None:
    if not fine:
        raise ValueError(f"catalogue entry {entry_id!r}: {what} is missing or not as it must be")
