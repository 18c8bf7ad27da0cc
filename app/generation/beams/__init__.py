"""The room "Beams"."""
