"""The room "Score a text"."""
