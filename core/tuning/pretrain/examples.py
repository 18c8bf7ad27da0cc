"""What a shipped model says to a few fixed inputs, written before it was trained.

They show what it can do and what it cannot; nothing was chosen by its answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from core.tuning.pretrain.numbers import LANGUAGES, answer, question
from core.tuning.pretrain.spec import Objective

MASKED: Final = (
    "中国人[MASK]的生活水平不断提高。",
    "这本书写得很[MASK]，值得一看。",
    "酒店的房间很干[MASK]，服务也不错。",
    "他昨天[MASK]北京回来。",
    "今年的经[MASK]形势很好。",
    "我在网上买了一本[MASK]。",
    "会议昨天在上[MASK]举行。",
    "天气很冷，我们都不想出[MASK]。",
    "这只动物没有过马路，因为它太[MASK]了。",
    "老师让学生们认真学[MASK]。",
)
CAUSAL: Final = ("中国", "这本书", "酒店的房间", "新华社北京", "从前有一位老人，他每天")
NUMBERS: Final = (7, 42, 105, 2_020, 30_528, 100_010, 654_321)
_FIRST: Final = 3
_LENGTH: Final = 40
_TEMPERATURE: Final = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An input and what the model said: first choices with their probabilities, or a text."""

    text: str
    said: str


def example_answers(
    network: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, objective: Objective
) -> tuple[Example, ...]:
    """What ``network`` says to the inputs of its objective."""
    if objective == "masked":
        return tuple(_masked(network, tokenizer, text) for text in MASKED)
    if objective == "causal":
        return tuple(_continued(network, tokenizer, text) for text in CAUSAL)
    asked = [question(number, language) for number in NUMBERS for language in LANGUAGES]
    said = answers(network, tokenizer, asked)
    return tuple(Example(text=text, said=each) for text, each in zip(asked, said, strict=True))


def answers(
    network: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, texts: list[str]
) -> list[str]:
    """What the decoder makes of ``texts``, greedily, by transformers' own ``generate``."""
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    made = network.generate(
        input_ids=batch["input_ids"],
        attention_mask=batch["attention_mask"],
        do_sample=False,
        num_beams=1,
        max_new_tokens=tokenizer.model_max_length,
    )
    return [str(tokenizer.decode(row, skip_special_tokens=True)) for row in made]


def exact_by_language(
    network: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    numbers: list[int],
    *,
    at_once: int = 100,
) -> dict[str, float]:
    """The share of ``numbers`` that are called right, letter for letter, in each language."""
    found = {}
    for language in LANGUAGES:
        right = 0
        for start in range(0, len(numbers), at_once):
            some = numbers[start : start + at_once]
            said = answers(network, tokenizer, [question(number, language) for number in some])
            right += sum(
                each == answer(number, language) for each, number in zip(said, some, strict=True)
            )
        found[language] = right / max(1, len(numbers))
    return found


def _masked(network: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, text: str) -> Example:
    batch = tokenizer(text, return_tensors="pt")
    place = int((batch["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0])
    with torch.no_grad():
        states = network.bert(**batch).last_hidden_state[0, place]  # (hidden,)
        logits = network.cls.predictions(states)  # (vocab,)
    shares = logits.float().softmax(-1)
    top = shares.topk(_FIRST)
    said = ", ".join(
        f"{tokenizer.decode([int(number)])} {float(share):.2f}"
        for share, number in zip(top.values, top.indices, strict=True)
    )
    return Example(text=text, said=said)


def _continued(network: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, text: str) -> Example:
    torch.manual_seed(0)
    batch = tokenizer(text, return_tensors="pt")
    room = tokenizer.model_max_length - batch["input_ids"].shape[1]
    made = network.generate(
        input_ids=batch["input_ids"],
        attention_mask=batch["attention_mask"],
        do_sample=True,
        temperature=_TEMPERATURE,
        top_k=0,
        max_new_tokens=min(_LENGTH, room),
    )
    said = tokenizer.decode(made[0][batch["input_ids"].shape[1] :], skip_special_tokens=True)
    return Example(text=text, said=str(said))
