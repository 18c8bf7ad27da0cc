"""Prompts as tokens: cut from the left, special tokens typed as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import TextError, UnsupportedError
from core.generation import GenerationSession, open_session, read_prompt, read_source
from core.models import load_model

Folder = Callable[[str], Path]
SENTENCE = "The animal didn't cross the street because it was too tired. "


@pytest.mark.parametrize("family", ["gpt2", "llama", "bart"])
def test_special_tokens_that_people_type_are_text_unless_asked(
    family: str, model_folder: Folder
) -> None:
    model = load_model(str(model_folder(family)))
    end = model.tokenizer.eos_token
    read = read_source if family == "bart" else lambda *a, **k: read_prompt(*a, **k).tokens
    plain = read(model, f"one{end}two")
    special = read(model, f"one{end}two", special=True)
    own = plain.special if family != "bart" else plain.special[1:-1]
    assert not any(own)
    assert "".join(text for text, s in zip(plain.texts, plain.special, strict=True) if not s) == (
        f"one{end}two"
    )
    assert len(special) < len(plain)
    assert model.tokenizer.eos_token_id in special.ids[1:-1]
    # The reader that everybody shares is as it was.
    assert model.encode(f"one{end}two").ids == special.ids


def test_a_prompt_past_the_limit_is_cut_from_the_left_and_says_so(model_folder: Folder) -> None:
    model = load_model(str(model_folder("llama")))
    whole = model.encode(SENTENCE * 20, limit=None)
    prompt = read_prompt(model, SENTENCE * 20, room=10)
    assert prompt.cut is not None
    assert len(prompt.tokens) == prompt.cut.kept == 54
    assert prompt.cut.limit == 64
    assert prompt.cut.total > len(whole)
    assert "".join(prompt.tokens.texts).endswith("tired. ")
    assert "The last 54 are read" in prompt.cut.sentence
    session = GenerationSession(model, SENTENCE * 20, room=10)
    assert session.cut == prompt.cut
    assert session.room == 10
    assert session.branch().cut == prompt.cut


@pytest.mark.parametrize(("room", "kept"), [(0, 63), (1, 63), (40, 32), (1000, 32)])
def test_at_most_half_of_the_limit_is_cleared(room: int, kept: int, model_folder: Folder) -> None:
    model = load_model(str(model_folder("llama")))
    assert len(read_prompt(model, SENTENCE * 20, room=room).tokens) == kept


def test_a_prompt_that_leaves_a_place_is_not_cut(model_folder: Folder) -> None:
    model = load_model(str(model_folder("llama")))
    tokens = read_prompt(model, SENTENCE * 20, room=1).tokens
    assert read_prompt(model, tokens).cut is None
    assert GenerationSession(model, tokens).room == 1


def test_the_opening_token_stays_and_a_character_is_not_cut_in_two(
    tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    from tokenizers import Tokenizer, processors

    folder = make_model("llama", tmp_path)
    path = folder / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", 0)]
    )
    tokenizer.save(str(path))
    model = load_model(str(folder))
    for room in range(1, 9):
        tokens = read_prompt(model, "東京" * 40, room=room).tokens
        assert tokens.special[0]
        assert tokens.special.count(True) == 1
        assert set("".join(tokens.texts[1:])) == {"東", "京"}
        assert len(tokens) <= 64 - room


@pytest.mark.parametrize("text", ["", "\0", "a\ud800"])
def test_a_prompt_that_cannot_be_read_is_refused(text: str, model_folder: Folder) -> None:
    for family in ("gpt2", "t5"):
        with pytest.raises(TextError):
            open_session(load_model(str(model_folder(family))), text)


def test_models_of_other_kinds_are_sent_where_they_fit(model_folder: Folder) -> None:
    with pytest.raises(UnsupportedError, match="Masked words page"):
        open_session(load_model(str(model_folder("bert"))), "One two")
    with pytest.raises(UnsupportedError, match="GenerationSession"):
        read_source(load_model(str(model_folder("gpt2"))), "One two")


def test_a_source_is_cut_on_the_right_and_says_so(model_folder: Folder) -> None:
    model = load_model(str(model_folder("bart")))
    source = read_source(model, SENTENCE * 20)
    assert len(source) == model.shape.max_tokens
    assert source.cut is not None
