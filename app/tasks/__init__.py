"""The page Tasks: its cards, its input, and a room for each family."""
