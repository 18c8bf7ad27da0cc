"""“Copy as Python” of a task: the few lines that solve it from a script.

Texts enter by ``repr``, so that no text can become code.
"""

from __future__ import annotations

from core.tasks.task import Task, Way


def task_script(task: Task, text: str, second: str = "", *, way: Way, model: str = "") -> str:
    """A script that prints the table row of one text; ``model`` where it is not the task's own."""
    seconds = f", {[second]!r}" if task.second is not None else ""
    named = f", model={model!r}" if model else ""
    lines = (
        "from core.tasks import solve",
        "",
        f"texts = {[text]!r}",
        f"for answer in solve({task.id!r}, texts{seconds}, way={way!r}{named}):",
        "    for name, value in answer.cells().items():",
        '        print(name, value, sep="\\t")',
    )
    return "\n".join(lines) + "\n"
