"""Generation: summaries, translation, continuation and answers in a dialogue, measured.

Built-in: sentences taken from the text, the model of numbers, or plain continuation. Prompted: an
instruct model that is told what to do. Tuned: an encoder–decoder or causal model that learnt the
task, from the hub or by a run here. What is written is scored where a reference is given.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.catalogue.entries import Text
from core.errors import InputError
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.languages import known_languages, language_note
from core.tasks.lines import split_lines
from core.tasks.task import Example, Family, Task, Way
from core.tasks.text_faults import fault_of, stopped_text

if TYPE_CHECKING:
    from core.models import LanguageModel
    from core.tasks.text_scores import TextScores

ROW_LIMIT: Final = 200
"""Texts of one call: each takes seconds."""
TOGETHER: Final = 8
"""Texts that are written at the same time: their steps are computed in one batch."""
_ENCODER, _CAUSAL, _NUMBERS = "minilm-l6", "smollm2-135m-instruct", "numbers-to-words"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswer:
    """What was written of one text, and how near it is to its references, where there are any."""

    text: str
    output: str = ""
    references: tuple[str, ...] = ()
    scores: TextScores | None = None
    tokens: int = 0
    note: str = ""
    problem: str = ""

    def cells(self) -> Mapping[str, object]:
        """text, output, reference, the scores, note."""
        scores = self.scores
        return {
            "text": self.text,
            "output": self.output,
            "reference": "\n".join(self.references),
            "rouge_1": None if scores is None else round(scores.rouge1, 4),
            "rouge_l": None if scores is None else round(scores.rouge_l, 4),
            "bleu": None if scores is None else round(scores.bleu, 2),
            "chrf": None if scores is None else round(scores.chrf, 2),
            "exact": None if scores is None else int(scores.exact),
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
) -> Sequence[WrittenAnswer]:
    """Each text's answer; the lines of a second text are references."""
    if len(texts) > ROW_LIMIT:
        raise InputError(
            _("There are {count:,} texts and each takes seconds: write at most {limit}.").format(
                count=len(texts), limit=ROW_LIMIT
            )
        )
    done = 0

    def one(text: str, second: str) -> WrittenAnswer:
        nonlocal done
        found = write_answer(task, model, text, split_lines(second), way=way, stop=stop)
        done += 1
        progress(done, len(texts))
        return found

    if len(texts) == 1:
        return [one(texts[0], seconds[0])]
    with ThreadPoolExecutor(max_workers=TOGETHER, thread_name_prefix="task") as threads:
        asked = [
            threads.submit(contextvars.copy_context().run, one, text, second)
            for text, second in zip(texts, seconds, strict=True)
        ]
        return [each.result() for each in asked]


def write_answer(
    task: Task,
    model: LanguageModel,
    text: str,
    references: Sequence[str] = (),
    *,
    way: Way,
    stop: Stop,
    heard: Callable[[str], None] | None = None,
) -> WrittenAnswer:
    """What ``model`` writes of ``text``, the most probable token at each step, and its scores.

    ``heard`` is told at every step what is written so far. What is wrong with the text is the
    answer's ``problem``.
    """
    from core.tasks.extractive import central_sentences
    from core.tasks.task_writing import TaskWriting
    from core.tasks.text_scores import score_text

    own = tuple(references)
    problem = fault_of(text) or (stopped_text() if stop() else "")
    if problem:
        return WrittenAnswer(text=text, references=own, problem=problem)
    try:
        if is_extractive(task, way):
            extract = central_sentences(model, text)
            output, tokens, windows = extract.text, 0, 1
            note = extract_note(extract.left_out)
        else:
            writing = TaskWriting(task, model, text, way=way, most=most_tokens(task))
            for _piece in writing.pieces():
                if heard is not None:
                    heard(writing.written)
                if stop():
                    break
            output, tokens, windows = writing.written.strip(), writing.tokens, writing.windows
            note = windows_note(windows) or cut_note(writing.total, writing.limit)
    except InputError as error:
        return WrittenAnswer(text=text, references=own, problem=str(error))
    try:
        scores = score_text(output, own)
    except InputError as error:  # a reference that is too long: the answer is still one
        scores, note = None, " ".join(each for each in (note, str(error)) if each)
    said = language_note(text, known_languages(model.id, task))
    return WrittenAnswer(
        text=text,
        output=output,
        references=own,
        scores=scores,
        tokens=tokens,
        note=" ".join(each for each in (said, note) if each),
    )


def is_extractive(task: Task, way: Way) -> bool:
    """Whether the answer is taken from the text and not written."""
    return task.id == "summary" and way == "built-in"


def most_tokens(task: Task) -> int:
    """How many tokens an answer has at most."""
    return int(task.hidden.get("most", "60"))


def windows_note(count: int) -> str:
    """Say that a text was read in parts; "" where it was not."""
    if count < 2:
        return ""
    return _("Too long to be read at once: {count} windows, a line for each.").format(count=count)


def cut_note(total: int, limit: int) -> str:
    """Say that a text was cut; "" where it was not."""
    if not total:
        return ""
    return _("Too long: {total:,} tokens, the model reads {limit:,}; the rest is left out.").format(
        total=total, limit=limit
    )


def extract_note(left_out: int) -> str:
    """Say that sentences were not read; "" where all were."""
    if not left_out:
        return ""
    return _("The last {count:,} sentences were not read.").format(count=left_out)


_REFERENCES: Final = Text(en="References, one a line (optional)", zh="参考文本，每行一个（可不填）")
_ARTICLE: Final = (
    "The city council voted on Tuesday to close the old harbour bridge for repairs. The bridge, "
    "which was built in 1932, carries some nine thousand cars a day. Engineers found cracks in two "
    "of its steel beams during an inspection in March. The work will begin in June and is expected "
    "to take eighteen months. Drivers will have to use the tunnel in the north of the city, which "
    "is already crowded in the morning. Shop owners near the bridge fear that they will lose "
    "customers and have asked the council for help."
)

_TASKS: Final = (
    Task(
        id="summary",
        family="generation",
        titles=Text(en="Summary", zh="摘要"),
        languages=("en",),
        examples={
            "en": Example(
                text=_ARTICLE,
                second="The city closes its old harbour bridge for eighteen months of repairs.",
            )
        },
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": ""},
        dataset="news-articles",
        template="Summarize this text in one short sentence.\n\n{{ text }}",
        second=_REFERENCES,
        hidden={"most": "60"},
    ),
    Task(
        id="to-english",
        family="generation",
        titles=Text(en="Into English", zh="译成英文"),
        languages=(),
        examples={
            "en": Example(text="30528", second="thirty thousand five hundred and twenty-eight")
        },
        models={"built-in": _NUMBERS, "prompted": _CAUSAL, "tuned": ""},
        template="Write this in English words. Answer with the words alone.\n\n{{ text }}",
        second=_REFERENCES,
        hidden={"most": "40", "language": "en"},
    ),
    Task(
        id="to-chinese",
        family="generation",
        titles=Text(en="Into Chinese", zh="译成中文"),
        languages=(),
        examples={"en": Example(text="30528", second="三万零五百二十八")},
        models={"built-in": _NUMBERS, "prompted": _CAUSAL, "tuned": ""},
        template="Translate this into Chinese. Answer with the translation alone.\n\n{{ text }}",
        second=_REFERENCES,
        hidden={"most": "40", "language": "zh"},
    ),
    Task(
        id="continuation",
        family="generation",
        titles=Text(en="Continuation", zh="续写"),
        languages=("en",),
        examples={"en": Example(text="The old lighthouse keeper opened the door and")},
        models={"built-in": _CAUSAL, "prompted": _CAUSAL, "tuned": ""},
        template="Continue this text with one or two sentences.\n\n{{ text }}",
        hidden={"most": "40"},
    ),
    Task(
        id="dialogue",
        family="generation",
        titles=Text(en="Dialogue", zh="对话"),
        languages=("en",),
        examples={"en": Example(text="What is the capital of France?", second="Paris")},
        models={"built-in": "", "prompted": _CAUSAL, "tuned": ""},
        template="{{ text }}",
        second=_REFERENCES,
        hidden={"most": "60"},
    ),
)

FAMILY: Final = Family(
    name="generation",
    titles=Text(en="Generation", zh="生成"),
    abouts=Text(en="A new text from a text", zh="由一段文本写出新的文本"),
    tasks=_TASKS,
    solve=_solve,
)
