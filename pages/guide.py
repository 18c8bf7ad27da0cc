"""Guide: code that runs, tools, where the field goes, frequent questions, and the glossary."""

from __future__ import annotations

from app.guide.rooms import show_rooms
from app.guide.state import GUIDE
from app.links import open_link, publish_link

open_link(GUIDE)
show_rooms()
publish_link(GUIDE)
