"""The rooms of the Train page."""
