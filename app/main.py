"""The entry point: page set-up, language, navigation, and one error frame around the page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from app import header
from app.classroom.following import follow
from app.course.beside import show_lesson
from app.course.lessons import opened_lesson
from app.frame import error_frame
from app.navigation import heading, pages
from app.projector import choose_mode, is_projector
from app.state import session_language
from core.language import register_resolver

STATIC: Final = Path(__file__).resolve().parent / "static"
ICON: Final = str(STATIC / "headlight.svg")
WORDMARK: Final = str(STATIC / "wordmark.svg")
SIDEBAR_WIDTH: Final = 220  # pixels; the rest belongs to the picture
LESSON_WIDTH: Final = 340  # beside a lesson, which is read

register_resolver(session_language)
choose_mode()
lesson = opened_lesson()
wide = LESSON_WIDTH if lesson is not None else SIDEBAR_WIDTH
st.set_page_config(
    page_title="Headlight",
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state="collapsed" if is_projector() else wide,
)
st.logo(WORDMARK, size="large", icon_image=ICON)
header.choose_language()
page = st.navigation(pages(), position="sidebar" if lesson is None else "top")
with error_frame():
    follow(page)
header.header(heading(page))
with error_frame():
    show_lesson(lesson)
with error_frame():
    page.run()
