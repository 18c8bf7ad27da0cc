"""Which texts a run looks into: those that were chosen, or some of the rows that are held out.

The same examples, tokenizer and seed give the same inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from transformers import PreTrainedTokenizerFast

from core.tuning.labelled.examples import LABELLED, PAIRED, Examples
from core.tuning.probes.readings import ProbeInput
from core.tuning.probes.spec import ProbeText

_COUNT: Final = 2
_SHORT, _LONG = 10, 24  # tokens of a text that is good to look at
_LOOKED_AT: Final = 300  # rows among which the inputs are sought
_BEGINNING: Final = 8  # tokens of a text that a model is to go on with
_PROBES: Final = 700_000  # apart from every seed of training


def choose_inputs(
    texts: Sequence[ProbeText],
    held_out: Examples,
    tokenizer: PreTrainedTokenizerFast,
    *,
    seed: int,
) -> tuple[ProbeInput, ...]:
    """``texts`` as inputs, or some held-out rows of ``held_out``, short and of several labels."""
    if texts:
        return tuple(_typed(each, held_out) for each in texts)
    chosen: list[int] = []
    seen: set[tuple[int, ...]] = set()
    fitting = list(_fitting(held_out, tokenizer, seed))
    for number in fitting:  # one of each label first
        label = held_out.labels[number : number + 1]
        if label not in seen:
            seen.add(label)
            chosen.append(number)
    chosen += [number for number in fitting if number not in chosen]
    return tuple(_row(held_out, number, tokenizer) for number in chosen[:_COUNT])


def as_examples(inputs: Sequence[ProbeInput], like: Examples) -> Examples:
    """Inputs of labelled data as examples; a label that is not known is the first one."""
    kind, names = like.kind, like.label_names
    places = {name: place for place, name in enumerate(names)}
    words = tuple(each.tagged for each in inputs)
    return Examples(
        kind=kind,
        texts=tuple(each.text for each in inputs),
        seconds=tuple(each.second for each in inputs) if kind in PAIRED else (),
        labels=tuple(places.get("".join(each.expected), 0) for each in inputs)
        if kind in LABELLED
        else (),
        words=words if kind == "tagging" else (),
        tags=tuple((0,) * len(row) for row in words) if kind == "tagging" else (),
        label_names=names,
    )


def _typed(text: ProbeText, held_out: Examples) -> ProbeInput:
    """An input that somebody typed; a second text belongs to pairs only."""
    return ProbeInput(text=text.text, second=text.second if held_out.kind == "pair" else "")


def _fitting(held_out: Examples, tokenizer: PreTrainedTokenizerFast, seed: int) -> Iterator[int]:
    """Rows in an order drawn by ``seed``, those of a good length before the others."""
    order = np.random.default_rng((_PROBES, seed)).permutation(len(held_out))[:_LOOKED_AT]
    rows = [int(number) for number in order if held_out.texts[number].strip()]
    lengths = {number: _length(held_out, number, tokenizer) for number in rows}
    away = {number: max(_SHORT - length, length - _LONG, 0) for number, length in lengths.items()}
    return iter(sorted(rows, key=away.__getitem__))


def _length(held_out: Examples, number: int, tokenizer: PreTrainedTokenizerFast) -> int:
    text = held_out.texts[number]
    if held_out.kind == "pair":
        text = f"{text} {held_out.seconds[number]}"
    found = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    return len(found)


def _row(held_out: Examples, number: int, tokenizer: PreTrainedTokenizerFast) -> ProbeInput:
    kind, text = held_out.kind, held_out.texts[number]
    expected: tuple[str, ...] = ()
    if kind in LABELLED:
        expected = (held_out.label_names[held_out.labels[number]],)
    elif kind == "tagging":
        expected = tuple(held_out.label_names[tag] for tag in held_out.tags[number])
    elif kind == "completion":
        expected = (held_out.seconds[number],)
    elif kind == "causal":
        text = beginning(text, tokenizer)
    return ProbeInput(
        text=text,
        second=held_out.seconds[number] if kind == "pair" else "",
        expected=expected,
        words=held_out.words[number] if kind == "tagging" else (),
        row=held_out.rows[number] if held_out.rows else 0,
    )


def beginning(text: str, tokenizer: PreTrainedTokenizerFast) -> str:
    """The first words of ``text``, some tokens long, for a model to go on with."""
    spans = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
        "offset_mapping"
    ]
    if len(spans) <= _BEGINNING:
        return text.rstrip()
    end = spans[_BEGINNING][0]
    cut = text[:end].rstrip()
    whole = text[end - 1 : end].isspace() or text[end : end + 1].isspace()
    before = cut if whole else cut[: max(cut.rfind(" "), 0)].rstrip()
    return before or cut
