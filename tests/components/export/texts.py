"""The texts of these tests, the hostile one among them."""

from __future__ import annotations

from core.attention import LABELS

ATTACK = "</script><img src=x onerror=alert(1)>"
SENTENCE = "The animal didn't cross the street because it was too tired."
WORDS = dict.fromkeys(LABELS, "known")
