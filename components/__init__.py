"""What Headlight draws: numbers in, pictures out."""
