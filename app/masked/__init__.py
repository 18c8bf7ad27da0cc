"""The rooms of the page Masked words."""
