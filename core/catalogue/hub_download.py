"""Talks to the model hub; runs as a child process, so that a stop is a stop and a wait is short.

    python -P hub_download.py list REPO REVISION              what files there are, as JSON
    python -P hub_download.py get REPO REVISION FOLDER FILE…   those files into FOLDER

``HF_ENDPOINT`` and ``HF_TOKEN`` are read by huggingface_hub itself. The last line written is
always one JSON object; on failure it has ``error``. What may be fetched is decided elsewhere.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Final

SECONDS: Final = 8.0  # an answer to the list; the server has had time to think by then
SETTINGS: Final = {
    "HF_HUB_ETAG_TIMEOUT": "10",
    "HF_HUB_DOWNLOAD_TIMEOUT": "20",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_XET": "1",  # mirrors speak plain HTTP, and a stop leaves no second cache
}


def list_files(repo: str, revision: str) -> dict[str, object]:
    """The commit that ``revision`` names now, and its files with their sizes and SHA-256."""
    from huggingface_hub import HfApi

    found = HfApi().model_info(repo, revision=revision, files_metadata=True, timeout=SECONDS)
    files = [
        {
            "name": each.rfilename,
            "size": each.size or 0,
            "sha256": (each.lfs.sha256 if each.lfs else "") or "",
        }
        for each in found.siblings or []
    ]
    return {"commit": found.sha or revision, "files": files}


def get_files(repo: str, revision: str, folder: str, files: list[str]) -> dict[str, object]:
    """Write ``files`` of the repository into ``folder``."""
    from huggingface_hub import hf_hub_download

    for name in files:
        hf_hub_download(repo, name, revision=revision, local_dir=folder)
    return {"done": len(files)}


def _answer(arguments: list[str]) -> dict[str, object]:
    if arguments[0] == "list":
        return list_files(arguments[1], arguments[2])
    return get_files(arguments[1], arguments[2], arguments[3], arguments[4:])


def _failure(error: Exception) -> dict[str, object]:
    """What went wrong, with everything it was caused by, for the parent to put into a sentence."""
    names: list[str] = []
    numbers: list[int] = []
    link: BaseException | None = error
    while link is not None and len(names) < 10:
        names.extend(each.__name__ for each in type(link).__mro__)
        if isinstance(link, OSError) and link.errno:
            numbers.append(link.errno)
        link = link.__cause__ or link.__context__
    response = getattr(error, "response", None)
    return {
        "error": names,
        "errno": numbers,
        "status": getattr(response, "status_code", 0) or 0,
        "text": str(error),
    }


def _end_with_parent() -> None:
    sys.stdin.read()  # ends when the parent does
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.update(SETTINGS)
    try:
        answer = _answer(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - told to the parent, which knows what to make of it
        answer = _failure(error)
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()
