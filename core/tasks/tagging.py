"""Tagging: a tag for each word. Parts of speech, names.

Built-in: the tag whose words' vectors are, in the mean, most like the word's (``tag_means.py``).
Prompted: the word for a tag that a language model expects (``tag_prompts.py``). Tuned: a model with
a head for the tags (``core.tuning.predicting``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.catalogue.entries import Text
from core.jobs import Progress, Stop
from core.language import _
from core.tasks.classification import fault, stopped
from core.tasks.languages import known_languages, language_note
from core.tasks.task import Example, Family, Label, Task, Way
from core.tasks.windows import text_windows, token_ends, window_note

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from core.models import LanguageModel

WINDOW: Final = 80
"""Tokens that are tagged at once: as long as the sentences that the tuned models learnt from."""
_ENCODER, _CAUSAL = "minilm-l6", "smollm2-135m-instruct"
_CHINESE = "chinese-masked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a text and where it stands: first character, and one past the last."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Several words that are one name or the like; ``probability`` is the least of its words'."""

    text: str
    kind: str
    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TagAnswer:
    """The tags of one text. ``probabilities`` (word, label); NaN for a word that was not read."""

    text: str
    words: tuple[Word, ...] = ()
    label_names: tuple[str, ...] = ()
    probabilities: npt.NDArray[np.float32] | None = None
    note: str = ""
    problem: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """The most probable tag of each word; "" where it was not read."""
        shares = self.probabilities
        if shares is None:
            return ()
        return tuple(
            "" if row[0] != row[0] else self.label_names[int(row.argmax())] for row in shares
        )

    @property
    def chances(self) -> tuple[float, ...]:
        """The probability of each word's tag."""
        shares = self.probabilities
        return () if shares is None else tuple(float(row.max()) for row in shares)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Names and the like, where tags say where one begins (B-, I-); none where they do not."""
        from core.tuning.outcome.spans import are_spans, find_spans

        if not self.words or not are_spans(self.label_names):
            return ()
        found = []
        for first, after, kind in sorted(find_spans([tag or "O" for tag in self.tags])):
            start, end = self.words[first].start, self.words[after - 1].end
            chance = min(self.chances[first:after])
            found.append(
                Span(text=self.text[start:end], kind=kind, start=start, end=end, probability=chance)
            )
        return tuple(found)

    def cells(self) -> Mapping[str, object]:
        """text, tagged (word/TAG with spaces between them), spans, the least probability, note."""
        pairs = zip(self.words, self.tags, strict=False)
        return {
            "text": self.text,
            "tagged": " ".join(f"{word.text}/{tag or '?'}" for word, tag in pairs),
            "spans": "; ".join(f"{span.text} ({span.kind})" for span in self.spans),
            "least_probability": round(min(self.chances), 6) if self.chances else None,
            "note": self.problem or self.note,
        }


def words_of(text: str) -> tuple[Word, ...]:
    """The words that are tagged, as ``core.tuning.predicting.split_words``, and their places."""
    from core.tuning.predicting import split_words

    found, place = [], 0
    for word in split_words(text):
        start = text.index(word, place)
        place = start + len(word)
        found.append(Word(text=word, start=start, end=place))
    return tuple(found)


def _solve(
    task: Task,
    model: LanguageModel,
    texts: Sequence[str],
    seconds: Sequence[str],
    *,
    way: Way,
    progress: Progress,
    stop: Stop,
) -> Sequence[TagAnswer]:
    del seconds
    answers: list[TagAnswer] = []
    for done, text in enumerate(texts):
        problem = fault(text) or (stopped() if stop() else "")
        answers.append(
            TagAnswer(text=text, problem=problem)
            if problem
            else _tagged(task, model, text, way, stop)
        )
        progress(done + 1, len(texts))
    return answers


def _tagged(task: Task, model: LanguageModel, text: str, way: Way, stop: Stop) -> TagAnswer:
    """The tags of one text, window by window."""
    import numpy as np

    limit = min(WINDOW, model.shape.max_tokens - 2)
    if way == "tuned" and model.task is not None:
        limit = min(limit, model.task.tuned.limit - 2)
    windows = text_windows(text, limit, lambda part: token_ends(model, part))
    words: list[Word] = []
    shares: list[npt.NDArray[np.float32]] = []
    names: tuple[str, ...] = tuple(label.name for label in task.labels)
    for start, end in windows:
        part = text[start:end]
        own = words_of(part)
        if not own:
            continue
        if stop():
            break
        names, found = _shares(task, model, part, own, way)
        words += [
            Word(text=word.text, start=word.start + start, end=word.end + start) for word in own
        ]
        shares.append(found)
    if not shares:
        return TagAnswer(text=text, problem=_("This text has no words to tag."))
    notes = (language_note(text, known_languages(model.id, task)), window_note(len(windows)))
    return TagAnswer(
        text=text,
        words=tuple(words),
        label_names=names,
        probabilities=np.concatenate(shares),
        note=" ".join(filter(None, notes)),
    )


def _shares(
    task: Task, model: LanguageModel, text: str, words: Sequence[Word], way: Way
) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """The labels' names, and their probabilities for each word. (word, label)"""
    if way == "tuned":
        from core.tuning.predicting import predict

        found = predict(model, (text,))[0]
        return found.label_names, found.probabilities
    names = tuple(label.name for label in task.labels)
    if way == "prompted":
        from core.tasks.tag_prompts import prompted_tags

        return names, prompted_tags(task, model, text, words)
    from core.tasks.tag_means import nearest_tags

    return names, nearest_tags(task, model, text, words)


def _label(name: str, english: str, chinese: str, word: str) -> Label:
    return Label(name=name, titles=Text(en=english, zh=chinese), word=word)


_PARTS: Final = (
    _label("NOUN", "noun", "名词", "noun"),
    _label("VERB", "verb", "动词", "verb"),
    _label("ADJ", "adjective", "形容词", "adjective"),
    _label("ADV", "adverb", "副词", "adverb"),
    _label("PRON", "pronoun", "代词", "pronoun"),
    _label("DET", "determiner", "限定词", "determiner"),
    _label("ADP", "preposition", "介词", "preposition"),
    _label("NUM", "numeral", "数词", "numeral"),
    _label("CONJ", "conjunction", "连词", "conjunction"),
    _label("PRT", "particle", "小品词", "particle"),
    _label("X", "other", "其他", "foreign"),
    _label(".", "punctuation", "标点", "symbol"),
)
_NAME_TAGS: Final = (
    _label("O", "no name", "非名称", "ordinary"),
    _label("B-PER", "person begins", "人名开头", "person"),
    _label("I-PER", "person goes on", "人名其余", "person"),
    _label("B-LOC", "place begins", "地名开头", "place"),
    _label("I-LOC", "place goes on", "地名其余", "place"),
    _label("B-ORG", "organisation begins", "机构开头", "organisation"),
    _label("I-ORG", "organisation goes on", "机构其余", "organisation"),
)

_TEMPLATE: Final = """\
Sentence: She quickly gave him two red apples and left.
The word "She" is a pronoun
The word "quickly" is a adverb
The word "gave" is a verb
The word "two" is a numeral
The word "red" is a adjective
The word "apples" is a noun
The word "and" is a conjunction
The word "." is a symbol

Sentence: {{ sentence }}
The word "{{ text }}" is a"""

_TASKS: Final = (
    Task(
        id="parts-of-speech",
        family="tagging",
        titles=Text(en="Parts of speech", zh="词性"),
        languages=("en",),
        examples={"en": Example(text="The old man can fish, but he will not open a can of fish.")},
        models={"built-in": _ENCODER, "prompted": _CAUSAL, "tuned": "tuned:parts-of-speech"},
        dataset="brown",
        labels=_PARTS,
        template=_TEMPLATE,
    ),
    Task(
        id="names-zh",
        family="tagging",
        titles=Text(en="Names in Chinese", zh="中文命名实体"),
        languages=("zh",),
        examples={"zh": Example(text="李明昨天从北京飞到上海，参加新华社的座谈会。")},
        models={"built-in": _CHINESE, "prompted": "", "tuned": "tuned:names-zh"},
        dataset="news-zh",
        labels=_NAME_TAGS,
    ),
)

FAMILY: Final = Family(
    name="tagging",
    titles=Text(en="Tagging", zh="标注"),
    abouts=Text(en="A tag for each word", zh="给每个词一个标记"),
    tasks=_TASKS,
    solve=_solve,
)
