"""The rooms of the page Anatomy."""
