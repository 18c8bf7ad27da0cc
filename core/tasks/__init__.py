"""What language models are used for: five families of tasks, each solved in three ways.

solve("sentiment", texts, way="tuned")   an answer for each text
families(), find_task(id)                what there is

A family lists its tasks in one file and is imported when it is asked for. Importing this is quick:
models are loaded by what solves a task.
"""

from core.tasks.families import all_tasks, families, find_family, find_task
from core.tasks.solving import TEXT_LIMIT, solve
from core.tasks.task import FAMILIES, WAYS, Answer, Example, Family, FamilyName, Label, Task, Way

__all__ = [
    "FAMILIES",
    "TEXT_LIMIT",
    "WAYS",
    "Answer",
    "Example",
    "Family",
    "FamilyName",
    "Label",
    "Task",
    "Way",
    "all_tasks",
    "families",
    "find_family",
    "find_task",
    "solve",
]
