"""What numbers are called, and that none is both learnt and held out."""

import pytest

from core.errors import InputError
from core.tuning.pretrain.numbers import ALL_BELOW, LIMIT, answer, number_pairs


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (0, "zero", "零"),
        (10, "ten", "十"),
        (12, "twelve", "十二"),
        (20, "twenty", "二十"),
        (105, "one hundred and five", "一百零五"),
        (110, "one hundred and ten", "一百一十"),
        (1005, "one thousand and five", "一千零五"),
        (1050, "one thousand and fifty", "一千零五十"),
        (10_000, "ten thousand", "一万"),
        (30_528, "thirty thousand five hundred and twenty-eight", "三万零五百二十八"),
        (100_010, "one hundred thousand and ten", "十万零一十"),
        (103_000, "one hundred and three thousand", "十万三千"),
        (
            999_999,
            "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
            "九十九万九千九百九十九",
        ),
    ],
)
def test_a_number_is_called_as_people_call_it(number, english, chinese):
    assert answer(number, "en") == english
    assert answer(number, "zh") == chinese


def test_no_two_numbers_are_called_the_same():
    for language in ("en", "zh"):
        assert len({answer(number, language) for number in range(0, LIMIT, 7)}) == -(-LIMIT // 7)


def test_held_out_numbers_are_learnt_in_neither_language():
    train, held_out = number_pairs(0.02, seed=3)
    learnt = {int(asked.partition(" ")[2]) for asked, _said in train}
    kept_out = {int(asked.partition(" ")[2]) for asked, _said in held_out}
    assert not learnt & kept_out
    assert set(range(ALL_BELOW)) <= learnt
    assert len(held_out) == 2 * len(kept_out)


def test_the_seed_decides_the_pairs():
    assert number_pairs(0.02, seed=3) == number_pairs(0.02, seed=3)
    assert number_pairs(0.02, seed=3) != number_pairs(0.02, seed=4)


@pytest.mark.parametrize("number", [-1, LIMIT])
def test_other_numbers_are_refused(number):
    with pytest.raises(InputError, match="choose 0 to 999,999"):
        answer(number, "en")
