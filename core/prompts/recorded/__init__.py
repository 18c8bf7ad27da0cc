"""Results that the project itself recorded: prompts over 1,000 rows, on two models.

python -m core.prompts.recorded           records every cell that is missing, one after another
python -m core.prompts.recorded NAME      records one of them again
"""

from core.prompts.recorded.cells import CELLS, ROWS, RecordedCell
from core.prompts.recorded.reading import Recorded, recorded

__all__ = ["CELLS", "ROWS", "Recorded", "RecordedCell", "recorded"]
