"""The archive of one release, exactly as the index serves it: nothing is built, nothing is run.

Runs as a child process: ``python -P archive.py NAME VERSION FILENAME SHA256 FOLDER``. It asks
pip's own finder, so it reads the index, mirror, certificate and proxy that the user's pip is set
to. ``pip download`` would run the build code of a source archive. pip's internals have no public
contract: its version stands exactly in requirements.txt, and a test fails when they move.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Final

from pip._internal.commands import create_command
from pip._internal.exceptions import PipError
from pip._internal.models.format_control import FormatControl
from pip._internal.models.link import Link
from pip._internal.network.session import PipSession
from pip._internal.network.utils import HEADERS, response_chunks
from pip._vendor.requests.exceptions import RequestException

CHUNK: Final = 1 << 16
QUIET: Final = 0.25  # seconds between two reports


def fetch_archive(name: str, version: str, filename: str, sha256: str, folder: Path) -> None:
    """Write the file ``filename`` of release ``version`` of ``name`` to ``folder``.

    Raises ``LookupError`` where the index has no such file, ``ValueError`` on another hash.
    """
    command = create_command("download")
    options, _arguments = command.parse_args(["--no-deps", "--no-input", "--retries=2"])
    options.format_control = FormatControl(set(), set())  # whatever the user's pip prefers
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(
            options=options, session=session, ignore_requires_python=True
        )
        found = [
            candidate.link
            for candidate in finder.find_all_candidates(name)
            if str(candidate.version) == version and candidate.link.filename == filename
        ]
        if not found:
            raise LookupError(f"No matching distribution found for {name}=={version}")
        digest = _save(session, found[0], folder / filename)
    if digest != sha256:
        raise ValueError(f"DO NOT MATCH THE HASHES: expected {sha256}, got {digest}")


def _save(session: PipSession, link: Link, path: Path) -> str:
    digest = hashlib.sha256()
    reported = 0.0
    # As it lies there: a server may call an archive an encoding, which would be taken off.
    response = session.get(
        link.url_without_fragment, headers=HEADERS, stream=True, timeout=session.timeout
    )
    response.raise_for_status()
    total = int(response.headers.get("content-length") or 0)
    done = 0
    with path.open("wb") as file:
        for chunk in response_chunks(response, CHUNK):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            if total and time.monotonic() - reported > QUIET:
                reported = time.monotonic()
                sys.stdout.write(f"Progress {done} of {total}\n")
                sys.stdout.flush()
    return digest.hexdigest()


def _end_with_parent() -> None:
    sys.stdin.read()  # ends when the parent does
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    try:
        _name, _version, _filename, _sha256, _folder = sys.argv[1:]
        fetch_archive(_name, _version, _filename, _sha256, Path(_folder))
    except (PipError, RequestException, LookupError, ValueError, OSError) as error:
        sys.exit(f"ERROR: {error}")
