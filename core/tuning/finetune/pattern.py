"""PET: a class is predicted as a word in a sentence around the text (Schick and Schütze 2021).

The template says where the text, the second text of a pair and the word stand, as in
``{text} It was {word}.``; the verbalizer gives each label a word that is one token. Nothing new
is learnt but what the model already has: its own head for words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from transformers import PreTrainedTokenizerFast

from core.errors import InputError
from core.language import _
from core.tuning.finetune.features import Features, Row, gather
from core.tuning.labelled.examples import Examples
from core.tuning.masking import IGNORED

TEXT: Final = "{text}"
SECOND: Final = "{second}"
WORD: Final = "{word}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A checked template, and the token of each label's word, in the order of the labels."""

    template: str
    word_ids: tuple[int, ...]
    causal: bool


def read_pattern(
    template: str,
    verbalizer: Sequence[tuple[str, str]],
    label_names: Sequence[str],
    tokenizer: PreTrainedTokenizerFast,
    *,
    paired: bool,
    causal: bool,
) -> Pattern:
    """The pattern for these labels; one that the verbalizer leaves out is its own word.

    Raises InputError, naming what is missing or too much.
    """
    for name in (TEXT, WORD, *((SECOND,) if paired else ())):
        if template.count(name) != 1:
            raise InputError(
                _("The template needs {name} once: it is “{template}”.").format(
                    name=name, template=template[:80]
                )
            )
    if causal and not template.rstrip().endswith(WORD):
        raise InputError(
            _("A causal model predicts what comes last: let the template end with {name}.").format(
                name=WORD
            )
        )
    words = {name: name for name in label_names} | dict(verbalizer)
    ids = [_word_id(words[name], tokenizer) for name in label_names]
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            raise InputError(
                _("Two labels have the word “{word}”: give each its own.").format(
                    word=words[label_names[place]]
                )
            )
    return Pattern(template=template.rstrip(), word_ids=tuple(ids), causal=causal)


def featurize_pattern(
    examples: Examples,
    pattern: Pattern,
    tokenizer: PreTrainedTokenizerFast,
    *,
    limit: int,
    typed: bool,
) -> Features:
    """A row for each example: its class stands as label where the word is to be predicted.

    Texts are cut so that the template stays whole. Raises InputError where it alone is too long.
    """
    return gather(
        _rows(examples, pattern, tokenizer, limit),
        typed=typed,
        by_token=True,
        shifted=pattern.causal,
    )


def _rows(
    examples: Examples, pattern: Pattern, tokenizer: PreTrainedTokenizerFast, limit: int
) -> Iterator[Row]:
    paired = SECOND in pattern.template
    alone = len(_ids(_filled(pattern, tokenizer, "", ""), pattern, tokenizer))
    room = limit - alone - (4 if paired else 2)  # a text may tokenize differently in its place
    if room < 2:
        raise InputError(
            _(
                "The template takes {count} of {limit} tokens and leaves no room for a text: "
                "shorten it or raise the limit."
            ).format(count=alone, limit=limit)
        )
    seconds = examples.seconds or [""] * len(examples)
    for text, second, label in zip(examples.texts, seconds, examples.labels, strict=True):
        kept = _cut(second, room // 2, tokenizer)
        rest = room - (len(tokenizer(kept, add_special_tokens=False)["input_ids"]) if kept else 0)
        ids = _ids(
            _filled(pattern, tokenizer, _cut(text, rest, tokenizer), kept), pattern, tokenizer
        )
        ids = ids[-limit:] if pattern.causal else ids[:limit]
        labels = [IGNORED] * len(ids)
        labels[_place(ids, pattern, tokenizer)] = label
        yield ids, [], labels


def _filled(pattern: Pattern, tokenizer: PreTrainedTokenizerFast, text: str, second: str) -> str:
    """The template around the texts; they are put in at once, so that no text is read as one."""
    before, _name, after = pattern.template.partition(WORD)
    word = "" if pattern.causal else str(tokenizer.mask_token)
    parts = [_with_texts(part, text, second) for part in (before, after)]
    filled = word.join(parts)
    return filled.rstrip() if pattern.causal else filled


def _with_texts(part: str, text: str, second: str) -> str:
    pieces = [piece.replace(SECOND, second) for piece in part.split(TEXT)]
    return text.join(pieces)


def _ids(filled: str, pattern: Pattern, tokenizer: PreTrainedTokenizerFast) -> list[int]:
    ids = list(tokenizer(filled, truncation=False, verbose=False)["input_ids"])
    # Of a causal model the word's own place is there too, and whatever stands in it is not read.
    return [*ids, pattern.word_ids[0]] if pattern.causal else ids


def _place(ids: Sequence[int], pattern: Pattern, tokenizer: PreTrainedTokenizerFast) -> int:
    if pattern.causal:
        return len(ids) - 1
    return list(ids).index(tokenizer.mask_token_id)


def _cut(text: str, room: int, tokenizer: PreTrainedTokenizerFast) -> str:
    """The beginning of ``text``, at most ``room`` tokens, without the mask's name in it."""
    if tokenizer.mask_token:
        text = text.replace(str(tokenizer.mask_token), " ")
    found = tokenizer(
        text,
        add_special_tokens=False,
        truncation=False,
        return_offsets_mapping=True,
        verbose=False,
    )["offset_mapping"]
    return text if len(found) <= room else text[: found[room - 1][1]]


def _word_id(word: str, tokenizer: PreTrainedTokenizerFast) -> int:
    """The token of ``word`` within a sentence: after a space, where that makes a difference."""
    for form in (f" {word.strip()}", word.strip()):
        ids = tokenizer(form, add_special_tokens=False, verbose=False)["input_ids"]
        if len(ids) == 1 and ids[0] != tokenizer.unk_token_id:
            return int(ids[0])
    pieces = " ".join(tokenizer.tokenize(word)) or "–"
    raise InputError(
        _("“{word}” is no single token of this model ({pieces}): choose another word.").format(
            word=word, pieces=pieces
        )
    )
