"""Views to take away: one HTML file that opens from a disk, without a network."""
