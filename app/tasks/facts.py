"""What an answer comes from, in a line: model, data, licence, measured quality, seconds."""

from __future__ import annotations

from app.frame import as_plain
from app.tasks.look import title_of
from app.train.store import runs
from core.catalogue import find_dataset, find_model
from core.language import _, current_language, translations
from core.tasks import Task, Way
from core.tasks.measuring import MEASURES, Measured, measured
from core.tuning.kept import find_kept, is_run_name
from core.tuning.shipped_models import shipped_names


def facts_line(task: Task, way: Way, model_id: str, seconds: float) -> str:
    """Model and licence, measured quality and its data, and how long it took, as Markdown."""
    parts = [as_plain(title_of(model_id)), *map(as_plain, _licences(model_id))]
    parts += [
        as_plain(quality_words(each))
        for each in measured()
        if (each.task, each.way, each.model) == (task.id, way, model_id)
    ]
    data = find_dataset(task.dataset)
    if data is not None:
        said = _("data: {title}, {licence}").format(title=data.title, licence=data.licence)
        parts.append(as_plain(said))
    parts.append(as_plain(_("{seconds} s").format(seconds=f"{seconds:.2f}")))
    return " · ".join(parts)


def quality_words(found: Measured) -> str:
    """A measure with its interval, how many it is of, and what the commonest answer gets."""
    name = MEASURES[found.measure]
    said = _("{measure} {value} ({low} to {high}) of {count:,}").format(
        measure=said_in_words(name),
        value=f"{found.value:.3f}",
        low=f"{found.low:.3f}",
        high=f"{found.high:.3f}",
        count=found.count,
    )
    if found.floor is not None and found.floor_name:
        floor = found.floor_name
        said += " ({name} {value})".format(name=said_in_words(floor), value=f"{found.floor:.3f}")
    return said


def said_in_words(marked: str) -> str:
    """A text that was marked for translation where it stands, in the language of the session."""
    return translations(current_language()).gettext(marked)


def _licences(model_id: str) -> list[str]:
    """The licence of a model, or of the one that it was tuned from."""
    if is_run_name(model_id):
        entry = find_model(
            find_kept(model_id, None if model_id in shipped_names() else runs()).base
        )
    else:
        entry = find_model(model_id)
    return [] if entry is None else [entry.licence]
