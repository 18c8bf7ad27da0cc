"""Weights that Headlight trained itself, and how they are kept small.

Beside this file lie, for each model, ``ID.safetensors`` (what differs from its base),
``ID.json`` (the run and its results), ``ID.md`` (the card) and ``ID.curve.csv``.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
"""Where the stored weights lie."""
