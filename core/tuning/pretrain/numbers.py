"""Numbers and what they are called in English and in Chinese: pairs of texts made by rule.

``en: 30528`` becomes “thirty thousand five hundred and twenty-eight”, ``zh: 30528`` becomes
“三万零五百二十八”. A number that is held out is so in both languages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from core.errors import InputError
from core.language import _

LIMIT: Final = 1_000_000
"""Numbers are below it."""
DRAWN: Final = 60_000
"""How many numbers are drawn, beside the small ones that are all learnt."""
ALL_BELOW: Final = 1_000
SMALL_TIMES: Final = 3
"""How often each small number stands among those that are learnt."""
LANGUAGES: Final = ("en", "zh")

_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS: Final = (
    *("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = ("", "十", "百", "千")

Pair = tuple[str, str]


def question(number: int, language: str) -> str:
    """What the model is given: the language, and the number in digits."""
    return f"{language}: {number}"


def answer(number: int, language: str) -> str:
    """What the number is called. Raises InputError for one that is too large or negative."""
    if not 0 <= number < LIMIT:
        raise InputError(
            _("{number} is not among the numbers: choose 0 to {limit:,}.").format(
                number=number, limit=LIMIT - 1
            )
        )
    return in_chinese(number) if language == "zh" else in_english(number)


def in_english(number: int) -> str:
    """British English: “and” before the last two digits."""
    thousands, rest = divmod(number, 1_000)
    if not thousands:
        return _below_thousand(rest)
    said = f"{_below_thousand(thousands)} thousand"
    if not rest:
        return said
    return f"{said} {'and ' if rest < 100 else ''}{_below_thousand(rest)}"


def in_chinese(number: int) -> str:
    """By groups of four digits; zeros inside are said once, 十 at the start without 一."""
    if number == 0:
        return _DIGITS[0]
    myriads, rest = divmod(number, 10_000)
    said = f"{_below_myriad(myriads)}万" if myriads else ""
    if rest:
        said += (_DIGITS[0] if myriads and rest < 1_000 else "") + _below_myriad(rest)
    return said[1:] if said.startswith("一十") else said


@lru_cache(maxsize=4)
def number_pairs(held_out: float, *, seed: int) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Pairs to train on and pairs of other numbers, each number in both languages.

    Below ``ALL_BELOW`` every number is learnt. The others have four to six digits, all lengths
    as often, and of one in three half the digits are 0: evenly drawn numbers hardly have any.
    """
    drawn = np.random.default_rng((seed, 5))
    numbers = np.unique([_drawn(drawn) for _number in range(DRAWN)])
    numbers = drawn.permutation(numbers[numbers >= ALL_BELOW])
    count = max(1, round(held_out * len(numbers)))
    small = np.tile(np.arange(ALL_BELOW), SMALL_TIMES)
    learnt = drawn.permutation(np.concatenate([small, numbers[count:]]))
    return _pairs(learnt), _pairs(numbers[:count])


def _drawn(drawn: np.random.Generator) -> int:
    length = int(drawn.integers(4, 7))
    digits = drawn.integers(0, 10, length)
    if drawn.random() < 1 / 3:
        digits = np.where(drawn.random(length) < 0.5, 0, digits)
    return int("".join(map(str, digits)))


def _pairs(numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Pair, ...]:
    return tuple(
        (question(int(number), language), answer(int(number), language))
        for number in numbers
        for language in LANGUAGES
    )


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = f"{_ONES[hundreds]} hundred" if hundreds else ""
    if not rest and hundreds:
        return said
    tens, ones = divmod(rest, 10)
    small = _ONES[rest] if rest < 20 else _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    return f"{said} and {small}" if said else small


def _below_myriad(number: int) -> str:
    said, skipped = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if not digit:
            skipped = bool(said)
            continue
        said += (_DIGITS[0] if skipped else "") + _DIGITS[digit] + _PLACES[place]
        skipped = False
    return said
