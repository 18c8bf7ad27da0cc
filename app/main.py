"""The entry point: page set-up, language, navigation, and one error frame around the page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from app import header
from app.frame import error_frame
from app.navigation import pages
from app.state import session_language
from core.language import register_resolver

LOGO: Final = str(Path(__file__).resolve().parent / "static" / "headlight.svg")

register_resolver(session_language)
st.set_page_config(page_title="Headlight", page_icon=LOGO, layout="wide")
st.logo(LOGO, size="large")
header.choose_language()
page = st.navigation(pages())
header.header()
with error_frame():
    page.run()
