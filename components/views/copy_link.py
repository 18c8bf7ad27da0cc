"""A button that copies the address of the page: the link is the experiment."""

from __future__ import annotations

from components.views.view import register_view, show
from core.language import _

_mount = register_view("copy_link", drawn=False)


def copy_link(*, key: str, text: str = "") -> None:
    """Show the button; ``text`` stands on it instead of "Copy link"."""
    texts = {
        "copy": text or _("Copy link"),
        "copied": _("Copied"),
        "by_hand": _("Copy it from here:"),
    }
    show(_mount, texts, key=key, read=lambda _sent: None, width="content")
