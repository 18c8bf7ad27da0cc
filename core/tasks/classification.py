"""Classification: one of a few labels for a text. Sentiment, question type, topic, spam.

Built-in: the label whose description is most like the text (``zero_shot.py``). Prompted: the label
whose word a language model expects (``prompting.py``). Tuned: a model with a head for the labels
(``core.tuning.predicting``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.catalogue.entries import Text
from core.errors import HeadlightError, InputError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.classification_tasks import TASKS
from core.tasks.languages import known_languages, language_note
from core.tasks.task import Family, Label, Task, Way
from core.tasks.windows import text_windows, token_ends, window_note

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from core.models import LanguageModel

LABEL_LIMIT: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassAnswer:
    """The probability of each label for one text; they sum to 1.

    ``scores`` are what they were made of where that says more: the cosines of zero-shot.
    ``note`` says what to know about this answer, such as that the text was cut.
    """

    text: str
    label_names: tuple[str, ...]
    probabilities: npt.NDArray[np.float32] | None = None
    scores: npt.NDArray[np.float32] | None = None
    note: str = ""
    problem: str = ""

    @property
    def label(self) -> str:
        """The most probable label; "" where there is none."""
        if self.probabilities is None:
            return ""
        return self.label_names[int(self.probabilities.argmax())]

    @property
    def probability(self) -> float:
        """That of ``label``."""
        return 0.0 if self.probabilities is None else float(self.probabilities.max())

    def cells(self) -> Mapping[str, object]:
        """text, label, probability, one column for each label, note."""
        shares = self.probabilities
        return {
            "text": self.text,
            "label": self.label,
            "probability": None if shares is None else round(self.probability, 6),
            **{
                f"p_{name}": None if shares is None else round(float(shares[place]), 6)
                for place, name in enumerate(self.label_names)
            },
            "note": self.problem or self.note,
        }


def read_labels(text: str) -> tuple[Label, ...]:
    """Labels that somebody typed, one a line or with commas between them.

    What stands after a colon describes the label. Raises InputError for fewer than two, more than
    ``LABEL_LIMIT``, or one that stands twice.
    """
    parts = text.splitlines() if "\n" in text.strip() else text.replace("，", ",").split(",")
    found = []
    for part in parts:
        name, _colon, about = part.strip().replace("：", ":").partition(":")
        name, about = name.strip(), about.strip()
        if name:
            found.append(
                Label(
                    name=name,
                    titles=Text(en=name, zh=name),
                    description=about or name,
                    word=f" {name}",
                )
            )
    if not 2 <= len(found) <= LABEL_LIMIT:
        raise InputError(
            _("There are {count} labels: give 2 to {limit}, one a line.").format(
                count=len(found), limit=LABEL_LIMIT
            )
        )
    names = [label.name for label in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(_("The label “{name}” stands twice: name each once.").format(name=twice))
    return tuple(found)


def labels_of(task: Task, second: str) -> tuple[Label, ...]:
    """The task's own labels, or those that were typed where it has none."""
    return task.labels or read_labels(second)


def _solve(
    task: Task,
    model: LanguageModel,
    texts: Sequence[str],
    seconds: Sequence[str],
    *,
    way: Way,
    progress: Progress,
    stop: Stop,
) -> Sequence[ClassAnswer]:
    labels = labels_of(task, seconds[0] if seconds else "")
    if way == "tuned":
        return _tuned(task, model, texts, progress=progress, stop=stop)
    if way == "prompted":
        from core.tasks.prompting import prompted_classes

        return prompted_classes(task, labels, model, texts, progress=progress, stop=stop)
    from core.tasks.zero_shot import similar_classes

    return similar_classes(task, labels, model, texts, progress=progress, stop=stop)


def _tuned(
    task: Task, model: LanguageModel, texts: Sequence[str], *, progress: Progress, stop: Stop
) -> Sequence[ClassAnswer]:
    """What a head for labels says; of a text past its limit the mean over windows."""
    import numpy as np

    from core.tuning.predicting import predict, task_of

    learnt = task_of(model)
    known = known_languages(model.id, task)
    problems = {place: sentence for place, text in enumerate(texts) if (sentence := fault(text))}
    sound = [place for place in range(len(texts)) if place not in problems]
    room = learnt.tuned.limit - 2
    windows = [
        text_windows(texts[place], room, lambda part: token_ends(model, part)) for place in sound
    ]
    parts = [
        texts[place][start:end]
        for place, own in zip(sound, windows, strict=True)
        for start, end in own
    ]
    found = predict(model, parts, progress=progress, stop=stop)
    rows = [each.probabilities[0] for each in found] if len(found) == len(parts) else []
    by_place: dict[int, npt.NDArray[np.float32]] = {}
    first = 0
    for place, own in zip(sound, windows, strict=True):
        if rows:
            by_place[place] = np.mean(rows[first : first + len(own)], axis=0)
        first += len(own)
    counts = dict(zip(sound, map(len, windows), strict=True))
    return [
        ClassAnswer(
            text=text,
            label_names=learnt.label_names,
            probabilities=by_place.get(place),
            note=_notes(language_note(text, known), window_note(counts.get(place, 0))),
            problem=problems.get(place, "") or ("" if place in by_place else stopped()),
        )
        for place, text in enumerate(texts)
    ]


def _notes(*said: str) -> str:
    return " ".join(filter(None, said))


def fault(text: str) -> str:
    """What is wrong with a text, in a sentence; "" where nothing is."""
    from core.tokens import check_text

    if not text.strip():
        return _("This text is empty: write something.")
    try:
        check_text(text)
    except HeadlightError as error:
        return str(error)
    return ""


def stopped() -> str:
    """What stands for a text that was not read before the stop."""
    return _("not read before the stop")


FAMILY: Final = Family(
    name="classification",
    titles=Text(en="Classification", zh="分类"),
    abouts=Text(en="One label for a text", zh="给一段文本一个标签"),
    tasks=TASKS,
    solve=_solve,
)
