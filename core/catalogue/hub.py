"""Models from the model hub, or from a mirror of it (``HF_ENDPOINT``): only what is safe to open.

The list of files is read first; a repository with pickled weights only, or whose configuration
brings code, is refused before its weights are fetched. huggingface_hub does the talking, in a
child process (hub_download.py).
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from core.catalogue import hub_errors, safety
from core.catalogue.fetching import MEGABYTE, Progress, check_room, part
from core.catalogue.processes import run_child
from core.catalogue.record import FolderRecord
from core.catalogue.unpacking import sha256_of
from core.catalogue.weights import INDEX, SINGLE
from core.errors import FetchError
from core.language import _

_log = logging.getLogger(__name__)
_SHARD: Final = re.compile(r"model(\.safetensors)?-\d+-of-\d+\.safetensors")
_WRONG_JSON: Final = frozenset({"flax_model.msgpack.index.json", "pytorch_model.bin.index.json"})


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository; ``sha256`` is empty for small ones, of which the hub has none."""

    name: str
    size: int
    sha256: str


def fill(
    repo: str, revision: str, folder: Path, progress: Progress, *, kind: str = "", licence: str = ""
) -> None:
    """Fetch the model ``repo`` at ``revision`` into ``folder``, which has room checked for.

    Raises ``ModelNotFoundError``, ``UnsafeModelError``, ``BrokenModelError`` or a ``FetchError``.
    """
    commit, files = list_files(repo, revision, part(progress, 0.0, 0.02))
    small = [each for each in files if not each.name.endswith(".safetensors")]
    total = sum(each.size for each in files)
    if sum(each.size for each in small) > safety.SMALL_LIMIT:
        message = _("{model} has more than {limit} MB of configuration, which no model needs.")
        raise FetchError(message.format(model=repo, limit=safety.SMALL_LIMIT // MEGABYTE))
    check_room(folder, repo, total)
    step = part(progress, 0.02, 0.95)
    _get(repo, commit, small, folder, total, step)
    config = safety.check_configurations(folder)
    _get(repo, commit, [each for each in files if each not in small], folder, total, step)
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    progress(0.95, _("Checking {name}").format(name=repo))
    _check(repo, files, folder)
    safety.check_folder(folder)
    FolderRecord(
        id=repo,
        kind=kind or safety.kind_of(config),
        version=commit,
        weights=next((each.sha256 for each in files if each.name == SINGLE), ""),
        licence=licence,
        origin=f"{repo} {commit}",
    ).write(folder)


def list_files(repo: str, revision: str, progress: Progress) -> tuple[str, tuple[HubFile, ...]]:
    """The commit and the files of it that would be fetched; refuses what is not safe to open."""
    message = _("Asking the hub for {name}").format(name=repo)
    answer = _ask(repo, ["list", repo, revision], lambda: progress(0.0, message))
    listed = cast("list[dict[str, object]]", answer["files"])
    files = [
        HubFile(str(each["name"]), int(str(each["size"])), str(each["sha256"])) for each in listed
    ]
    safety.refuse_pickles(repo, [each.name for each in files])
    return str(answer["commit"]), tuple(each for each in files if _is_wanted(each.name, files))


def _is_wanted(name: str, files: Sequence[HubFile]) -> bool:
    """Weights, configuration and tokenizer at the top of the repository; nothing else."""
    single = any(each.name == SINGLE for each in files)
    if name == SINGLE:
        return True
    if name == INDEX or _SHARD.fullmatch(name):
        return not single
    return "/" not in name and name.endswith(safety.READ_WHOLE) and name not in _WRONG_JSON


def _get(
    repo: str,
    commit: str,
    files: Sequence[HubFile],
    folder: Path,
    total: int,
    progress: Progress,
) -> None:
    def tick() -> None:
        done = sum(path.stat().st_size for path in _present(folder))
        message = _("Fetching {name}: {done} of {total} MB").format(
            name=repo, done=done // MEGABYTE, total=-(-total // MEGABYTE)
        )
        progress(done / max(total, 1), message)

    if files:
        _ask(repo, ["get", repo, commit, str(folder), *(each.name for each in files)], tick)


def _present(folder: Path) -> list[Path]:
    found = []
    for root, _folders, names in os.walk(folder):  # a file may be renamed while we look
        found += [path for name in names if (path := Path(root) / name).is_file()]
    return found


def _check(repo: str, files: Sequence[HubFile], folder: Path) -> None:
    for file in files:
        path = folder / file.name
        whole = path.is_file() and (not file.size or path.stat().st_size == file.size)
        if not whole or (file.sha256 and sha256_of(path) != file.sha256):
            raise hub_errors.wrong_hash(repo, file.name)


def _ask(repo: str, arguments: Sequence[str], on_tick: Callable[[], None]) -> dict[str, object]:
    """Run the child and return its answer; what went wrong comes back as our own error."""
    said: list[str] = []
    script = Path(__file__).with_name("hub_download.py")
    run_child(
        [sys.executable, "-P", "-W", "ignore", str(script), *arguments],
        environment=os.environ,
        on_line=said.append,
        on_tick=on_tick,
    )
    try:
        answer = cast("dict[str, object]", json.loads(said[-1]))
    except (IndexError, ValueError) as error:
        _log.warning("the hub's child process failed on %s:\n%s", repo, "\n".join(said))
        raise hub_errors.no_answer(repo) from error
    if "error" in answer:
        _log.warning("the hub failed on %s: %s", repo, answer)
        raise hub_errors.from_answer(answer, repo=repo)
    return answer
