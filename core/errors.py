"""The family of errors that Headlight shows to people.

Every message is one sentence (or two short ones) that names the value, the limit and the remedy,
and is fit to be shown as it stands. Anything else that is raised is a fault of Headlight itself.

    HeadlightError
    ├── InputError             what was typed or uploaded cannot be used
    │   ├── TextError          a text: blank, or with characters no tokenizer takes
    │   └── LinkError          a link's parameter
    ├── ModelError             a model cannot be had or used
    │   ├── ModelNotFoundError no such catalogue id, hub name or folder
    │   ├── UnsafeModelError   pickled weights, or code that comes with a model
    │   ├── BrokenModelError   the files are there and do not make a model
    │   ├── TooLargeError      larger than the memory it would need
    │   └── UnsupportedError   the model cannot do what was asked
    ├── FetchError             something could not be fetched
    │   ├── NetworkError       the index or the hub cannot be reached
    │   ├── HashError          what arrived is not what the catalogue names
    │   ├── DiskFullError      no room
    │   └── FetchStopped       the user stopped it
    └── NotAllowedError        only the owner or the teacher may do this
"""

from __future__ import annotations


class HeadlightError(Exception):
    """An error whose message is written for the person who caused or can mend it."""


class InputError(HeadlightError):
    """What was typed or uploaded cannot be used."""


class TextError(InputError):
    """A text is blank or holds characters that no tokenizer takes."""


class LinkError(InputError):
    """A parameter of a link names something that is not there."""


class ModelError(HeadlightError):
    """A model cannot be had or used."""


class ModelNotFoundError(ModelError):
    """There is no such catalogue id, hub name or folder."""


class UnsafeModelError(ModelError):
    """Opening the model would run code: pickled weights, or Python files that come with it."""


class BrokenModelError(ModelError):
    """The files are there and do not make a model."""


class TooLargeError(ModelError):
    """The model needs more memory than there is."""


class UnsupportedError(ModelError):
    """The model cannot do what was asked of it."""


class FetchError(HeadlightError):
    """Something could not be fetched."""


class NetworkError(FetchError):
    """The package index or the model hub cannot be reached."""


class HashError(FetchError):
    """What arrived is not what the catalogue names."""


class DiskFullError(FetchError):
    """There is no room on the disk."""


class FetchStopped(FetchError):  # noqa: N818 - a decision of the user, not a fault
    """The user stopped the fetch."""


class NotAllowedError(HeadlightError):
    """Only the owner or the teacher may do this."""
