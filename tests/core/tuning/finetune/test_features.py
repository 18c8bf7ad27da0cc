"""Examples as tokens: what is predicted in a row, and where it is cut."""

import pytest

from core.tuning.finetune.features import featurize, words_asked
from core.tuning.labelled.examples import Examples
from core.tuning.masking import IGNORED


def _rows(examples, tokenizer, *, limit=32, typed=False):
    features = featurize(examples, tokenizer, limit=limit, typed=typed)
    return [tuple(part.tolist() for part in features.row(place)) for place in range(len(features))]


def test_a_classified_text_has_its_class(tokenizers, make_examples):
    examples = make_examples("classification", 4)
    rows = _rows(examples, tokenizers["bert"])
    assert [labels for _ids, _types, labels in rows] == [[0], [1], [0], [1]]
    cls, sep = tokenizers["bert"].cls_token_id, tokenizers["bert"].sep_token_id
    assert all(ids[0] == cls and ids[-1] == sep for ids, _types, _labels in rows)


def test_a_pair_has_segments_and_is_cut_to_the_limit(tokenizers, make_examples):
    for ids, types, _labels in _rows(
        make_examples("pair", 4), tokenizers["bert"], limit=16, typed=True
    ):
        assert len(ids) == len(types) == 16
        assert set(types) == {0, 1}


@pytest.mark.parametrize("name", ["gpt2", "llama3", "roberta"])
def test_the_tag_of_a_word_stands_at_its_first_token(tokenizers, name):
    tokenizer = tokenizers[name]
    words = ("Tokyo", "antidisestablishment", "is", "wide")
    examples = Examples(
        kind="tagging",
        texts=(" ".join(words),),
        words=(words,),
        tags=((3, 1, 2, 0),),
        label_names=("a", "b", "c", "d"),
    )
    ((ids, _types, labels),) = _rows(examples, tokenizer, limit=64)
    assert [label for label in labels if label != IGNORED] == [3, 1, 2, 0]
    starts = [place for place, label in enumerate(labels) if label != IGNORED]
    ends = [*starts[1:], len(ids)]
    for word, start, end in zip(words, starts, ends, strict=True):
        assert word.lower() in tokenizer.decode(ids[start:end]).lower().replace(" ", "")


def test_a_word_without_a_token_is_left_out_and_the_others_keep_their_numbers(tokenizers):
    """Selectors and joiners of emoji are tokens of their own in tables of tweets."""
    words = ("I", "\ufe0f", "love", "\u200d", "New York", "it")
    assert words_asked(words, tokenizers["bert"], 64) == (0, 2, 4, 5)
    assert words_asked(words, tokenizers["bert"], 4) == (0, 2)


def test_words_beyond_the_limit_are_not_scored(tokenizers, make_examples):
    for ids, _types, labels in _rows(make_examples("tagging", 4), tokenizers["bert"], limit=8):
        assert len(ids) == len(labels) == 8
        assert labels[0] == labels[-1] == IGNORED


@pytest.mark.parametrize("name", ["gpt2", "llama3"])
def test_only_a_completion_is_predicted_and_the_end_after_it(tokenizers, name):
    tokenizer = tokenizers[name]
    examples = Examples(
        kind="completion", texts=("The capital of Japan is",), seconds=("Tokyo wide.",)
    )
    ((ids, _types, labels),) = _rows(examples, tokenizer, limit=64)
    predicted = [label for label in labels if label != IGNORED]
    assert predicted[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(predicted[:-1]).strip() == "Tokyo wide."
    assert ids[-len(predicted) :] == predicted


def test_a_prompt_that_is_too_long_loses_its_beginning(tokenizers):
    examples = Examples(kind="completion", texts=("one two three " * 20,), seconds=("Tokyo",))
    ((ids, _types, labels),) = _rows(examples, tokenizers["gpt2"], limit=12)
    assert len(ids) == 12
    assert "Tokyo" in tokenizers["gpt2"].decode([label for label in labels if label != IGNORED])


def test_a_long_text_makes_several_rows_and_loses_nothing(tokenizers):
    tokenizer = tokenizers["gpt2"]
    text = "One two three four five six seven. " * 10
    rows = _rows(Examples(kind="causal", texts=(text, "Bert is wide.")), tokenizer, limit=16)
    assert all(len(ids) <= 16 and labels[0] == IGNORED for ids, _types, labels in rows)
    assert all(ids[1:] == labels[1:] for ids, _types, labels in rows)
    whole = [id_ for ids, _types, _labels in rows for id_ in ids]
    end = tokenizer.eos_token
    assert tokenizer.decode(whole) == f"{text}{end}Bert is wide.{end}"


def test_no_text_makes_no_rows(tokenizers):
    assert len(featurize(Examples(kind="causal", texts=()), tokenizers["gpt2"], limit=8,
                         typed=False)) == 0  # fmt: skip
