"""The words of the control that saves a picture. What it does stands in ``saving.js``."""

from __future__ import annotations

from components.views.message import Json
from core.language import _


def saving_texts() -> dict[str, Json]:
    """The texts that a view's message carries under "saving"."""
    return {
        "save": _("Save"),
        "hint": _("Save this picture"),
        "png": _("Image (PNG)"),
        "svg": _("Drawing (SVG)"),
    }
