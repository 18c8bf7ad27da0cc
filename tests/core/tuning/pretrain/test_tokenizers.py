"""Tokenizers made from texts: what they cut, and that they give the text back."""

import pytest

from core.errors import InputError
from core.tuning.pretrain.tokenizers import kept_tokenizer, train_tokenizer
from tests.core.tuning.pretrain.conftest import chinese, english


def _pieces(tokenizer, *texts):
    return tokenizer.convert_ids_to_tokens(tokenizer(*texts)["input_ids"])


def test_bert_s_template_is_written_around_one_text_and_two(make_spec):
    tokenizer = train_tokenizer(make_spec("masked"), english())
    assert _pieces(tokenizer, "The animal") == ["[CLS]", "the", "animal", "[SEP]"]
    both = tokenizer("Tokyo", "is")
    assert tokenizer.convert_ids_to_tokens(both["input_ids"])[-2:] == ["is", "[SEP]"]
    assert both["token_type_ids"][-2:] == [1, 1]


def test_bytes_leave_nothing_unknown(make_spec):
    spec = make_spec("causal", tokenizer="bpe", vocabulary=400)
    tokenizer = train_tokenizer(spec, english())
    assert tokenizer.unk_token is None
    for text in ("The street.", "东京 tired\nwide"):
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_each_character_is_a_token_and_the_rare_ones_unknown(make_spec):
    tokenizer = train_tokenizer(make_spec("causal"), chinese())
    assert _pieces(tokenizer, "东西龘") == ["东", "西", "[UNK]"]
    assert tokenizer.decode(tokenizer("春夏秋冬")["input_ids"]) == "春夏秋冬"


def test_words_are_whole_and_digits_and_chinese_characters_alone(make_spec):
    texts = ["en: 30528", "thirty thousand five hundred and twenty-eight", "三万零五百二十八"]
    tokenizer = train_tokenizer(make_spec("seq2seq"), texts)
    assert _pieces(tokenizer, "en: 30528") == ["en:", *"30528", "</s>"]
    for text in texts[1:]:
        ids = tokenizer(text)["input_ids"]
        assert tokenizer.decode(ids, skip_special_tokens=True) == text


def test_a_tokenizer_is_made_once_and_kept(make_spec, tmp_path):
    spec = make_spec("masked")
    first = kept_tokenizer(spec, english(), tmp_path / "tokenizer")
    again = kept_tokenizer(spec, [], tmp_path / "tokenizer")
    assert first.get_vocab() == again.get_vocab()


def test_texts_without_words_are_refused(make_spec):
    with pytest.raises(InputError, match="no words"):
        train_tokenizer(make_spec("masked"), ["", " "])
