"""What Headlight computes: models, attention, masking, generation. Knows no user interface."""
