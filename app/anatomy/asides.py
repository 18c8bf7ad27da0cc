"""What belongs to a step beyond its formula: why √dₖ, pairs of texts, padding, shifted targets."""

from __future__ import annotations

from core.anatomy import LayerAnatomy, product_spread
from core.language import _


def asides(anatomy: LayerAnatomy, step: str) -> list[str]:
    """What is said further in a step, with this layer's own numbers."""
    found = []
    if step == "embed" and _reads_pair(anatomy):
        found.append(
            _(
                "Two texts stand in one row, and the type vectors tell them apart. BERT was also "
                "asked of [CLS] whether the second follows the first: page Masked words, Next "
                "sentence."
            )
        )
    if step == "scores" and anatomy.attention.scaling != 1:
        dim = anatomy.attention.queries.used.shape[2]
        found.append(
            _(
                "Products of random vectors of {dim} numbers spread by √{dim} = {random}; those of "
                "this layer, over all heads, spread by {measured}."
            ).format(dim=dim, random=f"{dim**0.5:.2f}", measured=f"{product_spread(anatomy):.1f}")
        )
    if step == "softmax" and not anatomy.causal and anatomy.stack == "self":
        found.append(
            _(
                "In a batch the padding of shorter texts is masked in the same way: page Tokens, "
                "a batch with padding."
            )
        )
    if _of_decoder(anatomy, step):
        found.append(
            _(
                "The decoder reads its target shifted right: a start token first, then each token "
                "one place later, so that every place is asked for the token that comes next."
            )
        )
    return found


def _reads_pair(anatomy: LayerAnatomy) -> bool:
    types = any(part.role == "type" for part in anatomy.embedding.parts)
    return types and len(set(anatomy.tokens.types)) > 1


def _of_decoder(anatomy: LayerAnatomy, step: str) -> bool:
    """Whether the step shows what a decoder reads of an encoder–decoder model."""
    own = anatomy.vocabulary
    of_words = own is not None and (anatomy.stack != "self" or own.tokens.ids != anatomy.tokens.ids)
    return (step == "embed" and anatomy.stack == "decoder") or (step == "logits" and of_words)
