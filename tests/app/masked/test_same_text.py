"""A text spelled out for another tokenizer has the same masks at the same words."""

from __future__ import annotations

import pytest

from app.masked.same_text import spelled_out
from core.masked import mask_positions, read_masks, with_masks
from core.models import load_model
from tests.core.conftest import make_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    return {name: load_model(str(make_model(name, root / name))) for name in ("bert", "roberta")}


def spelled(model, text, words):
    original = read_masks(model, text)
    places = [place for place, word in enumerate(original.labels) if word in words]
    return spelled_out(model, text, original, with_masks(model, original, places))


@pytest.mark.parametrize(("family", "mask"), [("bert", "[MASK]"), ("roberta", "<mask>")])
def test_clicked_and_typed_masks_are_written_alike_and_spaces_stay(family, mask, tiny):
    found = spelled(tiny[family], "The animal  crossed <MASK> because [MASK].", {"animal"})
    assert found.text == f"The {mask}  crossed {mask} because {mask}."
    assert found.words == (" animal", None, None)


@pytest.mark.parametrize("first", ["bert", "roberta"])
@pytest.mark.parametrize("second", ["bert", "roberta"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The street is too wide.", {"street", "too"}),
        ("One two three, one two three.", {"two"}),
        ("[MASK] of the <mask> [MASK][MASK].", set()),
        ("The street: 😀[mask]", {"street"}),
    ],
)
def test_the_other_model_finds_as_many_masks(first, second, text, words, tiny):
    found = spelled(tiny[first], text, words)
    read = read_masks(tiny[second], found.text)
    assert len(mask_positions(tiny[second], read)) == len(found.words) > 0
