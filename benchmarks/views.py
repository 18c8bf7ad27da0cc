"""What each view of one head costs the server: seconds to make its message, and its bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.report import Table, interleaved_seconds, seconds, size
from benchmarks.texts import text_of
from components.views.attention_head import head_message
from components.views.attention_lines import lines_message
from components.views.query_key import query_key_message
from core.attention import AttentionOverview, attention_overview, query_key_detail
from core.models import load_model

MODELS: Final = ("minilm-l6", "smollm2-135m-instruct")
TOKENS: Final = 512
LINES: Final = 8


def measure() -> Table:
    """Matrix, lines of one head and of eight, query · key: at 512 tokens."""
    return Table(
        title=f"Views of one head, {TOKENS} tokens",
        about=(
            "From a capture at hand to the message for the browser: seconds, and bytes before "
            "web socket compression. Aim: at most 100 KB a click (compressed)."
        ),
        head=("model", "view", "seconds", "bytes"),
        rows=tuple(row for name in MODELS for row in _rows(name)),
    )


def _rows(name: str) -> list[tuple[str, ...]]:
    model = load_model(name, device="cpu")
    overview = attention_overview(model, text_of(model, TOKENS))
    makers = _makers(overview)
    taken = interleaved_seconds(makers)
    return [(name, view, seconds(taken[view]), size(len(make()))) for view, make in makers.items()]


def _makers(overview: AttentionOverview) -> dict[str, Callable[[], bytes]]:
    place = (overview.notable[0].layer, overview.notable[0].head)
    labels = overview.key_tokens.labels
    several = [(known.layer, known.head) for known in overview.notable]
    several += [(overview.layers[-1], head) for head in overview.heads][: LINES - len(several)]

    def lines(places: list[tuple[int, int]]) -> bytes:
        weights = np.stack([overview.attention.head(*each) for each in places])
        names = [f"{layer}.{head}" for layer, head in places]
        return lines_message(weights, labels, labels, key="lines", title="lines", names=names)

    return {
        "matrix": lambda: head_message(
            overview.attention.head(*place), labels, labels, key="head", title="head"
        ),
        "lines, 1 head": lambda: lines([place]),
        f"lines, {LINES} heads": lambda: lines(several),
        "query · key": lambda: query_key_message(
            query_key_detail(overview.attention, *place, TOKENS // 2),
            labels[TOKENS // 2],
            labels,
            key="query_key",
            title="query key",
        ),
    }
