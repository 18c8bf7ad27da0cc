"""How many labels a model needs: the same training on 10, 50, 200 and 2,000 labelled examples.

Once from the weights that the model comes with, and once from random ones, so that it shows what
was learnt before.

LabelCurveSpec   what decides a study; a run of kind "label-curve"
Scored           one trained network of it: how many of the held-out rows it had right
"""

from core.tuning.label_curve.spec import COUNTS, LabelCurveSpec, Start
from core.tuning.label_curve.studying import RESULTS, Scored, read_scored, study

__all__ = ["COUNTS", "RESULTS", "LabelCurveSpec", "Scored", "Start", "read_scored", "study"]
