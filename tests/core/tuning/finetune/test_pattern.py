"""PET: the word's place, the texts around it, and what cannot be asked."""

import pytest

from core.errors import InputError
from core.tuning.finetune.pattern import featurize_pattern, read_pattern
from core.tuning.labelled.examples import Examples
from core.tuning.masking import IGNORED

LABELS = ("positive", "negative")
WORDS = (("positive", "wide"), ("negative", "tired"))


def _pattern(
    tokenizer, template="{text} It is {word}.", *, causal=False, words=WORDS, paired=False
):
    return read_pattern(template, words, LABELS, tokenizer, paired=paired, causal=causal)


def _examples(*texts):
    return Examples(
        kind="classification",
        texts=texts,
        labels=tuple(place % 2 for place in range(len(texts))),
        label_names=LABELS,
    )


def _row(examples, pattern, tokenizer, limit=32):
    features = featurize_pattern(examples, pattern, tokenizer, limit=limit, typed=False)
    return [tuple(part.tolist() for part in features.row(place)) for place in range(len(features))]


@pytest.mark.parametrize("name", ["bert", "roberta"])
def test_the_class_stands_where_the_mask_is(tokenizers, name):
    tokenizer = tokenizers[name]
    rows = _row(_examples("The street", "The animal"), _pattern(tokenizer), tokenizer)
    for place, (ids, _types, labels) in enumerate(rows):
        found = {at: label for at, label in enumerate(labels) if label != IGNORED}
        assert found == {ids.index(tokenizer.mask_token_id): place}


def test_the_words_are_the_tokens_within_a_sentence(tokenizers):
    tokenizer = tokenizers["gpt2"]
    pattern = _pattern(tokenizer, "{text} It is {word}", causal=True)
    assert [tokenizer.decode([id_]) for id_ in pattern.word_ids] == [" wide", " tired"]


def test_a_causal_model_predicts_the_word_after_the_rest(tokenizers):
    tokenizer = tokenizers["gpt2"]
    pattern = _pattern(tokenizer, "{text} It is {word}", causal=True)
    ((ids, _types, labels),) = _row(_examples("The street."), pattern, tokenizer)
    assert tokenizer.decode(ids[:-1]) == "The street. It is"
    assert labels == [IGNORED] * (len(ids) - 1) + [0]


def test_a_long_text_is_cut_and_the_template_stays(tokenizers):
    tokenizer = tokenizers["bert"]
    text = "the animal is tired " * 30
    ((ids, _types, labels),) = _row(_examples(text), _pattern(tokenizer), tokenizer, limit=24)
    assert len(ids) <= 24
    assert ids.count(tokenizer.mask_token_id) == 1
    assert ids[-1] == tokenizer.sep_token_id
    assert [label for label in labels if label != IGNORED] == [0]


def test_braces_and_masks_within_a_text_are_text(tokenizers):
    tokenizer = tokenizers["bert"]
    text = "The {second} {word} [MASK] street"
    pattern = _pattern(tokenizer)
    ((ids, _types, labels),) = _row(_examples(text), pattern, tokenizer, limit=64)
    assert ids.count(tokenizer.mask_token_id) == 1
    assert labels[ids.index(tokenizer.mask_token_id)] == 0


@pytest.mark.parametrize(
    ("template", "settings", "said"),
    [
        ("It is {word}.", {}, r"needs \{text\} once"),
        ("{text} It is good.", {}, r"needs \{word\} once"),
        ("{text} {text} {word}", {}, r"needs \{text\} once"),
        ("{text} {word}", {"paired": True}, r"needs \{second\} once"),
        ("{word} {text}", {"causal": True}, "let the template end"),
        ("{text} {word}", {"words": (("negative", "incomprehensible"),)}, "no single token"),
        ("{text} {word}", {"words": (*WORDS[:1], ("negative", "wide"))}, "give each its own"),
    ],
)
def test_a_pattern_that_cannot_be_asked_is_refused(tokenizers, template, settings, said):
    with pytest.raises(InputError, match=said):
        _pattern(tokenizers["bert"], template, **settings)


def test_a_template_longer_than_the_limit_is_refused(tokenizers):
    pattern = _pattern(tokenizers["bert"], "{text} " + "the street is wide " * 5 + "{word}")
    with pytest.raises(InputError, match="leaves no room"):
        _row(_examples("The street"), pattern, tokenizers["bert"], limit=16)
