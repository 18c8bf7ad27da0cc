"""The rooms of the Guide: code, tools, where the field goes, questions, and the glossary."""

from __future__ import annotations

from app.frame import framed
from app.guide.code import show_code
from app.guide.field import show_field
from app.guide.glossary import show_glossary
from app.guide.questions import show_questions
from app.guide.state import GUIDE
from app.guide.tools import show_tools
from components.controls import choose_view
from core.language import _


@framed
def show_rooms() -> None:
    """The chosen room, and no other."""
    names = {
        "code": _("Code"),
        "tools": _("Tools and resources"),
        "field": _("Where the field goes"),
        "questions": _("Questions"),
        "glossary": _("Glossary"),
    }
    rooms = {
        "code": show_code,
        "tools": show_tools,
        "field": show_field,
        "questions": show_questions,
        "glossary": show_glossary,
    }
    rooms[choose_view(_("View"), names, key=GUIDE.key("tab"))]()
