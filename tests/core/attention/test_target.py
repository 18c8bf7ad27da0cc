"""What is measured when heads change: the natural target of each kind of model, and bad choices."""

from __future__ import annotations

import pytest
import torch

from core.attention import Target, choose_target
from core.errors import InputError, UnsupportedError
from core.models import load_model

TEXT = "The animal didn't cross the street."


def top(model, tokens, position, target=None):
    with torch.inference_mode():
        return int(model.network(**model.inputs(tokens, target)).logits[0, position].argmax())


@pytest.mark.parametrize("family", ["gpt2", "llama", "opt"])
def test_a_causal_models_target_is_the_likeliest_token_after_the_last(family, tiny):
    model = tiny(family)
    tokens = model.encode(TEXT)
    target = choose_target(model, tokens)
    last = len(tokens) - 1
    assert (target.kind, target.position) == ("next", last)
    assert target.token_id == top(model, tokens, last)
    assert choose_target(model, tokens, position=2).token_id == top(model, tokens, 2)


def test_a_masked_models_target_is_behind_the_first_mask_or_the_one_chosen(tiny):
    model = tiny("bert")
    tokens = model.encode("The [MASK] is [MASK].")
    first, second = (place for place, text in enumerate(tokens.texts) if text == "[MASK]")
    target = choose_target(model, tokens)
    assert (target.kind, target.position) == ("mask", first)
    assert target.token_id == top(model, tokens, first)
    chosen = choose_target(model, tokens, position=second, token="street")
    assert (chosen.position, chosen.text) == (second, "street")
    assert chosen.token_id == model.tokenizer.convert_tokens_to_ids("street")
    with pytest.raises(InputError, match=r"Token 1 \(the\) is no mask"):
        choose_target(model, tokens, position=1)
    with pytest.raises(InputError, match=r"no mask: write \[MASK\]"):
        choose_target(model, model.encode(TEXT))


def test_an_encoders_target_is_the_vector_of_the_first_token_that_is_not_special(
    tmp_path, make_model
):
    from transformers import BertForMaskedLM

    folder = make_model("bert", tmp_path)
    BertForMaskedLM.from_pretrained(folder).bert.save_pretrained(folder)
    model = load_model(str(folder))
    tokens = model.encode(TEXT)
    target = choose_target(model, tokens)
    assert target == Target(kind="vector", position=1, token_id=None, text="the")
    assert choose_target(model, tokens, position=0).text == "[CLS]"
    with pytest.raises(UnsupportedError, match="predicts no next token"):
        choose_target(model, tokens, kind="next")


def test_a_model_that_predicts_can_be_asked_for_a_vector(tiny):
    model = tiny("gpt2")
    tokens = model.encode(TEXT)
    target = choose_target(model, tokens, kind="vector", position=3)
    assert (target.kind, target.position, target.token_id) == ("vector", 3, None)
    assert choose_target(model, tokens, kind="next").kind == "next"


def test_an_encoder_decoders_target_follows_the_decoders_last_token(tiny):
    model = tiny("t5")
    tokens, read = model.encode(TEXT), model.encode_target("Le chat est assis")
    target = choose_target(model, tokens, target=read)
    assert (target.kind, target.position) == ("next", len(read) - 1)
    assert target.token_id == top(model, tokens, -1, read)
    assert choose_target(model, tokens).position == 0
    with pytest.raises(UnsupportedError, match="by what its decoder predicts"):
        choose_target(model, tokens, kind="vector")


def test_a_word_is_taken_as_typed_or_with_the_space_that_makes_it_one_token(tiny):
    model = tiny("gpt2")
    tokens = model.encode(TEXT)
    chosen = {text: choose_target(model, tokens, token=text) for text in (" three", "three", "\n")}
    assert [target.text for target in chosen.values()] == [" three", " three", "\n"]
    id_ = chosen[" three"].token_id
    assert choose_target(model, tokens, token=id_) == chosen[" three"]
    assert (
        choose_target(tiny("bert"), tiny("bert").encode("[MASK]"), token=" three").text == "three"
    )


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("didn't cross", "“didn't cross” is .* tokens"),
        ("\u4e2d\u4e2d\u4e2d", "is .* tokens"),
        (70_000, "no token number 70000: the largest is"),
        (-1, "no token number -1"),
    ],
)
def test_a_word_that_is_no_token_gives_one_sentence(token, sentence, tiny):
    model = tiny("gpt2")
    with pytest.raises(InputError, match=sentence):
        choose_target(model, model.encode(TEXT), token=token)


def test_an_unknown_word_gives_one_sentence(tiny):
    model = tiny("bert")
    with pytest.raises(InputError, match="lacks “☃”: choose another word"):
        choose_target(model, model.encode("[MASK]"), token="☃")


def test_a_position_that_is_not_there_gives_one_sentence(tiny):
    model = tiny("gpt2")
    tokens = model.encode(TEXT)
    for position in (-1, len(tokens)):
        with pytest.raises(InputError, match=f"no token {position}: choose from 0 to"):
            choose_target(model, tokens, position=position)
