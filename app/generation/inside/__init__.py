"""What is shown of the inside of a step."""
