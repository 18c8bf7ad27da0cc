"""What pip said when it failed, as one sentence that a person can act on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.errors import DiskFullError, FetchError, HashError, NetworkError
from core.language import _

_HASH: Final = ("DO NOT MATCH THE HASHES",)
_FULL: Final = ("No space left on device", "Disk quota exceeded", "not enough space on the disk")
_CERTIFICATE: Final = ("CERTIFICATE_VERIFY_FAILED", "SSLError", "SSLCertVerificationError")
_REFUSED: Final = ("401 Client Error", "403 Client Error", "407 Proxy Authentication")
_NETWORK: Final = (
    *("NewConnectionError", "Failed to establish a new connection", "ConnectTimeoutError"),
    *("Read timed out", "ReadTimeoutError", "Connection refused", "Connection reset"),
    *("Temporary failure in name resolution", "NameResolutionError", "getaddrinfo failed"),
    *("ProxyError", "Max retries exceeded", "Network is unreachable", "Connection aborted"),
    *("connection timed out", "Failed to connect", "IncompleteRead", "incomplete-download"),
    *("Server Error", "ConnectionError", "Unable to connect"),
)
_NO_PIP: Final = ("No module named pip",)
_MISSING: Final = ("No matching distribution found", "Could not find a version", "404 Client Error")


def from_output(said: Sequence[str], *, package: str, version: str) -> FetchError:
    """The error that pip's output ``said`` tells of."""
    text = "\n".join(said)

    def about(signs: Sequence[str]) -> bool:
        return any(re.search(re.escape(sign), text, re.IGNORECASE) for sign in signs)

    def sentence(message: str) -> str:
        return message.format(package=package, version=version, reason=_last_error(said))

    if about(_HASH):
        return wrong_hash(package, version)
    if about(_FULL):
        return DiskFullError(sentence(_("The disk became full while {package} was being fetched.")))
    if about(_NO_PIP):
        return FetchError(
            sentence(_("This Python has no pip to fetch {package} with; run python -m ensurepip."))
        )
    if about(_CERTIFICATE):
        message = _(
            "The certificate of the package index was not accepted, so {package} was not fetched; "
            "set the cert option of pip to your network's certificate file."
        )
        return NetworkError(sentence(message))
    if about(_REFUSED):
        message = _(
            "The package index refused to hand out {package} {version}; check the address, user "
            "and password in `python -m pip config list`."
        )
        return NetworkError(sentence(message))
    if about(_NETWORK):
        message = _(
            "The package index cannot be reached, so {package} {version} was not fetched; check "
            "the network, or set a mirror with `python -m pip config set global.index-url ADDRESS`."
        )
        return NetworkError(sentence(message))
    if about(_MISSING):
        message = _(
            "The package index that pip is set to does not have {package} {version}; check "
            "`python -m pip config list` or use another mirror."
        )
        return FetchError(sentence(message))
    return FetchError(
        sentence(_("pip could not fetch {package} {version}: {reason}. The log has all it said."))
    )


def wrong_hash(package: str, version: str) -> HashError:
    """The error for a file that is not the one the catalogue names."""
    message = _(
        "What arrived as {package} {version} is not the file the catalogue names (its SHA-256 "
        "differs), so it was thrown away; try again or use another mirror."
    )
    return HashError(message.format(package=package, version=version))


def _last_error(said: Sequence[str]) -> str:
    errors = [line for line in said if line.startswith("ERROR:")] or [line for line in said if line]
    return errors[-1].removeprefix("ERROR:").strip().rstrip(".") if errors else "no output"
