"""Where the masks of a text stand, whatever way they are spelled, and what stands there instead.

Models spell their mask differently; a text written for another model is understood. Nothing is
predicted here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.attention.target import mask_position
from core.errors import InputError, UnsupportedError
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

SPELLINGS: Final = ("[MASK]", "<mask>", "<|mask|>")
"""How models spell their mask; small and capital letters count the same."""
_SPELLED: Final = re.compile("|".join(map(re.escape, SPELLINGS)), re.IGNORECASE)


def needs_masked(model: LanguageModel) -> None:
    """UnsupportedError, naming the page that fits, unless ``model`` predicts masked words."""
    if model.kind == "masked" and model.tokenizer.mask_token_id is not None:
        return
    if model.kind in {"causal", "seq2seq"}:
        sentence = _("{id} writes text and fills no masks: open it on the Generation page.")
    elif model.kind == "encoder":
        sentence = _("{id} gives vectors and predicts no words: open it on the Attention page.")
    else:
        sentence = _("The tokenizer of {id} has no mask token: choose another model.")
    raise UnsupportedError(sentence.format(id=model.id))


def respelled(model: LanguageModel, text: str) -> str:
    """``text`` with every mask spelled as ``model`` spells it."""
    own = str(model.tokenizer.mask_token)
    return _SPELLED.sub(lambda _found: own, text)


def read_masks(model: LanguageModel, text: str, pair: str | None = None) -> Tokens:
    """The tokens of a text in which masks may be spelled in any way.

    ``spans`` count the characters of the respelled text. A text past the model's limit is cut, as
    ``cut`` tells, but never before a mask: then InputError. Raises UnsupportedError for a model
    that is not masked, TextError for a text that no tokenizer takes.
    """
    needs_masked(model)
    texts = [respelled(model, part) for part in (text, pair) if part is not None]
    tokens = model.encode(*texts)
    if tokens.cut is None:
        return tokens
    written = sum(part.count(str(model.tokenizer.mask_token)) for part in texts)
    kept = tokens.ids.count(model.tokenizer.mask_token_id)
    if kept < written:
        raise InputError(
            _(
                "The text has {total} tokens and {id} reads {limit}: shorten it, "
                "{count} of its masks stand behind that."
            ).format(
                total=tokens.cut.total, id=model.id, limit=tokens.cut.limit, count=written - kept
            )
        )
    return tokens


def masked_tokens(model: LanguageModel, text: str | Tokens) -> Tokens:
    """``text`` as tokens, read where it is none yet."""
    needs_masked(model)
    return text if isinstance(text, Tokens) else read_masks(model, text)


def mask_positions(model: LanguageModel, tokens: Tokens) -> tuple[int, ...]:
    """Where the masks stand, from left to right; InputError where there is none."""
    mask_position(model, tokens)
    mask = model.tokenizer.mask_token_id
    return tuple(place for place, id_ in enumerate(tokens.ids) if id_ == mask)


def only_masks(model: LanguageModel, tokens: Tokens) -> bool:
    """Whether nothing but masks stands in the text, so that a prediction has nothing to go by."""
    mask = model.tokenizer.mask_token_id
    return all(
        segment is None or id_ == mask
        for id_, segment in zip(tokens.ids, tokens.segments, strict=True)
    )


def with_masks(model: LanguageModel, tokens: Tokens, positions: Iterable[int]) -> Tokens:
    """``tokens`` with a mask at each of ``positions``.

    Raises InputError for a position that is not there and for a special token, which no masked
    model is trained to predict.
    """
    needs_masked(model)
    mask = int(model.tokenizer.mask_token_id)
    chosen = sorted(set(positions))
    for position in chosen:
        check_position(tokens, position)
        if tokens.special[position] and tokens.ids[position] != mask:
            raise InputError(
                _("Token {number} ({text}) is special and is never masked: choose a word.").format(
                    number=position, text=tokens.labels[position]
                )
            )
    return with_ids(model, tokens, dict.fromkeys(chosen, mask))


def with_ids(model: LanguageModel, tokens: Tokens, ids: Mapping[int, int]) -> Tokens:
    """``tokens`` with other token ids at some positions, readable again.

    ``spans`` stay those of the text that was read.
    """
    row = [ids.get(place, id_) for place, id_ in enumerate(tokens.ids)]
    read = model.reader.read_ids(row)
    # Read alone, an id tells nothing of the template and shows the space that was put before it.
    before, after = Counter(tokens.groups), Counter(read.groups)
    same = [
        new == old and before[old_group] == 1 and after[new_group] == 1
        for new, old, old_group, new_group in zip(
            row, tokens.ids, tokens.groups, read.groups, strict=True
        )
    ]
    pick = list(enumerate(same))
    return replace(
        tokens,
        ids=tuple(row),
        pieces=read.pieces,
        texts=tuple((tokens if kept else read).texts[place] for place, kept in pick),
        special=tuple((tokens if kept else read).special[place] for place, kept in pick),
        groups=read.groups,
        data=tuple((tokens if kept else read).data[place] for place, kept in pick),
        continues=read.continues,
        unknown=read.unknown,
    )


def check_position(tokens: Tokens, position: int) -> None:
    """InputError unless there is a token at ``position``."""
    if not 0 <= position < len(tokens):
        raise InputError(
            _("There is no token {number}: choose from 0 to {last}.").format(
                number=position, last=len(tokens) - 1
            )
        )
