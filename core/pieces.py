"""How the pieces of a vocabulary stand for text, and how that text is read by people.

A tokenizer writes its pieces in a private alphabet: ``Ġ`` for a space and one sign for each byte
(byte-level), ``▁`` for a space and ``<0xE6>`` for a byte (SentencePiece), ``##`` for "no space
before" (WordPiece). ``PieceAlphabet`` undoes the alphabet; ``group_by_character`` turns the bytes
of a row of tokens into text without ever cutting through what a reader sees as one character.
It knows texts and vocabularies, not models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt
import regex  # type: ignore[import-untyped]
from tokenizers import Tokenizer

IntArray = npt.NDArray[np.int64]
AlphabetKind = Literal["byte-level", "metaspace", "wordpiece", "plain"]

_BYTE_PIECE: Final = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_CLUSTER: Final = regex.compile(r"\X")
_ESCAPED_BYTES: Final = re.compile("[\udc80-\udcff]")
_METASPACE: Final = "▁"


class _Described(Protocol):
    """A part of a fast tokenizer: its state is its description in JSON."""

    def __getstate__(self) -> bytes: ...


def _byte_signs() -> dict[int, str]:
    """The sign of each byte in byte-level vocabularies, as in GPT-2's ``bytes_to_unicode``.

    Returned as a table for ``str.translate`` from sign to the character with the byte's number.
    """
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in set(shown)]
    signs = shown + [256 + place for place in range(len(hidden))]
    return {sign: chr(byte) for sign, byte in zip(signs, shown + hidden, strict=True)}


_SIGN_TO_BYTE: Final = _byte_signs()


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceAlphabet:
    """How one tokenizer writes its pieces.

    ``prefix`` opens a piece that continues a word (WordPiece), ``suffix`` closes one that ends a
    word. ``adds_space`` says that the tokenizer puts a space before a text that opens with none,
    ``always_adds_space`` that it does so before every text.
    """

    kind: AlphabetKind
    prefix: str = ""
    suffix: str = ""
    byte_pieces: bool = False
    adds_space: bool = False
    always_adds_space: bool = False

    def bytes_of(self, piece: str, *, continues_word: bool) -> bytes:
        """The UTF-8 bytes, perhaps only part of a character, that ``piece`` stands for."""
        if self.suffix and len(piece) > len(self.suffix):
            piece = piece.removesuffix(self.suffix)
        if self.kind == "byte-level":
            try:
                return piece.translate(_SIGN_TO_BYTE).encode("latin-1")
            except UnicodeEncodeError:  # a piece added in plain writing
                return piece.encode()
        if self.byte_pieces and (byte := _BYTE_PIECE.fullmatch(piece)):
            return bytes([int(byte[1], 16)])
        if self.kind == "metaspace":
            return piece.replace(_METASPACE, " ").encode()
        if self.kind == "wordpiece" and continues_word and len(piece) > len(self.prefix):
            piece = piece.removeprefix(self.prefix)
        return piece.encode()


def alphabet_of(tokenizer: Tokenizer) -> PieceAlphabet:
    """Read the alphabet from the parts of a fast tokenizer: decoder, pre-tokenizer, normalizer."""
    parts = {
        name: list(_walk(getattr(tokenizer, name)))
        for name in ("decoder", "pre_tokenizer", "normalizer")
    }
    everything = [part for found in parts.values() for part in found]
    types = {str(part.get("type")) for part in everything}
    model = tokenizer.model
    suffix = getattr(model, "end_of_word_suffix", None) or ""
    if "ByteLevel" in types:
        adds = any(
            part.get("add_prefix_space")
            for part in parts["pre_tokenizer"]
            if part.get("type") == "ByteLevel"
        )
        return PieceAlphabet(kind="byte-level", suffix=suffix, adds_space=adds)
    replaced = any(part.get("content") == _METASPACE for part in parts["normalizer"])
    if replaced or types & {"Metaspace", "ByteFallback"}:
        schemes = {part.get("prepend_scheme") for part in parts["pre_tokenizer"]}
        return PieceAlphabet(
            kind="metaspace",
            suffix=suffix,
            byte_pieces=bool(getattr(model, "byte_fallback", False)) or "ByteFallback" in types,
            adds_space=bool(schemes & {"first", "always"}),
            always_adds_space=any(part.get("prepend") == _METASPACE for part in everything),
        )
    prefix = getattr(model, "continuing_subword_prefix", None) or ""
    if prefix or "WordPiece" in types:
        return PieceAlphabet(kind="wordpiece", prefix=prefix or "##")
    return PieceAlphabet(kind="plain", suffix=suffix)


def _walk(part: _Described | None) -> Iterator[dict[str, object]]:
    """A part's description and those of the parts it is a sequence of."""
    if part is None:
        return
    state = json.loads(part.__getstate__())
    waiting = [state]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            # Replace keeps its pattern under "pattern" and what it writes under "content".
            yield found
            waiting += [inner for inner in found.values() if isinstance(inner, list)]
        elif isinstance(found, list):
            waiting += found


def clusters(text: str) -> IntArray:
    """Where each grapheme cluster of ``text`` begins: what a reader sees as one character."""
    return np.fromiter((match.start() for match in _CLUSTER.finditer(text)), dtype=np.int64)


def group_by_character(
    parts: Sequence[bytes], opens: Sequence[bool]
) -> tuple[list[str], list[int]]:
    """Texts and group numbers of tokens that stand for ``parts``, one run of bytes.

    Tokens whose boundary falls inside a grapheme cluster (``\\X`` of Unicode Annex 29, what a
    reader sees as one character) form a group; its first token carries the whole text. A token
    with ``opens`` true always starts a group. Bytes that make no character add nothing.
    """
    texts: list[str] = []
    groups: list[int] = []
    for start, stop in _runs(opens):
        first = groups[-1] + 1 if groups else 0
        if stop == start + 1 and parts[start].isascii():
            texts.append(parts[start].decode())
            groups.append(first)
            continue
        run_texts, run_groups = _group_run(parts[start:stop])
        texts += run_texts
        groups += [first + group for group in run_groups]
    return texts, groups


def _runs(opens: Sequence[bool]) -> Iterator[tuple[int, int]]:
    starts = [place for place, opened in enumerate(opens) if opened or place == 0]
    yield from zip(starts, [*starts[1:], len(opens)], strict=True)


def _group_run(parts: Sequence[bytes]) -> tuple[list[str], list[int]]:
    text = b"".join(parts).decode("utf-8", "surrogateescape")
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    escaped = (codes >= 0xDC80) & (codes <= 0xDCFF)  # one per byte that makes no character
    widths = 1 + (codes >= 0x80) + (codes >= 0x800) + (codes >= 0x10000)
    widths[escaped] = 1
    character_starts = np.concatenate(([0], np.cumsum(widths)))
    starting = clusters(text)
    # Bytes of one broken character stay together: no boundary before a continuation byte.
    broken = escaped[starting] & (codes[starting] < 0xDCC0) & (starting > 0)
    starting = starting[~(broken & escaped[starting - 1])]

    lengths = np.fromiter((len(part) for part in parts), dtype=np.int64, count=len(parts))
    starts = np.cumsum(lengths) - lengths
    opening = np.isin(starts, character_starts[starting]) | (lengths == 0)
    opening[0] = True
    groups = np.cumsum(opening) - 1
    cuts = np.append(np.searchsorted(character_starts, starts[opening]), len(codes))
    shown = [
        _ESCAPED_BYTES.sub("", text[start:stop])
        for start, stop in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)
    ]
    texts = [shown[group] if opened else "" for group, opened in zip(groups, opening, strict=True)]
    return texts, groups.tolist()
