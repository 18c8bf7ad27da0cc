"""The first minute: what the first page shows before anybody typed, recorded and repeatable.

told.py        what is told, as numbers
same_look.py   two heads look from one token to another with the same weight; each switched off
twice.py       random tokens read twice, and heads switched off on the second reading
recorded.py    both as the project recorded them: python -m core.first_minute
"""

from core.first_minute.recorded import FirstMinute, compute, read_recorded
from core.first_minute.told import Frame, ReadTwice, SameLook

__all__ = ["FirstMinute", "Frame", "ReadTwice", "SameLook", "compute", "read_recorded"]
