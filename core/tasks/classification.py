"""Classification: one of a few labels for a text. Sentiment, question type, topic, spam.

Built-in: the label whose description is most like the text (``zero_shot.py``). Prompted: the label
whose word a language model expects (``prompting.py``). Tuned: a model with a head for the labels
(``core.tuning.predicting``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.catalogue.entries import Text, find_model
from core.errors import HeadlightError, InputError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.languages import known_languages, language_note
from core.tasks.task import Example, Family, Label, Task, Way
from core.tasks.windows import text_windows, token_ends, window_note

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from core.models import LanguageModel

LABEL_LIMIT: Final = 50
_ENCODER, _CAUSAL = "minilm-l6", "smollm2-135m-instruct"
_CHINESE, _CHINESE_CAUSAL = (
    name if find_model(name) else "" for name in ("chinese-masked", "chinese-causal")
)


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


_SENTIMENT: Final = (
    Label(
        name="negative",
        titles=Text(en="negative", zh="负面"),
        description="A bad film: dull, boring and a waste of time.",
        word=" bad",
    ),
    Label(
        name="positive",
        titles=Text(en="positive", zh="正面"),
        description="A good film: funny, moving and a pleasure to watch.",
        word=" great",
    ),
)
_SENTIMENT_ZH: Final = (
    Label(
        name="negative",
        titles=_SENTIMENT[0].titles,
        description="很差，太失望了，浪费钱，不推荐。",
        word="不好",
    ),
    Label(
        name="positive",
        titles=_SENTIMENT[1].titles,
        description="很好，非常满意，物有所值，推荐。",
        word="很好",
    ),
)
_QUESTIONS: Final = (
    Label(
        name="ABBR",
        titles=Text(en="abbreviation", zh="缩写"),
        description="What does this abbreviation stand for?",
        word=" abbreviation",
    ),
    Label(
        name="DESC",
        titles=Text(en="description or reason", zh="描述或原因"),
        description="What does this word mean? Why and how does it happen? Define it.",
        word=" description",
    ),
    Label(
        name="ENTY",
        titles=Text(en="thing", zh="事物"),
        description="What thing, animal, food, colour, product, book or language is it?",
        word=" thing",
    ),
    Label(
        name="HUM",
        titles=Text(en="person or group", zh="人或团体"),
        description="Who is the person, what is his name? Which company or group?",
        word=" person",
    ),
    Label(
        name="LOC",
        titles=Text(en="place", zh="地点"),
        description="Where is it? In which country, city, state or mountain?",
        word=" place",
    ),
    Label(
        name="NUM",
        titles=Text(en="number or date", zh="数字或日期"),
        description="How many, how much, how long, how far? When, in what year, at what date?",
        word=" number",
    ),
)
_SPAM: Final = (
    Label(
        name="ham",
        titles=Text(en="no spam", zh="正常短信"),
        description="Hey, are you coming home? See you later, I will call you.",
        word=" friend",
    ),
    Label(
        name="spam",
        titles=Text(en="spam", zh="垃圾短信"),
        description="You have won a prize! Call now to claim your free cash reward, STOP to end.",
        word=" spam",
    ),
)

_TASKS: Final = (
    Task(
        id="sentiment",
        family="classification",
        titles=Text(en="Sentiment", zh="情感"),
        languages=("en",),
        examples={
            "en": Example(text="A slow start, but the last hour is among the best I have seen.")
        },
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": "tuned:sentiment"},
        dataset="movie-snippets",
        labels=_SENTIMENT,
        template="Review: {{ text }}\nThe review says that the film is",
    ),
    Task(
        id="sentiment-zh",
        family="classification",
        titles=Text(en="Sentiment in Chinese", zh="中文情感"),
        languages=("zh",),
        examples={"zh": Example(text="房间很小，隔音也差，不过早餐不错，服务员很热情。")},
        models={
            "built-in": _CHINESE,
            "prompted": _CHINESE_CAUSAL,
            "tuned": "tuned:sentiment-zh",
        },
        dataset="reviews-zh",
        labels=_SENTIMENT_ZH,
        template="评论：{{ text }}\n这条评论的意思是：",
    ),
    Task(
        id="question-type",
        family="classification",
        titles=Text(en="Question type", zh="问题类型"),
        languages=("en",),
        examples={"en": Example(text="Which city hosted the first modern Olympic Games?")},
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": "tuned:question-type"},
        dataset="question-types",
        labels=_QUESTIONS,
        template="Question: {{ text }}\nThe answer to this question is a",
    ),
    Task(
        id="topic",
        family="classification",
        titles=Text(en="Topic or intent, by your labels", zh="主题或意图（自定标签）"),
        languages=("en",),
        examples={
            "en": Example(
                text="I was charged twice for my ticket, please give me the money back.",
                second="refund: I want my money back\nbooking: I want to reserve a seat\n"
                "delay: the train is late\npraise: thank you, the service was good",
            )
        },
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": ""},
        template="Text: {{ text }}\nThe topic of this text is",
        second=Text(
            en="Labels, one a line; after a colon what they mean",
            zh="标签，每行一个；冒号后写它的意思",
        ),
    ),
    Task(
        id="spam",
        family="classification",
        titles=Text(en="Spam", zh="垃圾短信"),
        languages=("en",),
        examples={
            "en": Example(text="Congratulations! You won a free phone. Text WIN to 80086 now.")
        },
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": "tuned:spam"},
        dataset="sms-spam",
        labels=_SPAM,
        template="Message: {{ text }}\nThis message was sent by a",
    ),
)

FAMILY: Final = Family(
    name="classification",
    titles=Text(en="Classification", zh="分类"),
    abouts=Text(en="One label for a text", zh="给一段文本一个标签"),
    tasks=_TASKS,
    solve=_solve,
)
