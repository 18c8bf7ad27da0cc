"""``ProbeSpec``: which texts and heads a run looks into at its checkpoints; part of its spec.

Nothing here decides what is learnt: runs that differ in their probes alone give the same weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.errors import InputError
from core.language import _

MOST_TEXTS: Final = 6
MOST_HEADS: Final = 8
LONGEST_TEXT: Final = 2_000
"""Characters of a probe's text."""
MOST_NEW_TOKENS: Final = 64
MOST_STEPS: Final = 10_000_000
_IN_A_RUN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeText:
    """A text to look into; ``second`` is the other text of a pair.

    In a text for a masked model [MASK] says what is to be predicted. Raises InputError for an
    empty text or one that is too long.
    """

    text: str
    second: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InputError(_("A text of the probes is empty: type one, or take the line away."))
        size = max(len(self.text), len(self.second))
        if size > LONGEST_TEXT:
            raise InputError(
                _("A text of the probes has {size:,} characters, the limit is {limit:,}.").format(
                    size=size, limit=LONGEST_TEXT
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """``texts`` and ``heads``, pairs of (layer, head); without them some are chosen.

    The texts are then rows that are held out, the heads those of the model that show most. Besides
    where something is measured or kept, they are looked into ``every`` so many steps, 0 for a
    twelfth of the run. A model that writes goes on with each text for ``new_tokens`` tokens. Raises
    InputError for what cannot be.
    """

    enabled: bool = True
    texts: tuple[ProbeText, ...] = ()
    heads: tuple[tuple[int, int], ...] = ()
    every: int = 0
    new_tokens: int = 12

    def __post_init__(self) -> None:
        for name, values, limit in (
            (_("texts"), self.texts, MOST_TEXTS),
            (_("heads"), self.heads, MOST_HEADS),
        ):
            if len(values) > limit:
                raise InputError(
                    _("{count} {what} are too many for probes: choose at most {limit}.").format(
                        count=len(values), what=name, limit=limit
                    )
                )
        for layer, head in self.heads:
            if min(layer, head) < 0:
                raise InputError(
                    _("There is no head {layer}.{head}: both numbers count from 0.").format(
                        layer=layer, head=head
                    )
                )
        if not 0 <= self.every <= MOST_STEPS:
            raise InputError(
                _("Probes every {count} steps are not possible: choose 0 to {limit:,}.").format(
                    count=self.every, limit=MOST_STEPS
                )
            )
        if not 1 <= self.new_tokens <= MOST_NEW_TOKENS:
            raise InputError(
                _("{count} new tokens cannot be probed: choose 1 to {limit}.").format(
                    count=self.new_tokens, limit=MOST_NEW_TOKENS
                )
            )

    def is_due(self, step: int, steps: int) -> bool:
        """Whether to look after ``step`` of ``steps``, whatever else is done then."""
        return step % (self.every or max(1, steps // _IN_A_RUN)) == 0

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> ProbeSpec:
        """The spec that ``asdict`` and JSON made ``values`` of.

        Raises TypeError, ValueError or KeyError where it is none.
        """
        return cls(
            enabled=bool(values["enabled"]),
            texts=tuple(ProbeText(**each) for each in values["texts"]),
            heads=tuple((int(layer), int(head)) for layer, head in values["heads"]),
            every=int(values.get("every", 0)),  # a run of earlier days has none
            new_tokens=int(values["new_tokens"]),
        )
