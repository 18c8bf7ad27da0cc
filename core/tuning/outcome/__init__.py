"""What came of a run: its figures on the held-out rows with their intervals, and its mistakes.

Outcome         all of it, as it is kept in the run's folder
read_outcome    the outcome of a run; None while there is none
"""

from core.tuning.outcome.figures import commonest_labels
from core.tuning.outcome.outcome import (
    LabelFigures,
    Measure,
    Mistake,
    Outcome,
    read_outcome,
    write_outcome,
)
from core.tuning.outcome.predictions import Predictions

__all__ = [
    "LabelFigures",
    "Measure",
    "Mistake",
    "Outcome",
    "Predictions",
    "commonest_labels",
    "read_outcome",
    "write_outcome",
]
