"""Comprehension: the words of a text that answer a question, or that the text does not say.

Built-in: the sentence most like the question (``answer_sentences.py``). Prompted: the words of the
text that a language model would answer with (``answer_prompts.py``). Tuned: a model that learnt
where answers begin and end (``answer_heads.py``); none comes with Headlight, any that transformers
calls "ForQuestionAnswering" can be named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.catalogue.entries import Text
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.classification import fault, stopped
from core.tasks.languages import known_languages, language_note
from core.tasks.task import Example, Family, Task, Way
from core.tasks.windows import window_note

if TYPE_CHECKING:
    from core.models import LanguageModel

SHOWN: Final = 5
TEMPLATE: Final = """\
Answer each question with words of its text. If the text does not say it: not in the text

Text: Anna Berg planted the oak behind the town hall of Lund in May 1952, to thank the firemen.
Question: Who sold the oak?
Answer: not in the text
Question: Where was the oak planted?
Answer: behind the town hall of Lund
Question: Who planted the oak?
Answer: Anna Berg
Question: When was it planted?
Answer: May 1952

Text: {{ text }}
Question: {{ question }}
Answer:"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of a text: first character, one past the last, and the probability that they answer."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a model finds in one window of a text.

    ``passages`` are the likeliest, the best first, their places counted in the whole text; ``none``
    is the probability that none of it answers. ``margin`` is log p(best) − log p(none).
    """

    passages: tuple[Passage, ...]
    none: float
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingAnswer:
    """Where ``text`` answers ``question``. Without ``passages`` and ``problem``: it does not."""

    text: str
    question: str
    passages: tuple[Passage, ...] = ()
    none: float = 0.0
    found: bool = False
    """Whether the text answers, in the model's opinion."""
    note: str = ""
    problem: str = ""

    @property
    def answer(self) -> str:
        """The words that answer; "" where the text does not."""
        if not self.found or not self.passages:
            return ""
        return self.text[self.passages[0].start : self.passages[0].end]

    @property
    def probability(self) -> float:
        """That of the answer, or of there being none."""
        return self.passages[0].probability if self.found and self.passages else self.none

    def cells(self) -> Mapping[str, object]:
        """text, question, answer, its place, probability, p_not_in_text, note."""
        best = self.passages[0] if self.found and self.passages else None
        return {
            "text": self.text,
            "question": self.question,
            "answer": self.answer if best else "" if self.problem else _("not in the text"),
            "start": best.start if best else None,
            "end": best.end if best else None,
            "probability": None if self.problem else round(self.probability, 6),
            "p_not_in_text": None if self.problem else round(self.none, 6),
            "note": self.problem or self.note,
        }


def _solve(
    task: Task,
    model: LanguageModel,
    texts: Sequence[str],
    seconds: Sequence[str],
    *,
    way: Way,
    progress: Progress,
    stop: Stop,
) -> Sequence[ReadingAnswer]:
    answers = []
    for done, (text, question) in enumerate(zip(texts, seconds, strict=True)):
        problem = fault(text)
        if not problem and not question.strip():
            problem = _("There is no question: ask one.")
        problem = problem or fault(question) or (stopped() if stop() else "")
        if problem:
            answers.append(ReadingAnswer(text=text, question=question, problem=problem))
        else:
            answers.append(_read(task, model, text, question, way, stop))
        progress(done + 1, len(texts))
    return answers


def _read(
    task: Task, model: LanguageModel, text: str, question: str, way: Way, stop: Stop
) -> ReadingAnswer:
    if way == "tuned":
        from core.tasks.answer_heads import read_windows
    elif way == "prompted":
        from core.tasks.answer_prompts import read_windows
    else:
        from core.tasks.answer_sentences import read_windows
    try:
        readings = read_windows(model, text, question, stop)
    except InputError as error:
        return ReadingAnswer(text=text, question=question, problem=str(error))
    if not readings:
        return ReadingAnswer(text=text, question=question, problem=stopped())
    best = max(readings, key=lambda reading: reading.margin)
    notes = (language_note(text, known_languages(model.id, task)), window_note(len(readings)))
    return ReadingAnswer(
        text=text,
        question=question,
        passages=best.passages[:SHOWN],
        none=best.none,
        found=best.margin > 0,
        note=" ".join(filter(None, notes)),
    )


_LIGHTHOUSE: Final = (
    "The lighthouse at Cape Arden was built in 1871 by the engineer Clara Voss. It stands 43 "
    "metres tall and was lit by oil lamps until 1924, when electricity reached the cape. Since "
    "1989 no keeper has lived there; the light is switched on by a computer in the harbour of "
    "Brenton. Visitors may climb its 204 steps from May to September."
)

_TASKS: Final = (
    Task(
        id="reading",
        family="comprehension",
        titles=Text(en="Answers from a text", zh="从文本中找答案"),
        languages=("en",),
        examples={"en": Example(text=_LIGHTHOUSE, second="Who built the lighthouse?")},
        models={"built-in": "minilm-l6", "prompted": "smollm2-135m-instruct", "tuned": ""},
        second=Text(en="Question", zh="问题"),
        template=TEMPLATE,
    ),
)

FAMILY: Final = Family(
    name="comprehension",
    titles=Text(en="Comprehension", zh="阅读理解"),
    abouts=Text(en="An answer from a text", zh="从文本里找答案"),
    tasks=_TASKS,
    solve=_solve,
)
