"""The rooms of the Generation page."""
