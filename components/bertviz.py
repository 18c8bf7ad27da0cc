"""bertviz's own head, model and neuron views as one HTML page for an iframe.

bertviz's scripts come from the installed package, d3 and jQuery from ``core.catalogue``; the page
asks nobody for anything and forbids it besides. Texts enter as data, never as code. The neuron view
is fed with what our capture holds, so it takes every model, not only the four old ones it knows.
It mounts nothing: a page does.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from components.bertviz_size import Kind, check_size
from components.export.inline import inline_json, inline_script
from components.figures.palette import DARK, LIGHT
from components.views.message import Json
from core.attention import AttentionCapture, AttentionStack
from core.attention.places import Stack
from core.attention.recording import LayerRecord
from core.attention.region import second_text_start
from core.catalogue import read_scripts
from core.errors import UnsupportedError
from core.language import _

_HERE: Final = Path(__file__).parent
_ROUNDED: Final = 10_000  # four decimals, sent as whole numbers: shorter by a third
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>bertviz</title>
<style>:root {{ color-scheme: {scheme}; {colours} }}
{style}</style>
</head>
<body class="{kind}">
<div id="bertviz"><span class="pickers">{pickers}</span><div id="vis"></div></div>
{notes}
<script type="application/json" id="data">{data}</script>
<script>{jquery}</script>
<script>{d3}</script>
<script>{own}</script>
<script>{view}</script>
<script>nameOptions();</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What of a stack is shown: the numbers of its layers and heads, and the tokens' labels."""

    stack: AttentionStack
    records: tuple[LayerRecord, ...]
    layers: tuple[int, ...]
    heads: tuple[int, ...]
    queries: tuple[str, ...]
    keys: tuple[str, ...]
    split: int | None
    """Where the second text of a pair begins."""


def bertviz_page(
    kind: Kind,
    capture: AttentionCapture,
    *,
    layers: Sequence[int],
    heads: Sequence[int] | None = None,
    stack: Stack = "self",
    selected: tuple[int, int] | None = None,
    dark: bool = False,
) -> str:
    """bertviz's view ``kind`` of the ``layers`` (and ``heads``) of ``capture``, as HTML.

    It is whole in itself and draws without a network. Weights are rounded to four decimals.
    ``selected`` is the (layer, head) it opens with. Raises InputError for layers or heads that
    the capture lacks and, before anything is built, for what is too large to draw; FetchError
    where d3 and jQuery are neither here nor to be had.
    """
    chosen = _choose(capture, stack, layers, heads)
    check_size(
        kind,
        layers=len(chosen.layers),
        heads=len(chosen.heads),
        queries=len(chosen.queries),
        keys=len(chosen.keys),
        dim=chosen.records[0].queries.shape[-1],
    )
    data = _shared(chosen, selected, dark=dark)
    notes: list[str] = []
    if kind == "neuron":
        vectors, notes = _vectors(chosen)
        data |= vectors
    elif kind == "head" and heads is not None:
        numbers = ", ".join(map(str, chosen.heads))
        notes = [_("The squares stand for heads {numbers}, from the left.").format(numbers=numbers)]
    jquery, d3 = read_scripts()
    palette = DARK if dark else LIGHT
    return _PAGE.format(
        policy=_POLICY,
        scheme="dark" if dark else "light",
        colours=f"--text: {palette.text}; --background: {palette.background};",
        style=(_HERE / "bertviz.css").read_text("utf-8"),
        kind=kind,
        pickers=_pickers(kind, paired=chosen.split is not None),
        notes="".join(f'<p class="note">{html.escape(note)}</p>' for note in notes),
        data=inline_json(data),
        jquery=inline_script(jquery),
        d3=inline_script(d3),
        own=inline_script((_HERE / "bertviz.js").read_text("utf-8")),
        view=inline_script(_view_script(kind)),
    )


def _choose(
    capture: AttentionCapture, name: Stack, layers: Sequence[int], heads: Sequence[int] | None
) -> _Chosen:
    stack = capture.stack(name)
    rows, columns = capture.query_tokens(name), capture.key_tokens(name)
    shown = tuple(dict.fromkeys(layers))
    numbers = stack.heads if heads is None else tuple(dict.fromkeys(heads))
    for layer in shown:  # says what is wrong with a number that is not there
        for head in numbers:
            stack.head_vectors(layer, head)
    kept = capture.rows_kept(name)
    whole = len(kept) == len(rows) and name == "self"
    return _Chosen(
        stack=stack,
        records=tuple(stack.records[stack.layers.index(layer)] for layer in shown),
        layers=shown,
        heads=numbers,
        queries=tuple(rows.labels[place] for place in kept),
        keys=columns.labels,
        split=second_text_start(rows) if whole else None,
    )


def _shared(chosen: _Chosen, selected: tuple[int, int] | None, *, dark: bool) -> dict[str, Json]:
    """What all three views are given."""
    layer, head = selected or (chosen.layers[0], None)
    weights = [
        [_whole(chosen.stack.head(number, place)) for place in chosen.heads]
        for number in chosen.layers
    ]
    return {
        "rounded": _ROUNDED,
        "attn": weights,
        "left": list(chosen.queries),
        "right": list(chosen.keys),
        "split": chosen.split,
        "layers": list(chosen.layers),
        "heads": list(chosen.heads),
        "layer": layer if layer in chosen.layers else chosen.layers[0],
        "head": head if head in chosen.heads else None,
        "bidirectional": not chosen.stack.causal,
        "mode": "dark" if dark else "light",
    }


def _vectors(chosen: _Chosen) -> tuple[dict[str, Json], list[str]]:
    """Queries and keys for the neuron view, and what must be said of them.

    The view divides q·k by √d itself. A model that scales otherwise (T5 not at all, Gemma 2 by a
    number of its own) has its queries multiplied by scaling · √d, so that its scores come out.
    """
    queries: list[Json] = []
    keys: list[Json] = []
    factors = []
    for layer, record in zip(chosen.layers, chosen.records, strict=True):
        factor = record.scaling * math.sqrt(record.queries.shape[-1])
        pairs = [chosen.stack.head_vectors(layer, head) for head in chosen.heads]
        queries.append([_whole(query * factor) for query, _key in pairs])
        keys.append([_whole(key) for _query, key in pairs])
        factors.append(factor)
    return {"queries": queries, "keys": keys}, _notes(chosen.records, factors)


def _notes(records: Sequence[LayerRecord], factors: Sequence[float]) -> list[str]:
    notes = [
        _(
            "Queries and keys as they meet in the model: after rotary embedding where it has one. "
            "Point at a token on the left; the plus beside it opens the vectors."
        )
    ]
    scaled = next((factor for factor in factors if abs(factor - 1) > 1e-6), None)
    if scaled is not None:
        notes.append(
            _(
                "This model does not divide q·k by √d: its queries are shown times {factor}, so "
                "that the scores are its own."
            ).format(factor=f"{scaled:.4g}")
        )
    if any(record.bias is not None for record in records):
        notes.append(
            _(
                "This model adds a bias for the distance to each score: the softmax has it, the "
                "dot product shown has not."
            )
        )
    if any(record.softcap is not None for record in records):
        notes.append(
            _("This model bounds its scores by tanh: the softmax has it, the dot product has not.")
        )
    return notes


def _whole(numbers: NDArray[np.float32]) -> Json:
    whole: Json = np.rint(numbers * _ROUNDED).astype(np.int64).tolist()
    return whole


def _pickers(kind: Kind, *, paired: bool) -> str:
    pickers: list[tuple[str, str, Mapping[str, str]]] = []
    if kind != "model":
        pickers.append((_("Layer"), "layer", {}))
    if kind == "neuron":
        pickers.append((_("Head"), "att_head", {}))
    if paired:
        parts = ("all", "aa", "ab", "ba", "bb") if kind == "neuron" else tuple("01234")
        names = (_("All"), "A → A", "A → B", "B → A", "B → B")
        pickers.append((_("Attention"), "filter", dict(zip(parts, names, strict=True))))
    return "".join(_picker(*picker) for picker in pickers)


def _picker(label: str, name: str, options: Mapping[str, str]) -> str:
    inside = "".join(
        f'<option value="{value}">{html.escape(text)}</option>' for value, text in options.items()
    )
    return f'<label>{html.escape(label)} <select id="{name}">{inside}</select></label>'


@cache
def _view_script(kind: Kind) -> str:
    """bertviz's own script, which reads its parameters from where ours puts them."""
    spec = find_spec("bertviz")  # not imported: that would bring IPython along
    if spec is None or spec.origin is None:
        raise UnsupportedError(_("bertviz is not installed: install requirements.txt again."))
    script = Path(spec.origin).with_name(f"{kind}_view.js").read_text("utf-8")
    return script.replace("PYTHON_PARAMS", "window.bertviz_params")
