"""Scoring a text: the model's own loss, token by token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, processors

from core.errors import InputError, TextError, UnsupportedError
from core.generation import scoring
from core.generation.scoring import score_text
from core.models import load_model

CAUSAL = ["gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "bloom"]
TEXT = "The animal didn't cross the street because it was too tired."
Folder = Callable[[str], Path]


@pytest.mark.parametrize("family", CAUSAL)
def test_the_loss_equals_the_models_own(family: str, model_folder: Folder) -> None:
    model = load_model(str(model_folder(family)))
    inputs = model.inputs(model.encode(TEXT))
    with torch.inference_mode():
        own = float(model.network(**inputs, labels=inputs["input_ids"]).loss)
    assert score_text(model, TEXT).loss == pytest.approx(own, abs=1e-5)


@pytest.mark.parametrize("family", ["t5", "bart", "marian"])
def test_the_loss_of_a_target_equals_the_models_own(family: str, model_folder: Folder) -> None:
    model = load_model(str(model_folder(family)))
    target = "Le chat est assis sur le tapis rouge"
    inputs = model.inputs(model.encode(TEXT))
    inputs.pop("decoder_input_ids")
    labels = torch.tensor([model.reader.read(target).ids])
    with torch.inference_mode():
        own = float(model.network(**inputs, labels=labels).loss)
    score = score_text(model, TEXT, target)
    assert score.loss == pytest.approx(own, abs=1e-5)
    assert score.scored == len(score.tokens) == labels.shape[1]


@pytest.mark.parametrize("family", ["gpt2", "gemma2", "bloom", "t5"])
def test_pieces_change_nothing(
    family: str, model_folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(str(model_folder(family)))
    pair = TEXT if family == "t5" else None
    whole = score_text(model, TEXT, pair)
    monkeypatch.setattr(scoring, "_LOGITS_AT_ONCE", 3 * model.shape.vocab)
    parts = score_text(model, TEXT, pair)
    np.testing.assert_allclose(parts.log_probabilities, whole.log_probabilities, atol=1e-5)
    np.testing.assert_array_equal(parts.ranks, whole.ranks)


def test_each_number_follows_from_the_distribution(model_folder: Folder) -> None:
    model = load_model(str(model_folder("gpt2")))
    score = score_text(model, TEXT, top_k=3)
    inputs = model.inputs(score.tokens)
    with torch.inference_mode():
        logs = torch.log_softmax(model.network(**inputs).logits[0], dim=-1)
    for place in range(1, len(score.tokens)):
        expected = logs[place - 1]
        own = float(expected[score.tokens.ids[place]])
        assert score.log_probabilities[place] == pytest.approx(own, abs=1e-5)
        assert score.ranks[place] == int((expected > own + 1e-6).sum()) + 1
        assert score.entropies[place] == pytest.approx(
            float(-(expected.exp() * expected).sum()), abs=1e-4
        )
        assert score.top_ids[place].tolist() == expected.topk(3).indices.tolist()
        assert len(score.top_texts(place)) == 3
    assert score.total == pytest.approx(-score.loss * score.scored)
    assert score.perplexity == pytest.approx(np.exp(score.loss))


def test_the_first_token_has_no_probability(model_folder: Folder) -> None:
    score = score_text(load_model(str(model_folder("gpt2"))), TEXT)
    assert np.isnan(score.log_probabilities[0])
    assert score.ranks[0] == 0
    assert score.top_texts(0) == ()
    assert score.scored == len(score.tokens) - 1


def _with_opening(folder: Path) -> Path:
    """The model in ``folder`` with a tokenizer that writes an opening token."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", 0)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_after_an_opening_token_every_word_has_one(
    tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    model = load_model(str(_with_opening(make_model("llama", tmp_path / "model"))))
    score = score_text(model, TEXT)
    assert score.tokens.special[0]
    assert np.isnan(score.log_probabilities[0])
    assert np.isfinite(score.log_probabilities[1:]).all()
    assert "".join(word.text for word in score.words()) == TEXT.replace(" ", "")


def test_words_are_the_sums_of_their_tokens(model_folder: Folder) -> None:
    score = score_text(load_model(str(model_folder("gpt2"))), TEXT)
    words = score.words()
    places = [place for word in words for place in word.positions]
    assert places == sorted(set(places))
    for word in words:
        own = score.log_probabilities[list(word.positions)]
        assert word.log_probability == pytest.approx(float(own.sum()), abs=1e-4)
        assert word.rank == score.ranks[list(word.positions)].max()


def test_the_least_expected_words_come_first(model_folder: Folder) -> None:
    score = score_text(load_model(str(model_folder("gpt2"))), TEXT)
    found = [word.log_probability for word in score.least_expected(3)]
    assert found == sorted(word.log_probability for word in score.words())[:3]


LONG = " ".join([TEXT] * 12)


def test_a_text_past_the_limit_is_read_in_windows(model_folder: Folder) -> None:
    model = load_model(str(model_folder("gpt2")))
    score = score_text(model, LONG)
    window = model.shape.max_tokens
    assert len(score.tokens) > 2 * window
    assert score.scored == len(score.tokens) - 1
    assert score.tokens.cut is None
    contexts = score.contexts[1:]
    assert contexts.max() == window
    assert contexts[window:].min() > window // 2
    place = window + 5  # what it was given ends with the token before it
    ids = torch.tensor([score.tokens.ids[place - int(score.contexts[place]) : place]])
    with torch.inference_mode():
        logs = torch.log_softmax(model.network(ids).logits[0, -1], dim=-1)
    own = float(logs[score.tokens.ids[place]])
    assert score.log_probabilities[place] == pytest.approx(own, abs=1e-5)


def test_every_window_begins_with_the_opening_token(
    tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    model = load_model(str(_with_opening(make_model("llama", tmp_path / "model"))))
    score = score_text(model, LONG)
    place = model.shape.max_tokens + 5
    given = score.tokens.ids[place - int(score.contexts[place]) + 1 : place]
    ids = torch.tensor([(score.tokens.ids[0], *given)])
    with torch.inference_mode():
        logs = torch.log_softmax(model.network(ids).logits[0, -1], dim=-1)
    own = float(logs[score.tokens.ids[place]])
    assert score.log_probabilities[place] == pytest.approx(own, abs=1e-5)


def test_a_text_longer_than_the_limit_is_cut_and_says_so(model_folder: Folder) -> None:
    score = score_text(load_model(str(model_folder("gpt2"))), LONG, limit=20)
    assert len(score.tokens) == 20
    assert score.tokens.cut is not None
    assert score.tokens.cut.limit == 20


def test_a_score_that_is_stopped_keeps_what_it_has(model_folder: Folder) -> None:
    model = load_model(str(model_folder("gpt2")))
    seen: list[tuple[int, int]] = []
    score = score_text(
        model, LONG, progress=lambda done, total: seen.append((done, total)), stop=lambda: True
    )
    assert seen == [(model.shape.max_tokens, len(score.tokens) - 1)]
    assert score.scored == model.shape.max_tokens
    assert np.isfinite(score.loss)


def test_a_single_token_cannot_be_scored(model_folder: Folder) -> None:
    model = load_model(str(model_folder("gpt2")))
    with pytest.raises(InputError, match="one token"):
        score_text(model, "a")


def test_an_empty_text_is_refused(model_folder: Folder) -> None:
    with pytest.raises(TextError):
        score_text(load_model(str(model_folder("gpt2"))), "  ")


def test_a_masked_model_is_sent_to_its_page(model_folder: Folder) -> None:
    with pytest.raises(UnsupportedError, match="Masked words"):
        score_text(load_model(str(model_folder("bert"))), TEXT)


def test_a_target_is_asked_for_where_there_is_an_encoder(model_folder: Folder) -> None:
    with pytest.raises(InputError, match="give both"):
        score_text(load_model(str(model_folder("t5"))), TEXT)


def test_a_causal_model_reads_one_text(model_folder: Folder) -> None:
    with pytest.raises(UnsupportedError, match="not a pair"):
        score_text(load_model(str(model_folder("gpt2"))), TEXT, "more")


def test_a_special_token_typed_in_a_text_is_text(model_folder: Folder) -> None:
    model = load_model(str(model_folder("llama")))
    assert not any(score_text(model, "One<|end|> two").tokens.special)
    assert any(score_text(model, "One<|end|> two", special=True).tokens.special)


@pytest.mark.models
def test_the_built_in_model_finds_the_wrong_word_the_least_expected() -> None:
    model = load_model("smollm2-135m-instruct")
    wrong = score_text(model, "The capital of France is Paris. The capital of Japan is bread.")
    assert wrong.least_expected(1)[0].text == "bread"
    right = score_text(model, "The capital of France is Paris. The capital of Japan is Tokyo.")
    assert right.perplexity < wrong.perplexity
    inputs = model.inputs(right.tokens)
    with torch.inference_mode():
        own = float(model.network(**inputs, labels=inputs["input_ids"]).loss)
    assert right.loss == pytest.approx(own, abs=1e-5)


@pytest.mark.models
def test_in_scripts_without_spaces_a_word_is_what_one_character_or_token_holds() -> None:
    score = score_text(load_model("smollm2-135m-instruct", device="cpu"), "法国的首都是 Paris 吗？")
    assert [word.text for word in score.words()] == [*list("国的首都是"), "Paris", "吗", "？"]
