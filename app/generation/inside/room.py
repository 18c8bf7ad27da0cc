"""Inside a step: where the new token looks, what each layer would say, what the cache holds."""

from __future__ import annotations

from app.branches import Path
from app.frame import framed
from app.generation.inside.attention import show_attention
from app.generation.inside.cache import show_cache
from app.generation.inside.lens import show_lens
from app.generation.look import Look
from app.generation.state import GENERATION
from components.controls import choose_view
from core.language import _


@framed
def show_inside(look: Look, path: Path) -> None:
    """Under the next token: nothing more, the attention, the logit lens, or the cache."""
    names = {
        "none": _("Next token only"),
        "attention": _("Attention of the last token"),
        "lens": _("Through the layers"),
        "cache": _("KV cache"),
    }
    inside = choose_view(_("Inside this step"), names, key=GENERATION.key("inside"))
    if inside == "attention":
        show_attention(look, path)
    elif inside == "lens":
        show_lens(look, path)
    elif inside == "cache":
        show_cache(look, path)
