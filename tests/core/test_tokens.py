"""Texts to tokens that people can read: every kind of tokenizer, every kind of script."""

from __future__ import annotations

import random
import threading
import time

import pytest
import regex

from core.errors import InputError, TextError, UnsupportedError
from core.token_reader import TokenReader
from core.tokens import MAX_CHARACTERS, count_characters

BYTE_LEVEL = ("gpt2", "llama3", "roberta")
EVERY = (*BYTE_LEVEL, "bert", "llama2", "t5")
TEXTS = {
    "english": "The animal didn't cross the street.",
    "spaces": "  two  leading,\ttabs\r\nand\n\nlines  ",
    "chinese": "这只动物没有过马路，因为它太累了。東京",
    "japanese": "東京タワーへ行きました。がぎぐ",
    "korean": "안녕하세요 한글",
    "arabic": "مرحبا بالعالم، كَيْفَ حَالُكَ",
    "hebrew": "שָׁלוֹם עולם",
    "hindi": "नमस्ते दुनिया क्षत्रिय",
    "thai": "สวัสดีครับ น้ำ",
    "combining": "e\u0301a\u0300o\u0308 Z\u0351\u036b\u0343algo",
    "emoji": "👩‍👩‍👧‍👦 👍🏽 🇫🇷🇯🇵 ❤️ 1️⃣ x",
    "controls": "a\x01b\x7fc\u200bd\u202ee\u202cf\ufeff",
    "signs": "## ▁x Ġy �z <0xE6> [UNK] ##able",
    "mathematics": "∑ x² ≤ 𝔸𝕓𝒞 ½",
}


@pytest.fixture(scope="module")
def readers(tokenizers):
    return {name: TokenReader(tokenizer) for name, tokenizer in tokenizers.items()}


def content(tokens):
    return [
        text
        for text, segment in zip(tokens.texts, tokens.segments, strict=True)
        if segment is not None
    ]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("name", BYTE_LEVEL)
def test_texts_of_a_byte_level_tokenizer_joined_are_the_text_itself(name, text, readers):
    tokens = readers[name].read(text)
    assert "".join(content(tokens)) == text
    for piece, span in zip(tokens.texts, tokens.spans, strict=True):
        assert span is None or text[slice(*span)].startswith(piece[:1])


def test_random_texts_are_rebuilt_and_never_cut_inside_a_character(readers):
    signs = [
        *"ab ,.\n'",
        *"é東京ですक्षि",
        "\u0301",
        "\u200d",
        "👩",
        "🏽",
        "🇫",
        "🇷",
        "\u202e",
        "\ufffd",
    ]
    chance = random.Random(7)  # noqa: S311 - nothing is secret here
    for _round in range(150):
        text = "x" + "".join(chance.choices(signs, k=30))
        tokens = readers["gpt2"].read(text)
        assert "".join(tokens.texts) == text
        clusters = set(regex.findall(r"\X", text))
        shown = [part for piece in tokens.texts for part in regex.findall(r"\X", piece)]
        assert set(shown) <= clusters


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("name", EVERY)
def test_no_sign_of_a_vocabulary_reaches_a_reader(name, text, readers):
    tokens = readers[name].read(text)
    for sign in ("Ġ", "Ċ", "▁", "\ufffd"):
        if sign not in text:
            assert not any(sign in shown for shown in tokens.texts)
    assert not any(shown.startswith("##") for shown in tokens.texts if "#" not in text)
    assert all(tokens.labels)
    assert len(tokens.data) == len(tokens)


@pytest.mark.parametrize("name", EVERY)
def test_the_first_token_of_a_group_carries_its_text(name, readers):
    for text in TEXTS.values():
        tokens = readers[name].read(text)
        for place in range(1, len(tokens)):
            assert tokens.groups[place] - tokens.groups[place - 1] in (0, 1)
            if tokens.groups[place] == tokens.groups[place - 1]:
                assert tokens.texts[place] == ""
                assert tokens.continues[place]


def test_tokyo_is_two_characters(readers):
    tokens = readers["gpt2"].read("東京")
    assert [text for text in tokens.texts if text] == ["東", "京"]
    assert len(set(tokens.groups)) == 2
    assert count_characters("東京 👩‍👩‍👧‍👦") == 4


@pytest.mark.models
def test_bert_is_a_yellow_muppet_character_as_smollm2_cuts_it():
    from core.models import load_tokenizer

    tokens = load_tokenizer("smollm2-135m-instruct").encode("Bert is a yellow muppet character")
    assert "".join(tokens.texts) == "Bert is a yellow muppet character"
    assert tokens.texts[0] == "B"
    assert tokens.texts[-1] == " character"


def test_bytes_of_a_character_that_was_cut_show_nothing(readers):
    for text in ("東京", "x 👩‍👩‍👧"):
        whole = readers["gpt2"].read(text)
        for limit in range(1, len(whole)):
            tokens = readers["gpt2"].read(text, limit=limit)
            assert len(tokens) == limit
            assert not any("\ufffd" in shown for shown in tokens.texts)
            assert text.startswith("".join(tokens.texts))
            assert all(tokens.labels)


def test_what_the_user_typed_survives_where_the_tokenizer_keeps_it(readers):
    assert "\ufffd" in readers["gpt2"].read("a \ufffd b").texts
    assert "▁" in "".join(readers["gpt2"].read("a ▁ b").texts)
    assert "##" in "".join(readers["roberta"].read("a ## b").texts)


def test_wordpiece_continues_a_word_and_metaspace_keeps_spaces(readers):
    tokens = readers["bert"].read("The streets tapis")
    assert "".join(tokens.texts[1:-1]).replace(" ", "") == "thestreetstapis"
    inside = [text for text, on in zip(tokens.texts, tokens.continues, strict=True) if on]
    assert inside
    assert all(piece.isalpha() for piece in inside)
    for name in ("llama2", "t5"):
        tokens = readers[name].read("The street is wide")
        assert "".join(content(tokens)) == "The street is wide"


def test_byte_fallback_makes_one_character(readers):
    tokens = readers["llama2"].read("x東y")
    assert [text for text in content(tokens) if text.strip()] == ["x", "東", "y"]
    assert "<0xE6>" in tokens.pieces


def test_special_tokens_unknown_tokens_and_segments_are_told_apart(readers):
    tokens = readers["bert"].read("the [MASK] street 東", "it was 東")
    assert [tokens.special[0], tokens.segments[0]] == [True, None]
    mask = tokens.texts.index("[MASK]")
    assert (tokens.special[mask], tokens.segments[mask]) == (True, 0)
    unknown = tokens.texts.index("[UNK]")
    assert (tokens.unknown[unknown], tokens.special[unknown]) == (True, False)
    assert set(tokens.segments) == {0, 1, None}
    assert set(tokens.types) == {0, 1}
    end = readers["gpt2"].read("a<|endoftext|>b")
    assert end.special == (False, True, False)  # GPT-2's unknown token is this one too
    assert not any(end.unknown)
    assert not any(readers["llama2"].read("a b").unknown)


def test_a_mask_that_takes_the_space_before_it_gives_it_back(readers):
    tokens = readers["roberta"].read("the <mask> street")
    assert "".join(content(tokens)) == "the <mask> street"
    assert " <mask>" in tokens.texts


def test_reading_ids_equals_reading_their_text(readers):
    for name in ("gpt2", "llama3"):
        tokens = readers[name].read("The 東京 street 👍🏽.")
        again = readers[name].read_ids(tokens.ids)
        assert (again.texts, again.groups, again.spans) == (
            tokens.texts,
            tokens.groups,
            tokens.spans,
        )
    with pytest.raises(InputError, match="999999"):
        readers["gpt2"].read_ids([999_999])
    with pytest.raises(InputError, match="-1"):
        readers["gpt2"].read_ids([-1])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("ab\ud83dc", "Character 3"),
        ("abc\0d", "Character 4"),
        ("x" * (MAX_CHARACTERS + 1), "1,000,000"),
    ],
    ids=["empty", "blank", "half a character", "nul", "long"],
)
def test_a_text_that_no_tokenizer_takes_is_refused_in_a_sentence(text, says, readers):
    with pytest.raises(TextError, match=says):
        readers["gpt2"].read(text)
    with pytest.raises(TextError, match=says):
        readers["bert"].read("fine", text)


@pytest.mark.parametrize("name", EVERY)
def test_a_hundred_thousand_characters_are_cut_within_a_second(name, readers):
    text = "The animal 東京 didn't sit. " * 4000
    started = time.perf_counter()
    tokens = readers[name].read(text, limit=128)
    assert time.perf_counter() - started < 1
    assert len(tokens) == 128
    assert tokens.cut.limit == 128
    assert tokens.cut.total > 4000
    assert 0 < tokens.cut.where < 1000
    assert tokens.cut.text


def test_a_cut_keeps_the_template_and_the_short_text_of_a_pair(readers):
    tokens = readers["bert"].read("the street " * 50, "it was", limit=20)
    assert len(tokens) == 20
    assert (tokens.texts[0], tokens.texts[-1]) == ("[CLS]", "[SEP]")
    assert readers["bert"].read("it was").texts[1:-1] == tokens.texts[tokens.segments.index(1) : -1]
    assert tokens.cut.segment == 0
    tokens = readers["bert"].read("it was", "the street " * 50, limit=20)
    assert tokens.cut.segment == 1
    with pytest.raises(InputError, match="limit of 2"):
        readers["bert"].read("the street", limit=2)


def test_a_cut_names_the_place_where_the_rest_begins(readers):
    text = "The animal crossed the street because it was wide"
    tokens = readers["gpt2"].read(text, limit=6)
    assert text[: tokens.cut.where] == "".join(tokens.texts)
    assert "".join(tokens.texts).endswith(tokens.cut.text)


def test_a_call_that_left_truncation_on_does_not_cut_a_reading(tokenizers):
    tokenizer = tokenizers["bert"]
    reader = TokenReader(tokenizer)
    tokenizer("the street", truncation=True, max_length=4, padding="max_length")
    assert len(reader.read("the street was wide and the animal was tired")) > 6


def test_calls_of_the_tokenizer_in_other_threads_do_not_cut_a_reading(tokenizers):
    tokenizer = tokenizers["gpt2"]
    reader = TokenReader(tokenizer)
    tokenizer.pad_token = tokenizer.eos_token
    text = "the street was wide and the animal was tired " * 20
    whole = reader.read(text).ids
    stop = threading.Event()

    def cut():
        while not stop.is_set():
            tokenizer("the street was wide", truncation=True, max_length=2, padding="max_length")

    other = threading.Thread(target=cut)
    other.start()
    try:
        assert all(reader.read(text).ids == whole for _time in range(300))
    finally:
        stop.set()
        other.join()
    assert tokenizer.backend_tokenizer.truncation is not None  # nor is theirs changed


def test_a_slow_tokenizer_is_refused_in_a_sentence():
    with pytest.raises(UnsupportedError, match="no fast version"):
        TokenReader(object())


def test_labels_show_what_has_no_shape(readers):
    tokens = readers["gpt2"].read("a\nb \x01c\u202ed")
    assert "↵" in tokens.labels
    assert any(label.startswith("U+") for label in tokens.labels)
    assert not any("\u202e" in label for label in tokens.labels)
    assert "·" in readers["gpt2"].read("東").labels
