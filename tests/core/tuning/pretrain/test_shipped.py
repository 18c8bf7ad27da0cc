"""The models from nothing that come with Headlight, as everybody loads them."""

import json

import numpy as np
import pytest

from core.attention import capture_attention
from core.catalogue import find_model, models
from core.catalogue.trained import stored_file
from core.generation import SamplingSettings, generate_steps
from core.models import load_model
from core.tuning.pretrain import PretrainSpec
from core.tuning.pretrain.examples import exact_by_language
from core.tuning.pretrain.material import read_text_pairs
from core.tuning.pretrain.shipped import SHIPPED
from core.weights import FOLDER

IDS = sorted(entry.id for entry in models() if entry.source == "trained" and not entry.base)
SIZE_LIMIT = 12_000_000


@pytest.mark.parametrize("name", IDS)
def test_the_card_belongs_to_the_weights_and_to_the_spec(name):
    entry = find_model(name)
    told = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    assert told["stored"]["sha256"] == entry.sha256
    assert told["stored"]["weights"] == entry.weights
    assert told["stored"]["nbytes"] == entry.size == stored_file(entry).stat().st_size
    assert told["parameters"] == entry.parameters
    assert PretrainSpec.from_json(json.dumps(told["spec"])) == SHIPPED[name]
    assert entry.sha256 in (FOLDER / f"{name}.md").read_text("utf-8")


def test_together_they_are_small():
    assert (
        sum(path.stat().st_size for name in IDS for path in FOLDER.glob(f"{name}.*")) < SIZE_LIMIT
    )


@pytest.fixture(scope="module")
def numbers():
    return load_model("numbers-to-words")


@pytest.mark.models
def test_numbers_that_were_held_out_are_called_right_in_both_languages(numbers):
    """Issue: at least 99 % exact on held-out numbers; the card has all of them."""
    asked = [text for text, _said in read_text_pairs(SHIPPED["numbers-to-words"]).held_out]
    some = sorted({int(text.rpartition(" ")[2]) for text in asked})[::7]
    found = exact_by_language(numbers.network, numbers.tokenizer, some)
    assert min(found.values()) >= 0.99
    told = json.loads((FOLDER / "numbers-to-words.json").read_text("utf-8"))["exact"]
    assert min(told["en"], told["zh"]) >= 0.99


@pytest.mark.models
def test_the_steps_of_the_app_give_the_name_of_a_number(numbers):
    for text, expected in (
        ("en: 30528", "thirty thousand five hundred and twenty-eight"),
        ("zh: 30528", "三万零五百二十八"),
    ):
        settings = SamplingSettings(greedy=True)
        steps = generate_steps(numbers, text, settings=settings, max_new_tokens=30)
        assert "".join(step.text for step in steps) == expected


@pytest.mark.models
def test_some_head_looks_from_each_word_to_its_digit(numbers):
    capture = capture_attention(numbers, "zh: 30528", "三万零五百二十八")
    weights = np.asarray(capture.cross_weights)  # (layer, head, query, key)
    digits = {0: 1, 3: 3, 5: 4, 7: 5}  # where 三, 五, 二 and 八 are predicted: 3, 5, 2 and 8
    for place, digit in digits.items():
        assert weights[:, :, place, digit].max() > 0.5
