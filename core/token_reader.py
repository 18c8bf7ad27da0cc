"""Reads texts with one fast tokenizer and makes ``Tokens`` of them.

``TokenReader`` cuts at a limit and says where, keeps tokens that are parts of one character
together, and refuses texts that no tokenizer takes. It knows nothing of networks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from weakref import ref

import numpy as np
from tokenizers import Encoding, Tokenizer
from transformers import PreTrainedTokenizerFast

from core.errors import InputError, TextError, UnsupportedError
from core.language import _
from core.pieces import PieceAlphabet, alphabet_of, group_by_character
from core.token_limit import last_word, truncate
from core.tokenizer_faults import told_as
from core.tokens import Cut, Tokens, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """Tokens before they are made readable."""

    ids: list[int]
    pieces: list[str]
    template: list[bool]
    segments: list[int | None]
    types: list[int]
    offsets: list[tuple[int, int]]
    words: list[int | None]
    sources: list[str] | None

    def same_word(self, place: int) -> bool:
        """Whether the pre-tokenizer put this token in the word of the one before, or cut none."""
        word = self.words[place]
        return word is None or (place > 0 and word == self.words[place - 1])


class TokenReader:
    """Reads texts with one fast tokenizer; safe to share between threads."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        backend = getattr(tokenizer, "backend_tokenizer", None)
        if not isinstance(backend, Tokenizer):
            raise UnsupportedError(
                _(
                    "The tokenizer {name} has no fast version (tokenizer.json), which tells where "
                    "each token stands in the text: choose a model that has one."
                ).format(name=type(tokenizer).__name__)
            )
        self._tokenizer = ref(tokenizer)
        # A copy of our own: a call of the tokenizer elsewhere switches truncation and padding on in
        # the one that transformers holds, perhaps in the middle of a text that is read here.
        with told_as(UnsupportedError, _("The tokenizer cannot be used ({reason}).")):
            self._backend = Tokenizer.from_str(backend.to_str())
        self._backend.no_truncation()
        self._backend.no_padding()
        self.alphabet: PieceAlphabet = alphabet_of(backend)
        added = dict(tokenizer.added_tokens_decoder)
        self._added: dict[int, str] = {id_: token.content for id_, token in added.items()}
        self._taking_space = {id_ for id_, token in added.items() if token.lstrip}
        named = dict(tokenizer.special_tokens_map)
        unknown = named.pop("unk_token", None)
        pure = unknown is not None and unknown not in _flat(named.values())
        self._unknown_id: int | None = tokenizer.unk_token_id if pure else None
        marked = {id_ for id_, token in added.items() if token.special}
        self._special_ids = (marked | set(tokenizer.all_special_ids)) - {self._unknown_id}

    def count(self, text: str) -> int:
        """How many tokens ``text`` makes, without those of the template."""
        return len(self._encode(check_text(text)))

    def read_numbers(self, text: str) -> tuple[int, ...]:
        """The ids of ``text`` with the template's, and nothing about them: for many texts."""
        encoding = self._encode(check_text(text))
        joined = self._backend.post_process(encoding, None, add_special_tokens=True)
        if not joined.ids:
            raise TextError(_("The tokenizer keeps nothing of this text: use other characters."))
        return tuple(joined.ids)

    def read(self, text: str, pair: str | None = None, *, limit: int | None = None) -> Tokens:
        """Tokens of ``text`` and, if given, ``pair``, joined by the tokenizer's template.

        At most ``limit`` tokens, the template's among them; what is left out is told in ``cut``.
        Raises TextError for a text that no tokenizer takes.
        """
        sources = [check_text(text)] + ([] if pair is None else [check_text(pair)])
        encodings = [self._encode(source) for source in sources]
        around = self._backend.num_special_tokens_to_add(len(sources) == 2)
        total = sum(map(len, encodings)) + around
        if limit is None or total <= limit:
            return self._tokens(self._joined(encodings, sources))
        cuts = truncate(encodings, limit - around, limit)
        tokens = self._tokens(self._joined(encodings, sources))
        segment, where = next((n, where) for n, where in enumerate(cuts) if where is not None)
        last = last_word(tokens, segment)
        return replace(
            tokens, cut=Cut(total=total, limit=limit, text=last, where=where, segment=segment)
        )

    def windows(self, texts: Sequence[str], *, limit: int) -> list[list[list[int]]]:
        """The ids alone of many texts, each in as many windows of ``limit`` tokens as it needs.

        The template's tokens stand in every window. Tells nothing of where a token stands, and is
        a hundred times as fast as ``read``. Raises TextError for a text that cannot be read.
        """
        for text in texts:
            check_text(text)
        with told_as(TextError, _("The tokenizer cannot read this text ({reason}): change it.")):
            encodings = self._backend.encode_batch_fast(list(texts))
        return [
            [encoding.ids] if len(encoding) <= limit else self._cut_up(text, limit)
            for text, encoding in zip(texts, encodings, strict=True)
        ]

    def _cut_up(self, text: str, limit: int) -> list[list[int]]:
        """The ids of the windows of a ``text`` that is longer than ``limit``."""
        encoding = self._encode(text)
        room = limit - self._backend.num_special_tokens_to_add(is_pair=False)
        if room < 1:
            raise InputError(
                _("A limit of {limit} tokens leaves no room for the text: raise it.").format(
                    limit=limit
                )
            )
        encoding.truncate(room)
        parts = [encoding, *encoding.overflowing]
        return [
            self._backend.post_process(part, None, add_special_tokens=True).ids for part in parts
        ]

    def read_ids(self, ids: Sequence[int]) -> Tokens:
        """Tokens for ids that come from elsewhere, from generation for example.

        Their ``spans`` are characters of the texts joined.
        """
        pieces: list[str] = []
        for id_ in ids:
            piece = self._backend.id_to_token(id_) if id_ >= 0 else None
            if piece is None:
                largest = self._backend.get_vocab_size(with_added_tokens=True) - 1
                raise InputError(
                    _("The vocabulary has no token number {id}: the largest is {largest}.").format(
                        id=id_, largest=largest
                    )
                )
            pieces.append(piece)
        count = len(pieces)
        return self._tokens(
            _Row(
                ids=list(ids),
                pieces=pieces,
                template=[False] * count,
                segments=[0] * count,
                types=[0] * count,
                offsets=[(0, 0)] * count,
                words=[None] * count,
                sources=None,
            )
        )

    def _encode(self, text: str) -> Encoding:
        with told_as(TextError, _("The tokenizer cannot read this text ({reason}): change it.")):
            return self._backend.encode(text, add_special_tokens=False)

    def _joined(self, encodings: list[Encoding], sources: list[str]) -> _Row:
        """The row that the tokenizer's template makes of one or two encodings."""
        # post_process forgets which text a token is of and moves offsets again; order stays.
        owners = [n for n, encoding in enumerate(encodings) for _token in encoding.ids]
        offsets = [span for encoding in encodings for span in encoding.offsets]
        own = iter(zip(owners, offsets, strict=True))
        pair = encodings[1] if len(encodings) == 2 else None
        joined = self._backend.post_process(encodings[0], pair, add_special_tokens=True)
        template = [bool(mark) for mark in joined.special_tokens_mask]
        if not template:
            raise TextError(_("The tokenizer keeps nothing of this text: use other characters."))
        places = [(None, (0, 0)) if mark else next(own) for mark in template]
        return _Row(
            ids=joined.ids,
            pieces=joined.tokens,
            template=template,
            segments=[segment for segment, _span in places],
            types=joined.type_ids,
            offsets=[span for _segment, span in places],
            words=joined.word_ids,
            sources=sources,
        )

    def _tokens(self, row: _Row) -> Tokens:
        special = [
            mark or id_ in self._special_ids
            for mark, id_ in zip(row.template, row.ids, strict=True)
        ]
        unknown = [id_ == self._unknown_id for id_ in row.ids]
        alone = [one or other for one, other in zip(special, unknown, strict=True)]
        parts = [self._bytes(row, place) for place in range(len(row.ids))]
        self._drop_added_space(row, parts)
        texts, groups = group_by_character(parts, self._opens(row, alone))
        return Tokens(
            ids=tuple(row.ids),
            pieces=tuple(row.pieces),
            texts=tuple(texts),
            special=tuple(special),
            segments=tuple(row.segments),
            types=tuple(row.types),
            spans=_spans(row, parts),
            groups=tuple(groups),
            data=tuple(b"" if mark else part for mark, part in zip(alone, parts, strict=True)),
            continues=tuple(self._continues(row, alone, parts, texts, groups)),
            unknown=tuple(unknown),
            tokenizer=self._tokenizer,
        )

    def _bytes(self, row: _Row, place: int) -> bytes:
        """What the token at ``place`` stands for."""
        content = self._added.get(row.ids[place])
        if content is None:
            return self.alphabet.bytes_of(row.pieces[place], continues_word=row.same_word(place))
        segment = row.segments[place]
        if self.alphabet.kind == "byte-level" and row.sources and segment is not None:
            start, stop = row.offsets[place]
            if row.ids[place] in self._taking_space:  # it swallowed the space before it
                first = place == 0 or row.segments[place - 1] != segment
                start = 0 if first else row.offsets[place - 1][1]
            return row.sources[segment][start:stop].encode()
        return content.encode()

    def _drop_added_space(self, row: _Row, parts: list[bytes]) -> None:
        """Take away the space that the tokenizer itself put before each text."""
        alphabet = self.alphabet
        if not (alphabet.adds_space or alphabet.always_adds_space):
            return
        for segment, source in enumerate(row.sources or []):
            if segment not in row.segments:
                continue
            place = row.segments.index(segment)
            start = row.offsets[place][0]
            beside = source[max(0, start - 1) : start + 1]
            typed = any(sign.isspace() for sign in beside) and not alphabet.always_adds_space
            # A token that is nothing but this space stays one: it would be left with nothing.
            if parts[place][:1] == b" " and len(parts[place]) > 1 and not typed:
                parts[place] = parts[place][1:]

    def _opens(self, row: _Row, alone: list[bool]) -> list[bool]:
        """Where a character cannot go on from the token before."""
        by_word = self.alphabet.kind in {"wordpiece", "plain"}
        return [
            place == 0
            or alone[place]
            or alone[place - 1]
            or row.segments[place] != row.segments[place - 1]
            or (by_word and not self._prefixed(row, place))
            for place in range(len(row.ids))
        ]

    def _prefixed(self, row: _Row, place: int) -> bool:
        """Whether a WordPiece token says by its prefix that it goes on with a word."""
        prefix = self.alphabet.prefix
        return bool(prefix) and row.pieces[place].startswith(prefix) and row.same_word(place)

    def _continues(
        self,
        row: _Row,
        alone: list[bool],
        parts: list[bytes],
        texts: list[str],
        groups: list[int],
    ) -> list[bool]:
        answers = [False] * len(row.ids)
        before = ""  # the text of the group before
        for place in range(1, len(row.ids)):
            before = texts[place - 1] or before
            if alone[place] or alone[place - 1]:
                continue
            if row.segments[place] != row.segments[place - 1]:
                continue
            if groups[place] == groups[place - 1]:
                answers[place] = True
            elif self.alphabet.kind == "wordpiece":
                answers[place] = self._prefixed(row, place)
            elif not before[-1:].isspace() and not parts[place][:1].isspace():
                # Only byte-level tokenizers cut punctuation off before they look for pieces.
                cut = self.alphabet.kind == "byte-level" and row.words[place] is not None
                letters = _in_word(before[-1:]) and _in_word(texts[place][:1])
                answers[place] = row.same_word(place) and (cut or letters)
        return answers


def _flat(values: Iterable[str | list[str]]) -> set[str]:
    return {name for value in values for name in ([value] if isinstance(value, str) else value)}


def _in_word(sign: str) -> bool:
    return bool(sign) and (sign.isalnum() or sign == "_" or unicodedata.category(sign)[0] == "M")


def _spans(row: _Row, parts: list[bytes]) -> tuple[tuple[int, int] | None, ...]:
    """The characters of its own text that each token stands for.

    Where the tokens' bytes are the text's own bytes the answer follows from counting; else it is
    the tokenizer's, which may leave out a space.
    """
    spans: list[tuple[int, int] | None] = [
        None if segment is None else offset
        for segment, offset in zip(row.segments, row.offsets, strict=True)
    ]
    for segment in {segment for segment in row.segments if segment is not None}:
        places = [place for place, own in enumerate(row.segments) if own == segment]
        joined = b"".join(parts[place] for place in places)
        source = joined if row.sources is None else row.sources[segment].encode()
        if not source.startswith(joined) or not joined:
            continue
        signs = np.frombuffer(source, dtype=np.uint8)
        characters = np.cumsum((signs & 0xC0) != 0x80) - 1  # of each byte
        start = 0
        for place in places:
            stop = start + len(parts[place])
            first = int(characters[min(start, len(signs) - 1)])
            spans[place] = (first, int(characters[stop - 1]) + 1 if stop > start else first)
            start = stop
    return tuple(spans)
