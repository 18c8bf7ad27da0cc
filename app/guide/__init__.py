"""The rooms of the Guide, which closes the course."""
