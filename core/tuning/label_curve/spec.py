"""``LabelCurveSpec``: everything that decides what a study of labels computes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from core.errors import InputError
from core.language import _
from core.tuning.finetune.spec import RunSpec
from core.tuning.kept import CLASSES
from core.tuning.probes.spec import ProbeSpec

Start = Literal["pretrained", "nothing"]
COUNTS: Final = (10, 50, 200, 2000)
LEAST_STEPS: Final = 60
"""Few labels make few steps in a pass: each network takes so many at least."""
FULL_RATE: Final = 1e-4
FORMAT: Final = 1
_MOST: Final = 12  # networks of a study
_MOST_LABELS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCurveSpec:
    """A study: the run ``base`` on the first ``counts`` of its examples, from each of ``starts``.

    ``of`` is the id of the run that it belongs to, "" where to none. Raises InputError for what no
    study can have.
    """

    RUN_KIND: ClassVar[str] = "label-curve"

    base: RunSpec
    counts: tuple[int, ...] = COUNTS
    starts: tuple[Start, ...] = ("pretrained", "nothing")
    of: str = ""

    def __post_init__(self) -> None:
        if self.base.kind not in CLASSES:
            raise InputError(
                _("“{kind}” has no labels to count: take a run of classification.").format(
                    kind=self.base.kind
                )
            )
        whole = all(isinstance(each, int) and 2 <= each <= _MOST_LABELS for each in self.counts)
        rising = all(a < b for a, b in zip(self.counts, self.counts[1:], strict=False))
        if not self.counts or not whole or not rising:
            raise InputError(
                _("Numbers of labels are whole, from 2 on, and rise: these are {counts}.").format(
                    counts=", ".join(map(str, self.counts[:8])) or "–"
                )
            )
        if not self.starts or not set(self.starts) <= {"pretrained", "nothing"}:
            raise InputError(_("A study begins from the model's weights, from nothing, or both."))
        if len(self.counts) * len(self.starts) > _MOST:
            raise InputError(
                _("This study would train {count} networks, the limit is {limit}.").format(
                    count=len(self.counts) * len(self.starts), limit=_MOST
                )
            )

    def part(self, start: Start, count: int, *, model: str) -> RunSpec:
        """The run on ``count`` examples that begins from ``model``: its last weights are scored.

        From nothing all weights are trained: there is nothing for an adapter to add to.
        """
        base = self.base
        if start == "nothing" and base.method not in ("full", "pet"):
            base = replace(base, method="full", rate=FULL_RATE)
        batch = min(base.batch, count)
        passes = base.epochs * -(-count // (batch * base.accumulation))
        return replace(
            base,
            model=model,
            batch=batch,
            steps=base.steps or max(LEAST_STEPS, passes),
            evaluate_every=10**6,
            checkpoint_every=10**6,
            keep="last",
            probes=ProbeSpec(enabled=False),
        )

    def to_json(self) -> str:
        """The spec as JSON that ``from_json`` reads back to an equal spec."""
        values = {
            "format": FORMAT,
            "base": json.loads(self.base.to_json()),
            "counts": list(self.counts),
            "starts": list(self.starts),
            "of": self.of,
        }
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> LabelCurveSpec:
        """The spec that ``to_json`` wrote. Raises InputError where it is none."""
        try:
            values = json.loads(text)
            if values["format"] != FORMAT:
                raise ValueError(f"format is not {FORMAT}")
            return cls(
                base=RunSpec.from_json(json.dumps(values["base"])),
                counts=tuple(values["counts"]),
                starts=tuple(values["starts"]),
                of=str(values["of"]),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(
                _("This is no description of a study ({reason}); export it again.").format(
                    reason=str(error)[:120]
                )
            ) from error
