"""Canvas views: one Python wrapper and one JavaScript file each."""
