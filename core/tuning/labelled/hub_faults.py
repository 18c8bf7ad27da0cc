"""What went wrong with a dataset of the hub, as one sentence that a person can act on."""

from __future__ import annotations

from typing import Final

from core.errors import FetchError, HeadlightError, InputError, NetworkError
from core.language import _

_UNKNOWN: Final = {"DatasetNotFoundError", "RepositoryNotFoundError", "HFValidationError"}
_NETWORK: Final = {
    *("TransportError", "ConnectError", "TimeoutException", "ConnectionError", "gaierror"),
    *("RequestError", "LocalEntryNotFoundError", "SSLError", "TimeoutError", "ClientError"),
}


def told(error: Exception, name: str) -> HeadlightError:
    """The sentence for what the datasets library raised over the dataset ``name``."""
    names, said = _chain(error)
    if "OfflineModeIsEnabled" in names or "offline mode" in said.lower():
        return NetworkError(
            _(
                "{name} was not fetched because HF_HUB_OFFLINE is set; unset it to fetch, or "
                "choose a dataset of the catalogue."
            ).format(name=name)
        )
    if "GatedRepoError" in names or "gated" in said.lower():
        return FetchError(
            _(
                "{model} is handed out only to people who accepted its terms: accept them on its "
                "page of the hub, then set HF_TOKEN to a token of yours."
            ).format(model=name)
        )
    if "scripts are no longer supported" in said:
        return InputError(
            _(
                "{name} is made by a program of its own, which is not run: choose a set stored as "
                "a table, or upload a file."
            ).format(name=name)
        )
    if "Config name is missing" in said or "BuilderConfig" in said:
        return InputError(
            _("{name} has several parts: name one as {name}:part ({reason}).").format(
                name=name, reason=" ".join(said.split())[:200]
            )
        )
    if names & _NETWORK:  # before the unknown: without a network nothing is found
        return NetworkError(
            _(
                "The hub cannot be reached, so {name} was not fetched; check the network, set "
                "HF_ENDPOINT to a mirror of it, or choose a dataset of the catalogue."
            ).format(name=name)
        )
    if names & _UNKNOWN:
        return InputError(
            _(
                "The hub has no dataset {name} that may be read without signing in; check the "
                "name, or set HF_TOKEN if it is private."
            ).format(name=name)
        )
    return FetchError(
        _("{name} could not be read ({reason}); the log has all that was said.").format(
            name=name, reason=type(error).__name__
        )
    )


def _chain(error: BaseException) -> tuple[set[str], str]:
    """The names of the error's kinds and of what it was caused by, and all that was said."""
    names: set[str] = set()
    said: list[str] = []
    link: BaseException | None = error
    while link is not None and len(said) < 10:
        names.update(each.__name__ for each in type(link).__mro__)
        said.append(str(link))
        link = link.__cause__ or link.__context__
    return names, "\n".join(said)
