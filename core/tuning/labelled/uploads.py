"""Uploaded files, kept under the state folder by names that say what they were and hold.

A file is copied piece by piece and refused as soon as it is too large or by its first bytes. What
stands in it is not read here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from core import storage
from core.errors import InputError
from core.language import _
from core.text_files import BINARY, megabytes, no_text, shown_name

TYPES: Final = ("csv", "tsv", "jsonl", "parquet", "txt")
"""The endings of the files that are read."""
SIZE_LIMIT: Final = 200_000_000
LEFT_FREE: Final = 1_000_000_000
"""Bytes that uploads leave on the disk, or a twentieth of it where that is less."""
PARQUET: Final = b"PAR1"

_NAME_LIMIT: Final = 120
_STEM_KEPT: Final = 60
_DIGEST: Final = 12
_PIECE: Final = 1_000_000
_UNFIT: Final = re.compile(r"[^\w.-]+")


def uploads_folder() -> Path:
    """The folder of the uploads, made when missing."""
    folder = storage.home() / "uploads"
    folder.mkdir(exist_ok=True)
    return folder


def ending_of(name: str) -> str:
    """One of ``TYPES``. Raises InputError for any other ending."""
    ending = PurePath(name).suffix.casefold().removeprefix(".")
    if ending not in TYPES:
        raise InputError(
            _(
                "{name} is none of the files that are read: upload .csv, .tsv, .jsonl, .parquet "
                "or .txt."
            ).format(name=shown_name(name))
        )
    return ending


def check_upload_name(name: str) -> str:
    """``name`` itself, if it is the plain name of a file. Raises InputError for a path."""
    plain = name == PurePath(name).name and "\\" not in name and not name.startswith(".")
    if not plain or not name.isprintable() or len(name) > _NAME_LIMIT:
        raise InputError(
            _(
                "“{name}” is no name of an uploaded file: give the name alone, without folders."
            ).format(name=ascii(shown_name(name))[1:-1])
        )
    ending_of(name)
    return name


def store_upload(name: str, data: BinaryIO) -> str:
    """Keep what ``data`` gives, and return the name it is kept by; equal files are kept once.

    Of ``name`` only the last part counts. Raises InputError: another ending, empty, above
    ``SIZE_LIMIT`` bytes, no text in a file that should be one.
    """
    ending = ending_of(name)
    stem = _UNFIT.sub("-", PurePath(name.replace("\\", "/")).stem).strip(".-")[:_STEM_KEPT]
    folder = uploads_folder()
    handle, partial_name = tempfile.mkstemp(dir=folder, prefix=".partial-")
    partial = Path(partial_name)
    try:
        with os.fdopen(handle, "wb") as file:
            digest = _copy(data, file, name, ending)
        kept = f"{stem or 'data'}-{digest[:_DIGEST]}.{ending}"
        partial.replace(folder / kept)
    finally:
        partial.unlink(missing_ok=True)
    return kept


def upload_path(name: str) -> Path:
    """Where the upload ``name`` lies. Raises InputError for a path and for a file that is gone."""
    path = uploads_folder() / check_upload_name(name)
    if path.is_symlink() or not path.is_file():
        raise InputError(
            _("There is no uploaded file “{name}”: upload it again.").format(name=name)
        )
    return path


def check_size(size: int, name: str) -> None:
    """Raise InputError for a file that is empty or too large."""
    if size == 0:
        raise InputError(_("{name} is empty: upload a file with rows in it.").format(name=name))
    if size > SIZE_LIMIT:
        raise InputError(
            _("{name} has {size}, the limit is {limit}: split it.").format(
                name=name, size=megabytes(size), limit=megabytes(SIZE_LIMIT)
            )
        )


def _check_room(folder: Path, name: str) -> None:
    """Raise InputError where the disk would be left too full for everybody's records."""
    usage = shutil.disk_usage(folder)
    if usage.free < min(LEFT_FREE, usage.total // 20):
        raise InputError(
            _(
                "There is no room for {name} on the server's disk: ask whoever keeps it to make "
                "some."
            ).format(name=name)
        )


def check_start(start: bytes, name: str, ending: str) -> None:
    """Raise InputError for a file that does not begin as its ending says."""
    if ending == "parquet" and not start.startswith(PARQUET):
        raise InputError(
            _("{name} is no Parquet file: write it again, or upload it as CSV.").format(name=name)
        )
    if ending != "parquet" and start.startswith((*BINARY, PARQUET)):
        raise no_text(name)


def _copy(data: BinaryIO, file: BinaryIO, name: str, ending: str) -> str:
    """Copy in pieces; the digest of what was copied."""
    shown, size, digest = shown_name(name), 0, hashlib.sha256()
    while piece := data.read(_PIECE):
        if size == 0:
            check_start(piece[:16], shown, ending)
        size += len(piece)
        check_size(size, shown)
        _check_room(uploads_folder(), shown)
        digest.update(piece)
        file.write(piece)
    check_size(size, shown)
    return digest.hexdigest()
