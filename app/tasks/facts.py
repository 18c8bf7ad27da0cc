"""What an answer comes from, in a line: model, data, licence, measured quality, seconds."""

from __future__ import annotations

from app.frame import as_plain
from app.tasks.look import title_of
from core.catalogue import find_dataset, find_model
from core.language import _
from core.tasks import Task, Way


def facts_line(task: Task, way: Way, model_id: str, seconds: float) -> str:
    """Model and licence, the data that its quality was measured on, and how long it took."""
    parts = [title_of(model_id)]
    entry = find_model(model_id)
    if entry is not None:
        parts.append(entry.licence)
    data = find_dataset(task.dataset)
    if data is not None:
        parts.append(_("data: {title}, {licence}").format(title=data.title, licence=data.licence))
    parts.append(_("{seconds} s").format(seconds=f"{seconds:.2f}"))
    return " · ".join(as_plain(part) for part in parts)
