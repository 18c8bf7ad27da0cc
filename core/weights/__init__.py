"""Weights that Headlight trained itself, and how they are kept small.

Beside this file lie, for each model, ``ID.safetensors`` (what differs from its base, or from 0
where it was made from nothing), ``ID.json`` (the run and its results), ``ID.md`` (the card) and
``ID.curve.csv``. A model from nothing also has its configuration and tokenizer here:
``ID.config.json``, ``ID.tokenizer.json`` and so on.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
"""Where the stored weights lie."""
