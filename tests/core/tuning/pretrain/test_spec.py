"""A spec of a run from nothing: it checks itself, and JSON gives it back."""

import dataclasses

import pytest

from core.errors import InputError
from core.tuning.pretrain import PRESETS, TEXTS, TOKENIZERS, PretrainSpec, default_spec
from core.tuning.spec import TextShare

SPEC = default_spec("masked")


@pytest.mark.parametrize("objective", TOKENIZERS)
@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("size", PRESETS)
def test_every_default_comes_back_from_its_json(objective, language, size):
    spec = default_spec(objective, language, size)
    assert PretrainSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"hidden": 130}, "multiple of the 4 heads"),
        ({"steps": 0}, "steps is 0"),
        ({"batch": True}, "batch is True"),
        ({"vocabulary": 8}, "vocabulary is 8"),
        ({"rate": float("nan")}, "rate is nan"),
        ({"held_out": 0.5}, "held_out is 0.5"),
        ({"tokenizer": "words"}, "tokenizer is words"),
        ({"texts": ()}, "Choose texts"),
        ({"file": "a.txt"}, "Choose texts"),
        ({"texts": (TextShare(dataset="brown"),) * 2}, "twice"),
        ({"texts": (TextShare(dataset="numbers"),)}, "encoder–decoder"),
        ({"texts": (), "file": "../a.txt"}, "without folders"),
        ({"objective": "seq2seq", "tokenizer": "words"}, "two columns"),
    ],
)
def test_what_no_run_can_have_is_refused(settings, told):
    with pytest.raises(InputError, match=told):
        dataclasses.replace(SPEC, **settings)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', SPEC.to_json()[:-9]])
def test_what_is_no_spec_is_refused(text):
    with pytest.raises(InputError, match="no description"):
        PretrainSpec.from_json(text)


def test_each_language_has_a_text_that_pip_alone_fetches():
    from core.catalogue import find_dataset

    for names in TEXTS.values():
        entries = [find_dataset(name) for name in names]
        assert all(entries)
        assert entries[0].source == "package"
