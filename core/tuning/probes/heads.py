"""Which heads a run looks into where nobody chose: those that show most, and of the last layer.

Training changes the last layers most; the others are there to be compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.attention.capture import capture_attention
from core.attention.notable import notable_heads
from core.attention.profile import head_profile
from core.errors import InputError, UnsupportedError
from core.language import _
from core.models.language_model import LanguageModel
from core.tokens import Tokens

Head = tuple[int, int]
_NOTABLE: Final = 2
_OF_THE_LAST: Final = 2
_OF_A_DECODER: Final = 4


def check_heads(model_id: str, wanted: Sequence[Head], *, layers: int, heads: int) -> None:
    """InputError for a head that a model of so many ``layers`` and ``heads`` does not have."""
    for layer, head in wanted:
        if layer >= layers or head >= heads:
            raise InputError(
                _("{id} has no head {layer}.{head}: layers go to {last}, heads to {most}.").format(
                    id=model_id, layer=layer, head=head, last=layers - 1, most=heads - 1
                )
            )


def choose_heads(
    model: LanguageModel, tokens: Tokens, wanted: tuple[Head, ...]
) -> tuple[Head, ...]:
    """The ``wanted`` heads, or some that show something in ``tokens``; none of a model without.

    Raises InputError for a head that the model does not have.
    """
    if model.places is None:
        return ()
    paired = model.kind == "seq2seq"  # its decoder's looking at the text is shown
    layers = model.shape.decoder_layers if paired else model.shape.layers
    heads = model.shape.decoder_heads if paired else model.shape.heads
    check_heads(model.id, wanted, layers=layers, heads=heads)
    if wanted:
        return tuple(dict.fromkeys(wanted))
    if paired:
        places = [(layer, head) for layer in range(layers) for head in range(heads)]
        return tuple(places[-_OF_A_DECODER:])
    try:
        profile = head_profile(capture_attention(model, tokens))
    except UnsupportedError:
        return ()
    last = profile[profile["layer"] == layers - 1]
    found = [*notable_heads(profile, _NOTABLE), *notable_heads(last, _OF_THE_LAST)]
    return tuple(sorted(dict.fromkeys((each.layer, each.head) for each in found)))
