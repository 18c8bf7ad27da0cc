"""The parts of a model as the map draws them: the chosen layer opened, a decoder beside."""

from __future__ import annotations

from components.views.model_map import MapPart
from core.anatomy import Architecture, ModelPart
from core.attention.places import Stack
from core.language import _


def map_parts(
    architecture: Architecture, stack: Stack, layer: int
) -> tuple[list[MapPart], list[tuple[str, str]]]:
    """The parts of the map, and the links between its columns.

    An id is a step and, for layers, the stack and the number: "qkv:self:3".
    """
    own = architecture
    shown: Stack = "self" if stack == "self" else "decoder"
    parts: list[MapPart] = []
    for part in own.parts:
        if part.kind == "embedding":
            parts.append(_part("embed", _("Embeddings"), part, own))
        elif part.kind == "layer" and part.stack == "self":
            parts += _layer(part, own, opened=shown == "self" and part.layer == layer)
    decoder = [part for part in own.parts if part.kind == "layer" and part.stack == "decoder"]
    column = 1 if decoder else 0
    for part in decoder:
        parts += _layer(part, own, opened=shown == "decoder" and part.layer == layer, column=1)
    for part in own.parts:
        if part.kind == "final":
            parts.append(_part("final", _("Final norm and transform"), part, own, column))
        elif part.kind == "vocabulary":
            parts.append(_part("logits", _("Vocabulary"), part, own, column))
        elif part.kind == "other":
            parts.append(_part("other", _("Pooler and other heads"), part, own, column))
    if all(part.kind != "vocabulary" for part in own.parts):
        parts.append(MapPart(id="logits", title=_("Vectors of the text"), column=column))
    links = []
    if decoder:
        last = [part for part in own.parts if part.kind == "layer" and part.stack == "self"][-1]
        links.append((f"qkv:self:{last.layer}", f"qkv:decoder:{decoder[0].layer}"))
    return parts, links


def _layer(part: ModelPart, own: Architecture, *, opened: bool, column: int = 0) -> list[MapPart]:
    place = f"{part.stack}:{part.layer}"
    made = [
        MapPart(
            id=f"qkv:{place}",
            title=_("Layer {number}").format(number=part.layer),
            note=_("shared") if part.shared else short(part.parameters),
            share=part.parameters / max(1, own.parameters),
            size="layer",
            column=column,
        )
    ]
    if not opened:
        return made
    titles = {
        "attention": ("softmax", _("Attention, {count} heads").format(count=own.heads)),
        "cross": ("cross", _("Cross attention")),
        "feed_forward": ("ffn", _("Feed-forward")),
        "norms": ("norm", _("Add & Norm")),
    }
    for sub in part.sub_parts:
        step, title = titles[sub.kind]
        made.append(
            MapPart(
                id=f"{step}:{place}:part",
                title=title,
                note=short(sub.parameters),
                share=sub.parameters / max(1, own.parameters),
                size="inner",
                column=column,
            )
        )
    return made


def _part(id_: str, title: str, part: ModelPart, own: Architecture, column: int = 0) -> MapPart:
    note = short(part.parameters)
    if part.shared and part.kind == "vocabulary":
        note = _("shared") if not part.parameters else note
    return MapPart(
        id=id_,
        title=title,
        note=note,
        share=part.parameters / max(1, own.parameters),
        column=column,
    )


def short(count: int) -> str:
    """A count of parameters as people say it: 1.77 M."""
    if count >= 1e9:
        return f"{count / 1e9:.2f} B"
    if count >= 1e6:
        return f"{count / 1e6:.2f} M"
    return f"{count / 1e3:.1f} K" if count >= 1e4 else f"{count:,}"
