"""How anything gets into a folder of Headlight's: once, whole, or not at all.

``fetch_into`` holds a lock for each target, fills a folder beside it and renames that folder into
place. What fills it (an index, a hub, another registry) is the caller's business.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from core.errors import DiskFullError, FetchError
from core.language import _

Progress = Callable[[float, str], None]
"""Told the fraction done (0 to 1) and what is being done; raises ``FetchStopped`` to stop."""

MEGABYTE: Final = 1_000_000
WAIT: Final = 0.3  # seconds between two looks at a lock that another fetch holds
_PARTIAL: Final = ".partial-"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def silent(_fraction: float, _message: str) -> None:
    """The progress of a caller who does not want to know."""


def part(progress: Progress, start: float, end: float) -> Progress:
    """``progress`` for one step of several: its 0 to 1 becomes ``start`` to ``end``."""

    def report(fraction: float, message: str) -> None:
        progress(start + (end - start) * min(max(fraction, 0.0), 1.0), message)

    return report


def state_folder(make: Callable[[], Path]) -> Path:
    """The folder that ``make`` gives; a sentence instead of the system's own error."""
    try:
        return make()
    except OSError as error:
        message = _(
            "{folder} cannot be used ({reason}); set HEADLIGHT_HOME to a folder of your own."
        )
        reason = error.strerror or type(error).__name__
        raise FetchError(message.format(folder=error.filename, reason=reason)) from error


def fetch_into(
    target: Path,
    *,
    name: str,
    needed: int,
    is_done: Callable[[], bool],
    fill: Callable[[Path, Path, Progress], None],
    progress: Progress,
) -> Path:
    """Make the folder ``target`` by ``fill(workspace, folder, progress)``, unless it is there.

    ``fill`` writes what stays into ``folder`` and anything else into ``workspace``; ``needed`` is
    the bytes that takes at most. Two calls at once do the work once: the second waits. Raises
    ``DiskFullError`` where there is no room, and whatever ``fill`` raises.
    """
    parent = state_folder(lambda: _made(target.parent))
    with _held(_lock_of(target), name, progress):
        if is_done():
            return target
        _sweep(parent, target.name)
        check_room(parent, name, needed)
        with _workspace(parent, target.name) as workspace:
            folder = workspace / "ready"
            try:
                folder.mkdir()
                fill(workspace, folder, progress)
                _settle(folder)
                _put(folder, target, aside=workspace / "old")
            except DiskFullError as error:
                if not needed:  # whoever knew how much it takes has said so
                    raise
                raise _full(parent, name, needed, shutil.disk_usage(parent).free) from error
            except OSError as error:
                raise _os_error(error, parent, name, needed) from error
    progress(1.0, _("{name} is ready.").format(name=name))
    return target


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _lock_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.lock")


@contextlib.contextmanager
def _held(path: Path, name: str, progress: Progress) -> Iterator[None]:
    lock = FileLock(path)
    message = _("Another fetch of {name} is under way; waiting for it.").format(name=name)
    while True:
        try:
            lock.acquire(timeout=WAIT)
            break
        except Timeout:
            progress(0.0, message)
        except OSError as error:
            raise FetchError(
                _(
                    "{folder} cannot be written to ({reason}); set HEADLIGHT_HOME to a folder of "
                    "your own."
                ).format(folder=path.parent, reason=error.strerror)
            ) from error
    try:
        yield
    finally:
        lock.release()


def _sweep(parent: Path, mine: str) -> None:
    """Remove what killed fetches left: those of ``mine`` (locked by us), and of nobody else."""
    for left in parent.glob(f"{_PARTIAL}*"):
        owner = left.name.removeprefix(_PARTIAL).rpartition("~")[0]
        if owner == mine:
            shutil.rmtree(left, ignore_errors=True)
            continue
        lock = FileLock(parent / f".{owner}.lock")
        with contextlib.suppress(Timeout, OSError):
            lock.acquire(timeout=0)
            shutil.rmtree(left, ignore_errors=True)
            lock.release()


@contextlib.contextmanager
def _workspace(parent: Path, owner: str) -> Iterator[Path]:
    try:
        workspace = Path(tempfile.mkdtemp(prefix=f"{_PARTIAL}{owner}~", dir=parent))
    except OSError as error:
        raise _os_error(error, parent, owner, 0) from error
    try:
        yield workspace
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def check_room(parent: Path, name: str, needed: int) -> None:
    """Raise ``DiskFullError`` unless the disk of ``parent`` has ``needed`` bytes free."""
    free = shutil.disk_usage(parent).free
    if free < needed:
        raise _full(parent, name, needed, free)


def _full(parent: Path, name: str, needed: int, free: int) -> DiskFullError:
    message = _(
        "{name} needs {needed} MB of disk while it is fetched and {folder} has {free} MB free; "
        "make room there or set HEADLIGHT_HOME to a folder on a larger disk."
    )
    return DiskFullError(
        message.format(
            name=name,
            needed=-(-needed // MEGABYTE),
            folder=parent,
            free=free // MEGABYTE,
        )
    )


def _os_error(error: OSError, parent: Path, name: str, needed: int) -> FetchError:
    if error.errno in _FULL:
        return _full(parent, name, needed, shutil.disk_usage(parent).free)
    message = _("{name} could not be written to {folder} ({reason}); check that folder.")
    return FetchError(
        message.format(name=name, folder=parent, reason=error.strerror or type(error).__name__)
    )


def _settle(folder: Path) -> None:
    """Make every file readable like any other and certain to be on the disk before the rename."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _put(folder: Path, target: Path, *, aside: Path) -> None:
    if target.is_symlink() or target.is_file():
        target.unlink()
    elif target.exists():
        target.rename(aside)  # an older version, or a damaged one: removed with the workspace
    folder.rename(target)
