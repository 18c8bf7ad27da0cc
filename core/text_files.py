"""Text files that somebody uploads: their encoding, found by reading them in pieces.

UTF-8, UTF-16 with its mark and GB 18030 are read; whatever is no text is refused by its first bytes
or by its zeros. What stands in a file is not known here.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import BinaryIO, Final, TextIO

from core.errors import InputError
from core.language import _

LINE_LIMIT: Final = 1_000_000
"""The most characters of one line."""
# What Excel workbooks, PDF, archives, compressed files and pictures begin with.
BINARY: Final = (
    *(b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8"),
    *(b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!\x1a", b"BZh91AY", b"GIF8"),
)

_NAME_SHOWN: Final = 60
_PIECE: Final = 1_000_000
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_MOSTLY: Final = 0.9
_LOOKED_AT: Final = 1_000_000  # characters beyond ASCII: enough to know Chinese by


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoding:
    """``codec`` is Python's name for it, ``title`` the one people read."""

    codec: str
    title: str


UTF_8: Final = TextEncoding(codec="utf-8-sig", title="UTF-8")
UTF_16: Final = TextEncoding(codec="utf-16", title="UTF-16")
GB_18030: Final = TextEncoding(codec="gb18030", title="GB 18030")


def shown_name(name: str) -> str:
    """The end of a file's name, short enough for a sentence."""
    return name if len(name) <= _NAME_SHOWN else f"…{name[-_NAME_SHOWN:]}"


def megabytes(count: int) -> str:
    """A count of bytes, rounded up so that what is above a limit reads so."""
    return f"{ceil(count / 1e5) / 10:g} MB"


def no_text(name: str) -> InputError:
    """The error for a file that is no text."""
    return InputError(
        _(
            "{name} is no text file: save it as text or as CSV in UTF-8 (in Excel: Save as, "
            "CSV UTF-8)."
        ).format(name=name)
    )


def find_encoding(file: BinaryIO, name: str) -> TextEncoding:
    """The encoding of the whole of ``file``; its place in the file is lost.

    Raises InputError for what is no text, and for another encoding with the line it shows in.
    """
    file.seek(0)
    start = file.read(16)
    if start.startswith(BINARY):
        raise no_text(name)
    if start.startswith(_UTF_16):
        if _wrong_line(file, UTF_16) or any("\0" in text for text in _texts(file, UTF_16)):
            raise no_text(name)
        return UTF_16
    if any(b"\0" in piece for piece in _pieces(file)):
        raise no_text(name)
    line = _wrong_line(file, UTF_8)
    if not line:
        return UTF_8
    if _wrong_line(file, GB_18030) or not _is_chinese(file):
        raise InputError(
            _(
                "Line {line:,} of {name} is not in UTF-8: save the file as UTF-8 (in Excel: Save "
                "as, CSV UTF-8) and upload it again."
            ).format(line=line, name=name)
        )
    return GB_18030


def decode_text(data: bytes, name: str) -> tuple[str, str]:
    """The text of a small file and what its encoding is called. Raises as ``find_encoding``."""
    encoding = find_encoding(io.BytesIO(data), name)
    return data.decode(encoding.codec), encoding.title


def bounded_lines(file: TextIO, name: str) -> Iterator[str]:
    """The lines of ``file`` with their ends; InputError for one above ``LINE_LIMIT``."""
    number = 0
    while line := file.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT:
            raise InputError(
                _(
                    "Line {line:,} of {name} has more than {limit:,} characters: break it into "
                    "several lines."
                ).format(line=number, name=name, limit=LINE_LIMIT)
            )
        yield line


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _texts(file: BinaryIO, encoding: TextEncoding) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    for piece in _pieces(file):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _wrong_line(file: BinaryIO, encoding: TextEncoding) -> int:
    """The line, from 1, at which the file is not in ``encoding``; 0 where all of it is."""
    line = 1
    try:
        for text in _texts(file, encoding):
            line += text.count("\n")
    except UnicodeDecodeError as error:
        return line + error.object.count(b"\n", 0, error.start)
    return 0


def _is_chinese(file: BinaryIO) -> bool:
    """Whether what GB 18030 made of a file is Chinese: it makes something of any other code too.

    Other codes give rare characters, Chinese texts all but only those of GB 2312.
    """
    count = usual = 0
    chinese = False
    for text in _texts(file, GB_18030):
        beyond = [sign for sign in text if not sign.isascii()]
        count += len(beyond)
        usual += sum(map(_is_usual, beyond))
        chinese = chinese or any("\u4e00" <= sign <= "\u9fff" for sign in beyond)
        if count >= _LOOKED_AT:
            break
    return chinese and usual >= _MOSTLY * count


def _is_usual(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
