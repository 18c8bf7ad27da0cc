"""The method ladder: one labelled set and one model, from a hand-written prompt to full tuning.

LadderSpec            what decides a ladder; a run of kind "prompt-ladder"
climb                 the run, from its spec to a rung for each method in its folder
read_rungs(folder)    the rungs so far
recorded_ladder()     the one that is shipped: python -m core.prompts.ladder measures it
"""

from core.prompts.ladder.climbing import climb, climb_table
from core.prompts.ladder.recorded import Ladder, recorded_ladder
from core.prompts.ladder.rungs import Rung, read_rungs
from core.prompts.ladder.spec import METHODS, RUN_KIND, LadderMethod, LadderSpec

__all__ = [
    "METHODS",
    "RUN_KIND",
    "Ladder",
    "LadderMethod",
    "LadderSpec",
    "Rung",
    "climb",
    "climb_table",
    "read_rungs",
    "recorded_ladder",
]
