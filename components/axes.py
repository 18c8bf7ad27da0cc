"""Between a part of a head and the views that draw it: labels of both axes, and what is special."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.attention import AttentionOverview, AttentionRegion
from core.attention.region import second_text_start
from core.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Both axes of a picture. Places count rows and columns of the picture, not tokens."""

    queries: tuple[str, ...]
    keys: tuple[str, ...]
    special_queries: tuple[int, ...]
    special_keys: tuple[int, ...]
    query_gaps: tuple[int, ...]
    key_gaps: tuple[int, ...]
    sinks: tuple[int, ...]
    causal: bool
    rows: tuple[int, ...]
    """The tokens of the rows."""

    def row_of(self, token: int) -> int | None:
        """The row of a token; None where it is not shown."""
        return self.rows.index(token) if token in self.rows else None


def axes_of(overview: AttentionOverview, region: AttentionRegion) -> Axes:
    """The axes of ``region``, a part of a head of ``overview``."""
    queries, keys = overview.query_tokens, overview.key_tokens
    return Axes(
        queries=_picked(queries.labels, region.queries),
        keys=_picked(keys.labels, region.keys),
        special_queries=_special(queries, region.queries),
        special_keys=_special(keys, region.keys),
        query_gaps=_gap(queries, region.queries),
        key_gaps=_gap(keys, region.keys),
        sinks=tuple(
            region.keys.index(sink) for sink in overview.sink_positions if sink in region.keys
        ),
        causal=overview.causal and region.queries == region.keys[-len(region.queries) :],
        rows=region.queries,
    )


def _picked(labels: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(labels[place] for place in places)


def _special(tokens: Tokens, places: Sequence[int]) -> tuple[int, ...]:
    return tuple(number for number, place in enumerate(places) if tokens.special[place])


def _gap(tokens: Tokens, places: Sequence[int]) -> tuple[int, ...]:
    """Before the first token of the second text, where both texts are shown."""
    start = second_text_start(tokens)
    if start is None or not places or places[0] >= start:
        return ()
    return tuple(number for number, place in enumerate(places) if place >= start)[:1]
