"""Which heads are worth a first look: those known for something, and those that point.

Reads a profile; it computes no score itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from core.attention.patterns import BROAD

COMMON: Final = ("first", "separator", BROAD)
"""Labels of heads in which there is little to see, the least in the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHead:
    """A head, what it is known for ("" where it points from word to word), and its score on it."""

    layer: int
    head: int
    label: str
    score: float


def known_heads(profile: pd.DataFrame) -> dict[tuple[int, int], KnownHead]:
    """The labelled heads of a profile, by (layer, head)."""
    labelled = profile[profile["label"] != ""].to_dict("records")
    heads = [_known(row, str(row["label"])) for row in labelled]
    return {(head.layer, head.head): head for head in heads}


def notable_heads(profile: pd.DataFrame, count: int = 6) -> tuple[KnownHead, ...]:
    """``count`` heads worth a first look, as different from each other as there are.

    The strongest head of each label, then the heads that point most clearly from one word to
    another, whatever their label, different layers first; these carry the label "" and their
    ``pointed`` as score. Those of a sink and broad ones stand last: there is little to see in
    them, and a page shows the first one large. The same profile always gives the same heads.
    """
    rows = profile.to_dict("records")
    strength = [_strength(row, str(row["label"])) for row in rows]
    ranked = profile.assign(strength=strength).sort_values(
        ["strength", "entropy", "layer", "head"], ascending=[False, True, True, True]
    )
    leads = (ranked["label"] != "") & (ranked.groupby("label").cumcount() == 0)
    labelled = ranked[leads]
    dull = {label: place for place, label in enumerate(COMMON, start=1)}
    labelled = labelled.assign(dull=[dull.get(str(label), 0) for label in labelled["label"]])
    labelled = labelled.sort_values("dull", kind="stable").head(count)
    others = ranked[~leads].sort_values(
        ["pointed", "entropy", "layer", "head"], ascending=[False, True, True, True]
    )
    others = others.assign(turn=others.groupby("layer").cumcount())  # 0: best of its layer
    others = others.sort_values("turn", kind="stable").head(count - len(labelled))
    telling = labelled["dull"] == 0
    return (
        *(_known(row, str(row["label"])) for row in labelled[telling].to_dict("records")),
        *(_known(row, "") for row in others.to_dict("records")),
        *(_known(row, str(row["label"])) for row in labelled[~telling].to_dict("records")),
    )


def _known(row: Mapping[Hashable, Any], label: str) -> KnownHead:
    score = _strength(row, label) if label else float(row["pointed"])
    return KnownHead(layer=int(row["layer"]), head=int(row["head"]), label=label, score=score)


def _strength(row: Mapping[Hashable, Any], label: str) -> float:
    """The score that ``label`` stands for: a broad head's entropy, 0 without a label."""
    return float(row["entropy" if label == BROAD else label]) if label else 0.0
