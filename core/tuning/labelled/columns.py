"""Which columns of a table hold what: those that are named, else the obvious ones.

A column is known by its name, in English or 中文, and otherwise by what stands in the first rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import InputError
from core.language import _
from core.tuning.labelled.examples import LABELLED, DataSource, Kind
from core.tuning.labelled.tables import Table

_TEXT: Final = (
    *("text", "sentence", "texts", "sentences", "review", "comment", "message", "content"),
    *("question", "body", "tweet", "document", "句子", "文本", "内容", "评论"),
)
_WORDS: Final = ("words", "tokens", "词", "词语")
_FIRST: Final = (
    *("text1", "sentence1", "premise", "question1", "first", "text", "sentence", "question"),
    *("query", "文本1", "句子1", "前句"),
)
_SECOND: Final = (
    *("text2", "sentence2", "hypothesis", "question2", "second", "pair", "answer", "passage"),
    *("文本2", "句子2", "后句"),
)
_PROMPT: Final = ("prompt", "instruction", "question", "input", "提示", "指令", "问题")
_COMPLETION: Final = (
    "completion",
    "response",
    "answer",
    "output",
    "target",
    "回答",
    "答案",
    "输出",
)
_LABEL: Final = (
    *("label", "labels", "class", "category", "sentiment", "intent", "target"),
    *("标签", "类别", "分类", "情感"),
)
_TAGS: Final = ("tags", "ner_tags", "pos_tags", "upos", "labels", "label", "标签", "词性")

_LABEL_SIGNS: Final = 40  # characters: what is longer is rather a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The names of columns; "" where a kind needs none or none was found.

    ``text`` holds the words of tagging and the prompts of completion, ``second`` the completions,
    ``label`` the tags.
    """

    text: str = ""
    second: str = ""
    label: str = ""


def guess_kind(table: Table) -> Kind:
    """What the table is most likely for, by the names of its columns."""
    if _named(table, _WORDS) and _named(table, _TAGS):
        return "tagging"
    label = _named(table, _LABEL)
    second = _named(table, _SECOND)
    if label and second and _named(table, _FIRST):
        return "pair"
    if _named(table, _PROMPT) and _named(table, _COMPLETION):
        return "completion"
    return "classification" if guess_columns(table, "classification").label else "causal"


def guess_columns(table: Table, kind: Kind) -> Columns:
    """The obvious columns for ``kind``; "" for each that is not obvious."""
    if kind == "tagging":
        return Columns(text=_named(table, (*_WORDS, *_TEXT)), label=_named(table, _TAGS))
    if kind == "completion":
        return Columns(text=_named(table, _PROMPT), second=_named(table, _COMPLETION))
    if kind == "pair":
        first, second = _named(table, _FIRST), _named(table, _SECOND)
        return Columns(text=first, second=second, label=_label(table, (first, second)))
    label = _label(table, ()) if kind == "classification" else ""
    text = _named(table, (*_TEXT, *_WORDS)) or _longest(table, label)
    if kind == "classification":
        return Columns(text=text, label=_label(table, (text,)))
    return Columns(text=text)


def find_columns(table: Table, source: DataSource) -> Columns:
    """The columns that the source names, and the obvious ones where it names none.

    Raises InputError for a name that the table lacks, and where none is obvious.
    """
    guessed = guess_columns(table, source.kind)
    found = Columns(
        text=source.text or guessed.text,
        second=(source.second or guessed.second) if source.kind in ("pair", "completion") else "",
        label=(source.label or guessed.label) if source.kind in (*LABELLED, "tagging") else "",
    )
    for role, name in _roles(source.kind, found).items():
        if not name:
            raise InputError(
                _("Choose the column of {role}: {name} has the columns {columns}.").format(
                    role=role, name=table.name, columns=_shown(table.columns)
                )
            )
        if name not in table.columns:
            raise InputError(
                _("{name} has no column “{column}”: choose one of {columns}.").format(
                    name=table.name, column=name[:60], columns=_shown(table.columns)
                )
            )
    used = [name for name in (found.text, found.second, found.label) if name]
    if len(set(used)) < len(used):
        raise InputError(
            _("The column “{column}” of {name} is chosen twice: choose another.").format(
                column=next(name for name in used if used.count(name) > 1), name=table.name
            )
        )
    return found


def _roles(kind: Kind, columns: Columns) -> dict[str, str]:
    if kind == "tagging":
        return {_("the words"): columns.text, _("the tags"): columns.label}
    if kind == "completion":
        return {_("the prompt"): columns.text, _("the completion"): columns.second}
    roles = {_("the text"): columns.text}
    if kind == "pair":
        roles[_("the second text")] = columns.second
    if kind in LABELLED:
        roles[_("the label")] = columns.label
    return roles


def _shown(columns: Sequence[str]) -> str:
    first = ", ".join(f"“{column[:40]}”" for column in columns[:8])
    return f"{first} …" if len(columns) > 8 else first


def _named(table: Table, names: Sequence[str]) -> str:
    """The column with the best of ``names``, capital letters counting the same."""
    folded = {column.casefold(): column for column in reversed(table.columns)}
    return next((folded[name] for name in names if name in folded), "")


def _label(table: Table, texts: Sequence[str]) -> str:
    """The column of labels: by its name, or the one with the fewest different short cells."""
    known = _named(table, _LABEL)
    if known and known not in texts:
        return known
    different = {
        column: len(set(cells))
        for column in table.columns
        if column and column not in texts and (cells := _cells(table, column))
        if max(map(len, cells)) <= _LABEL_SIGNS
    }
    few = {column: count for column, count in different.items() if 2 * count <= len(table.head)}
    return min(few, key=lambda column: few[column], default="")


def _longest(table: Table, label: str) -> str:
    """The column, not that of labels, with the longest texts."""
    sizes = {
        column: sum(len(cell) for cell in _cells(table, column))
        for column in table.columns
        if column and column != label
    }
    return max(sizes, key=lambda column: sizes[column], default="")


def _cells(table: Table, column: str) -> list[str]:
    """The cells of the first rows that hold something, as texts."""
    place = table.columns.index(column)
    cells = (cells[place] for _number, cells in table.head)
    return [str(cell).strip() for cell in cells if cell is not None and str(cell).strip()]
