"""What differs between two attentions: of two texts in one model, or of one text in two models.

Works on weights and tokens that are at hand; it captures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from core.attention.capture import AttentionCapture
from core.attention.overview import AttentionOverview
from core.attention.places import Stack
from core.attention.recording import FloatArray
from core.attention.reduced import IntArray
from core.errors import InputError
from core.language import _
from core.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAlignment:
    """The tokens that two rows of tokens have in common, in order, by position in each."""

    first_positions: tuple[int, ...]
    second_positions: tuple[int, ...]
    unmatched_first: tuple[int, ...]
    unmatched_second: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionDifference:
    """``difference`` is the second weights minus the first, over the tokens that both have.

    [query, key], from −1 to 1. Row and column i stand for token ``first_positions[i]`` of the first
    and ``second_positions[i]`` of the second text. Rows are not renormalised: what a query gives to
    a token that only one text has is missing, so a row need not sum to 0.
    """

    difference: FloatArray
    first_positions: tuple[int, ...]
    second_positions: tuple[int, ...]
    unmatched_first: tuple[int, ...]
    unmatched_second: tuple[int, ...]


def align_tokens(first: Tokens, second: Tokens) -> TokenAlignment:
    """The tokens in common, by ``difflib.SequenceMatcher``: of pieces, or of the characters that
    tokens stand for where the two come of different tokenizers.

    Raises InputError where nothing is in common.
    """
    if _one_vocabulary(first, second):
        rows = first.pieces, second.pieces
    else:
        rows = first.characters, second.characters
    blocks = SequenceMatcher(None, *rows, autojunk=False).get_matching_blocks()
    own = tuple(place for block in blocks for place in range(block.a, block.a + block.size))
    other = tuple(place for block in blocks for place in range(block.b, block.b + block.size))
    if not own:
        raise InputError(
            _("The two texts have no token in common: compare texts that share some words.")
        )
    return TokenAlignment(
        first_positions=own,
        second_positions=other,
        unmatched_first=tuple(sorted(set(range(len(first))) - set(own))),
        unmatched_second=tuple(sorted(set(range(len(second))) - set(other))),
    )


def compare_attention(
    first: FloatArray, first_tokens: Tokens, second: FloatArray, second_tokens: Tokens
) -> AttentionDifference:
    """The second head's weights minus the first's, each [query, key] over its own tokens.

    Two identical texts in one model give zeros. Raises InputError where nothing is in common and
    for weights that are not of all their tokens (those of a cross attention, or chosen rows).
    """
    for weights, tokens in ((first, first_tokens), (second, second_tokens)):
        if weights.shape != (len(tokens), len(tokens)):
            raise InputError(
                _(
                    "Weights of {rows} × {columns} do not belong to {count} tokens: give one "
                    "head's weights of all tokens."
                ).format(rows=weights.shape[0], columns=weights.shape[-1], count=len(tokens))
            )
    alignment = align_tokens(first_tokens, second_tokens)
    own, other = _cells(alignment)
    return AttentionDifference(
        difference=(second[other] - first[own]).astype(np.float32),
        first_positions=alignment.first_positions,
        second_positions=alignment.second_positions,
        unmatched_first=alignment.unmatched_first,
        unmatched_second=alignment.unmatched_second,
    )


def most_changed_heads(
    first: AttentionOverview | AttentionCapture, second: AttentionOverview | AttentionCapture
) -> FloatArray:
    """How much each head differs: the mean of |difference| over the tokens in common. [layer, head]

    Layer by layer, so that long texts need little memory. Of overviews, the stack that they are of
    ("self" or "decoder"). Raises InputError where the layers or heads are not the same, and what
    ``align_tokens`` raises.
    """
    (own, stack), (other, other_stack) = map(_captured, (first, second))
    ours, theirs = own.stack(stack), other.stack(other_stack)
    sizes = [(len(part.layers), len(part.heads)) for part in (ours, theirs)]
    if (ours.layers, ours.heads) != (theirs.layers, theirs.heads):
        raise InputError(
            _(
                "{first} has {first_layers} layers of {first_heads} heads, {second} has "
                "{second_layers} of {second_heads}: their heads cannot be compared one by one."
            ).format(
                first=own.model,
                first_layers=sizes[0][0],
                first_heads=sizes[0][1],
                second=other.model,
                second_layers=sizes[1][0],
                second_heads=sizes[1][1],
            )
        )
    alignment = align_tokens(own.query_tokens(stack), other.query_tokens(other_stack))
    own_cells, other_cells = _cells(alignment)
    changed = np.empty(sizes[0], dtype=np.float32)
    both = zip(ours.by_layer(), theirs.by_layer(), strict=True)
    for place, ((_layer, before), (_same, after)) in enumerate(both):
        for head, (old, new) in enumerate(zip(before, after, strict=True)):
            changed[place, head] = np.abs(new[other_cells] - old[own_cells]).mean()
    return changed


def _captured(side: AttentionOverview | AttentionCapture) -> tuple[AttentionCapture, Stack]:
    if isinstance(side, AttentionCapture):
        return side, "self"
    if side.stack == "cross":
        raise InputError(
            _("Cross attention has two rows of tokens: compare the encoder's or the decoder's own.")
        )
    return side.capture, side.stack


def _cells(alignment: TokenAlignment) -> tuple[tuple[IntArray, ...], tuple[IntArray, ...]]:
    """The cells in common of the first weights, and of the second."""
    places = (alignment.first_positions, alignment.second_positions)
    own, other = (np.asarray(part, dtype=np.int64) for part in places)
    return np.ix_(own, own), np.ix_(other, other)


def _one_vocabulary(first: Tokens, second: Tokens) -> bool:
    """Whether both come of one tokenizer: every piece that both have has the same number."""
    numbers = dict(zip(first.pieces, first.ids, strict=True))
    shared = [
        (numbers[piece], number)
        for piece, number in zip(second.pieces, second.ids, strict=True)
        if piece in numbers
    ]
    return bool(shared) and all(own == other for own, other in shared)
