"""What went wrong at the model hub, as one sentence that a person can act on."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Final, cast

from core.errors import (
    DiskFullError,
    FetchError,
    HashError,
    HeadlightError,
    ModelNotFoundError,
    NetworkError,
)
from core.language import _

_UNKNOWN: Final = {"RepositoryNotFoundError", "RevisionNotFoundError", "HFValidationError"}
_NETWORK: Final = {
    *("TransportError", "ConnectError", "TimeoutException", "ConnectionError", "gaierror"),
    *("RequestError", "LocalEntryNotFoundError", "SSLError", "TimeoutError"),
}


def from_answer(answer: Mapping[str, object], *, repo: str) -> HeadlightError:
    """The error that the child's ``answer`` tells of."""
    names = set(cast("list[str]", answer["error"]))
    numbers = set(cast("list[int]", answer["errno"]))
    status = int(str(answer["status"]))
    if numbers & {errno.ENOSPC, errno.EDQUOT}:
        message = _("The disk became full while {model} was being fetched; make room there.")
        return DiskFullError(message.format(model=repo))
    if "GatedRepoError" in names:
        message = _(
            "{model} is handed out only to people who accepted its terms: accept them on its page "
            "of the hub, then set HF_TOKEN to a token of yours."
        )
        return FetchError(message.format(model=repo))
    if names & _UNKNOWN:
        message = _(
            "The hub has no model {model} that may be read without signing in; check the name, or "
            "set HF_TOKEN if it is private."
        )
        return ModelNotFoundError(message.format(model=repo))
    if "OfflineModeIsEnabled" in names:
        message = _("{model} was not fetched because HF_HUB_OFFLINE is set; unset it to fetch.")
        return NetworkError(message.format(model=repo))
    if names & _NETWORK or status >= 429 or (status == 0 and numbers):
        return _unreachable(repo)
    return FetchError(
        _("The hub would not hand out {model} ({reason}); the log has all it said.").format(
            model=repo, reason=f"HTTP {status}" if status else cast("list[str]", answer["error"])[0]
        )
    )


def no_answer(repo: str) -> FetchError:
    """The error for a child process that ended without a word."""
    message = _("{model} was not fetched: huggingface_hub ended without an answer; see the log.")
    return FetchError(message.format(model=repo))


def wrong_hash(repo: str, name: str) -> HashError:
    """The error for a file that is not the one the hub's own list names."""
    message = _(
        "What arrived as {file} of {model} is not the file that the hub lists (its size or SHA-256 "
        "differs), so it was thrown away; try again."
    )
    return HashError(message.format(file=name, model=repo))


def _unreachable(repo: str) -> NetworkError:
    endpoint = os.environ.get("HF_ENDPOINT")
    if endpoint:
        message = _(
            "The mirror {endpoint} (HF_ENDPOINT) cannot be reached, so {model} was not fetched; "
            "check the network, or use a built-in model: these need no hub."
        )
    else:
        message = _(
            "The model hub cannot be reached, so {model} was not fetched; check the network, set "
            "HF_ENDPOINT to a mirror of it, or use a built-in model: these need no hub."
        )
    return NetworkError(message.format(model=repo, endpoint=endpoint))
