"""Figures: data in, picture out, colours from ``palette`` alone. Knows no Streamlit."""
