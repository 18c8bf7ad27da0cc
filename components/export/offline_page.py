"""The heads of one text as one HTML file that opens from a disk, without a network.

It draws with the very scripts of the views and holds the weights as those views get them. What a
page of the app adds, choosing a head, stands in ``offline_page.js``. It computes nothing of models.
"""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from components.export.inline import inline_json, inline_script
from components.export.theme import theme_style
from components.grids import grid_heads, grid_sinks, grid_thumbnails
from components.views import attention_grid, attention_head
from components.views.attention_grid import GridHead
from components.views.message import Json
from components.views.view import view_source
from core.attention import AttentionOverview
from core.export import Provenance
from core.language import _, current_language

FILE_LIMIT: Final = 8_000_000
"""Up to this many bytes the file has every head; above it the chosen layer and the notable ones."""

_HERE: Final = Path(__file__).parent
_ACROSS: Final = 12  # from more layers on the wall runs across and needs the page's whole width
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{theme}
{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
{texts}
</header>
<noscript><p class="note">{noscript}</p></noscript>
<main class="{layout}">
<section><h2>{wall_title}</h2><p class="hint">{wall_hint}</p><div id="grid"></div>{note}</section>
<section><h2 id="title"></h2><p class="hint">{head_hint}</p><div id="head"></div></section>
</main>
<footer><h2>{source_title}</h2><dl>{source}</dl></footer>
<script type="application/json" id="data">{data}</script>
<script>{grid_script}</script>
<script>{head_script}</script>
<script>{own_script}</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """The heads whose exact weights the file holds, and each one's message."""

    heads: tuple[GridHead, ...]
    messages: tuple[bytes, ...]


def offline_page(
    overview: AttentionOverview,
    provenance: Provenance,
    *,
    model: str,
    text: str,
    pair: str | None = None,
    selected: tuple[int, int],
    words: Mapping[str, str],
    sink_label: str = "",
) -> str:
    """The attention of ``overview`` as a file of HTML, opened with the head ``selected``.

    ``model`` is the name that people read, ``words`` what the labels of heads are called,
    ``sink_label`` what the grey columns are. The file holds every head up to ``FILE_LIMIT``, else
    those of the selected layer and the notable ones, and says so. Raises InputError for a head
    that is not there.
    """
    every = grid_heads(overview, words, everything=True)
    maker = _HeadMessages(overview, provenance, sink_label)
    held = _hold(overview, every, selected, maker)
    data: dict[str, Json] = {
        "selected": list(selected),
        "places": [[head.layer, head.head] for head in held.heads],
        "titles": [head_title(head) for head in held.heads],
        "heads": [_base64(message) for message in held.messages],
        "grid": _base64(_grid(overview, held.heads, sink_label, model, provenance)),
        "styles": {name: view_source(f"attention_{name}")[1] for name in ("grid", "head")},
    }
    title = html.escape(_("Attention of {model}").format(model=model))
    return _PAGE.format(
        language=current_language(),
        policy=_POLICY,
        title=title,
        theme=theme_style(),
        style=(_HERE / "offline_page.css").read_text("utf-8"),
        texts=_texts(text, pair),
        noscript=html.escape(_("This file draws with JavaScript, which is switched off here.")),
        layout="stacked" if len(overview.layers) > _ACROSS else "beside",
        wall_title=html.escape(_wall_title(held, every)),
        wall_hint=html.escape(_("Each square is one head over the whole text.")),
        note=_note(held, every, selected),
        head_hint=html.escape(
            _(
                "A row is a token that looks, a column a token that is looked at; every row sums "
                "to 1. A weight says where a head looks, not that it matters."
            )
        ),
        source_title=html.escape(_("Where these numbers come from")),
        source="".join(
            f"<div><dt>{name}</dt><dd>{html.escape(value)}</dd></div>"
            for name, value in provenance.items()
        ),
        data=inline_json(data),
        grid_script=inline_script(_classic("attention_grid")),
        head_script=inline_script(_classic("attention_head")),
        own_script=inline_script((_HERE / "offline_page.js").read_text("utf-8")),
    )


def head_title(head: GridHead) -> str:
    """What a head is and what it is known for, in a line."""
    place = _("Layer {layer} · head {head}").format(layer=head.layer, head=head.head)
    known = head.caption if head.score is None else f"{head.caption} {head.score:.2f}"
    return " · ".join(part for part in (place, known) if part)


class _HeadMessages:
    """Makes what the view of one head is sent, for any head of an overview."""

    def __init__(
        self, overview: AttentionOverview, provenance: Provenance, sink_label: str
    ) -> None:
        self._overview = overview
        self._source = _source_line(provenance)
        self._sink_label = sink_label
        self._queries = overview.query_tokens.labels
        self._keys = overview.key_tokens.labels

    def make(self, head: GridHead) -> bytes:
        """The message of ``head``, its weights exact to the thousandth."""
        overview = self._overview
        return attention_head.head_message(
            overview.attention.head(head.layer, head.head),
            self._queries,
            self._keys,
            key="head",
            title=head_title(head),
            causal=overview.causal,
            sink_columns=overview.sink_positions,
            sink_label=self._sink_label,
            special_queries=overview.special_queries,
            special_keys=overview.special_positions,
            movable=True,
            place=(head.layer, head.head),
            source=self._source,
        )


def _hold(
    overview: AttentionOverview,
    every: Sequence[GridHead],
    selected: tuple[int, int],
    maker: _HeadMessages,
) -> _Held:
    """All heads where they fit, judged by the size of a few of them."""
    overview.attention.head(*selected)  # says what is wrong with one that is not there
    notable = {(known.layer, known.head) for known in overview.notable}
    few = [head for head in every if (head.layer, head.head) in notable | {selected}]
    made = {(head.layer, head.head): maker.make(head) for head in few}
    mean = sum(map(len, made.values())) / len(made)
    heads = list(every)
    if mean * len(every) * 4 / 3 > FILE_LIMIT:  # base64 writes four signs for three bytes
        heads = [head for head in every if head in few or head.layer == selected[0]]
    messages = (made.get((head.layer, head.head)) or maker.make(head) for head in heads)
    return _Held(heads=tuple(heads), messages=tuple(messages))


def _grid(
    overview: AttentionOverview,
    heads: Sequence[GridHead],
    sink_label: str,
    model: str,
    provenance: Provenance,
) -> bytes:
    return attention_grid.grid_message(
        heads,
        grid_thumbnails(overview, heads),
        key="grid",
        label=_("Attention heads of {model}").format(model=model),
        causal=overview.causal,
        sink_columns=grid_sinks(overview),
        sink_label=sink_label,
        layout="wall",
        pooled=overview.pooled,
        source=_source_line(provenance),
    )


def _wall_title(held: _Held, every: Sequence[GridHead]) -> str:
    if len(held.heads) == len(every):
        return _("All {count} heads").format(count=len(every))
    return _("{held} of {count} heads").format(held=len(held.heads), count=len(every))


def _note(held: _Held, every: Sequence[GridHead], selected: tuple[int, int]) -> str:
    if len(held.heads) == len(every):
        return ""
    said = _(
        "The text is long: this file holds the heads of layer {layer} and the most notable ones of "
        "the others. All of them would take more than {limit} MB."
    ).format(layer=selected[0], limit=FILE_LIMIT // 1_000_000)
    return f'<p class="note">{html.escape(said)}</p>'


def _texts(text: str, pair: str | None) -> str:
    shown = [text, *([pair] if pair else [])]
    return "\n".join(f'<blockquote dir="auto">{html.escape(each)}</blockquote>' for each in shown)


def _source_line(provenance: Provenance) -> str:
    return f"{provenance.model} · {provenance.weights[:12]} · Headlight {provenance.headlight}"


def _base64(message: bytes) -> str:
    return b64encode(message).decode("ascii")


@cache
def _classic(name: str) -> str:
    """A view's module as a plain script, which leaves its view under ``headlightViews``.

    A file opened from a disk may import no module, not even from its own text.
    """
    script, _style = view_source(name)
    before, found, after = script.partition("export default function")
    if not found or "export default" in after:
        raise ValueError(f"{name}: exactly one default export is expected")
    return (
        '(() => { "use strict"; const views = (globalThis.headlightViews ??= {});\n'
        f"{before}views.{name} = function{after}\n}})();"
    )
