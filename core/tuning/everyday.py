"""Thirty everyday sentences with one mask each: what a masked model answers, right and wrong.

The sentences and their answers stand in ``everyday.toml`` and were fixed before training.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import torch
from transformers import BertForPreTraining, PreTrainedTokenizerFast

_FILE: Final = Path(__file__).with_name("everyday.toml")
SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class EverydaySentence:
    """A sentence with [MASK] in it, and the words that count as right."""

    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EverydayAnswer:
    """What a model put first, second and third, with probabilities; right by the first alone."""

    text: str
    expected: tuple[str, ...]
    words: tuple[str, ...]
    probabilities: tuple[float, ...]

    @property
    def right(self) -> bool:
        """Whether the first choice is one of the expected words."""
        return self.words[0] in self.expected


@cache
def everyday_sentences() -> tuple[EverydaySentence, ...]:
    """The thirty sentences."""
    with _FILE.open("rb") as file:
        tables = tomllib.load(file)["sentence"]
    return tuple(
        EverydaySentence(text=table["text"], answers=tuple(table["answers"])) for table in tables
    )


def answer_everyday(
    network: BertForPreTraining, tokenizer: PreTrainedTokenizerFast
) -> tuple[EverydayAnswer, ...]:
    """The three most probable tokens for the mask of each sentence."""
    return tuple(_answer(network, tokenizer, each) for each in everyday_sentences())


def _answer(
    network: BertForPreTraining, tokenizer: PreTrainedTokenizerFast, sentence: EverydaySentence
) -> EverydayAnswer:
    inputs = tokenizer(sentence.text, return_tensors="pt")
    place = inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    with torch.inference_mode():
        logits = network(**inputs).prediction_logits[0, place].float()  # (vocab,)
    best = torch.softmax(logits, dim=-1).topk(SHOWN)
    return EverydayAnswer(
        text=sentence.text,
        expected=sentence.answers,
        words=tuple(tokenizer.convert_ids_to_tokens(best.indices.tolist())),
        probabilities=tuple(best.values.tolist()),
    )
