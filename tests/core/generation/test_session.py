"""Sessions: a text going on step by step, back, along a path and in branches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.attention import capture_attention
from core.errors import InputError, TextError, UnsupportedError
from core.generation import (
    EncoderDecoderSession,
    GenerationSession,
    SamplingSettings,
    generate_steps,
    go_on,
    next_token_distribution,
    open_session,
    replay,
)
from core.generation.cache import SHELF
from core.models import LanguageModel, load_model

CAUSAL = ["gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "bloom"]
TAPPED = [family for family in CAUSAL if family != "bloom"]
SEQ2SEQ = ["t5", "bart", "marian"]
TEXT = "The animal didn't cross the street"
GREEDY = SamplingSettings(greedy=True)
Folder = Callable[[str], Path]
Session = GenerationSession | EncoderDecoderSession


@pytest.fixture
def tiny(model_folder: Folder) -> Callable[[str], LanguageModel]:
    """A tiny model by family."""
    return lambda family: load_model(str(model_folder(family)))


Tiny = Callable[[str], LanguageModel]


def _generated(model: LanguageModel, text: str, count: int, **settings: Any) -> list[int]:
    """What ``generate`` of transformers writes, greedily."""
    inputs = model.inputs(model.encode(text))
    inputs.pop("decoder_input_ids", None)
    with torch.inference_mode():
        ids = model.network.generate(
            **inputs, do_sample=False, max_new_tokens=count, pad_token_id=0, **settings
        )[0]
    start = 1 if model.kind == "seq2seq" else inputs["input_ids"].shape[1]
    return [int(id_) for id_ in ids[start:]]


def _ids(session: Session, count: int) -> list[int]:
    return [step.token_id for step in go_on(session, count)]


def _whole_logits(model: LanguageModel, session: Session) -> np.ndarray:
    """The next logits by one pass over everything, without a cache. (vocab,)"""
    if isinstance(session, EncoderDecoderSession):
        inputs = model.inputs(session.source_tokens, session.tokens)
    else:
        inputs = {"input_ids": torch.tensor([session.tokens.ids])}
    with torch.inference_mode():
        logits = model.network(**inputs, use_cache=False).logits[0, -1]
    return logits.float().numpy()


@pytest.mark.parametrize("family", CAUSAL)
def test_greedy_equals_generate_of_transformers(family: str, tiny: Tiny) -> None:
    model = tiny(family)
    steps = generate_steps(model, TEXT, settings=GREEDY, max_new_tokens=20)
    assert [step.token_id for step in steps] == _generated(model, TEXT, 20)


@pytest.mark.parametrize("family", SEQ2SEQ)
def test_greedy_of_encoder_decoder_models_equals_generate(family: str, tiny: Tiny) -> None:
    model = tiny(family)
    steps = generate_steps(model, TEXT, settings=GREEDY, max_new_tokens=15)
    # One more is asked of theirs: of the last they may demand that it ends the text.
    assert [step.token_id for step in steps] == _generated(model, TEXT, 16)[:15]


@pytest.mark.parametrize("family", [*CAUSAL, *SEQ2SEQ])
def test_with_cache_equals_without(family: str, tiny: Tiny) -> None:
    model = tiny(family)
    session = open_session(model, TEXT, seed=3)
    for _step in go_on(session, 12):
        expected = next_token_distribution(_whole_logits(model, session), SamplingSettings())
        np.testing.assert_allclose(session.distribution().before, expected, atol=1e-5)


def test_a_greedy_step_with_a_penalty_is_that_of_generate(tiny: Tiny) -> None:
    model = tiny("llama")
    settings = SamplingSettings(greedy=True, repetition_penalty=1.5)
    steps = generate_steps(model, TEXT, settings=settings, max_new_tokens=20)
    expected = _generated(model, TEXT, 20, repetition_penalty=1.5)
    assert [step.token_id for step in steps] == expected


def test_what_a_step_tells_follows_from_its_distribution(tiny: Tiny) -> None:
    settings = SamplingSettings(temperature=0.7, top_k=20, top_p=0.9)
    session = GenerationSession(tiny("gpt2"), TEXT, settings=settings, seed=1, top_k=5)
    for number in range(8):
        before = session.distribution()
        assert session.drawn_id() in np.flatnonzero(before.after)
        step = session.step()
        assert step.position == len(session.prompt_tokens) + number
        assert step.drawn_id == step.token_id
        assert not step.by_hand
        assert step.probability == pytest.approx(before.before[step.token_id])
        assert step.drawn_probability == pytest.approx(before.after[step.token_id])
        assert step.rank == 1 + int((before.before > before.before[step.token_id]).sum())
        assert step.entropy == pytest.approx(before.entropy)
        assert step.mass_cut == pytest.approx(before.mass_cut)
        assert step.kept_count == before.kept_count
        assert step.top_ids == tuple(np.argsort(-before.before, kind="stable")[:5])
        assert step.top_after.tolist() == before.after[list(step.top_ids)].tolist()
    probabilities = [step.probability for step in session.steps]
    assert session.log_probability == pytest.approx(np.log(probabilities).sum())


def test_the_same_seed_draws_the_same_and_another_one_does_not(tiny: Tiny) -> None:
    model = tiny("llama")
    texts = [_ids(GenerationSession(model, TEXT, seed=seed), 12) for seed in (4, 4, 5)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("family", [*CAUSAL, "t5", "bart"])
def test_after_going_back_the_same_is_drawn_again(family: str, tiny: Tiny) -> None:
    session = open_session(tiny(family), TEXT, seed=2)
    first = _ids(session, 12)
    for back in (1, 5, 12):
        session.back(back)
        assert _ids(session, back) == first[12 - back :]


def test_a_step_may_be_chosen_by_hand(tiny: Tiny) -> None:
    session = GenerationSession(tiny("llama"), TEXT, settings=GREEDY)
    second = session.distribution().top(2)[1].token_id
    step = session.step(second)
    assert (step.token_id, step.rank) == (second, 2)
    assert step.by_hand
    assert step.drawn_probability == 0  # the settings would not have drawn it
    assert session.path == (second,)


@pytest.mark.parametrize("family", ["llama", "gemma2", "marian"])
def test_a_branch_goes_its_own_way(family: str, tiny: Tiny) -> None:
    model = tiny(family)
    session = open_session(model, TEXT, settings=GREEDY)
    straight = _ids(session, 10)
    session.back(6)
    branch = session.branch()
    other = branch.distribution().top(2)[1].token_id
    branch.step(other)
    _ids(branch, 5)
    assert _ids(session, 6) == straight[4:]
    assert branch.path[:5] == (*straight[:4], other)
    alone = replay(model, TEXT, branch.path, settings=GREEDY)
    assert [step.token_id for step in alone.steps] == list(branch.path)
    assert type(branch) is type(session)
    assert branch.seed == session.seed


@pytest.mark.parametrize("family", [*CAUSAL, *SEQ2SEQ])
def test_a_replay_tells_the_same_steps_in_one_pass(
    family: str, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny(family)
    settings = SamplingSettings(temperature=1.5, top_k=50)
    session = open_session(model, TEXT, settings=settings, seed=9)
    _ids(session, 10)
    again = replay(model, TEXT, session.path, settings=settings, seed=9)
    for one, other in zip(session.steps, again.steps, strict=True):
        assert (one.token_id, one.drawn_id, one.text) == (
            other.token_id,
            other.drawn_id,
            other.text,
        )
        assert other.probability == pytest.approx(one.probability, abs=1e-5)
        assert other.settings == settings
    np.testing.assert_allclose(
        again.distribution().before, session.distribution().before, atol=1e-5
    )
    assert _ids(again, 4) == _ids(session, 4)


@pytest.mark.parametrize("path", [[100_000], [-1], [5] * 100])
def test_a_path_that_does_not_fit_is_refused_whole(path: list[int], tiny: Tiny) -> None:
    session = GenerationSession(tiny("llama"), TEXT)
    with pytest.raises(InputError):
        session.replay([7, *path])
    assert session.path == ()


def test_a_path_may_end_with_the_end_token_only(tiny: Tiny) -> None:
    model = tiny("gpt2")
    end = model.tokenizer.eos_token_id
    session = replay(model, TEXT, [7, end])
    assert session.finished
    with pytest.raises(InputError, match="end"):
        replay(model, TEXT, [end, 7])
    with pytest.raises(InputError, match="go back"):
        session.replay([7])


def test_a_session_goes_on_from_the_steps_of_an_earlier_one(tiny: Tiny) -> None:
    model = tiny("llama")
    session = GenerationSession(model, TEXT, seed=1)
    _ids(session, 6)
    later = GenerationSession(model, session.prompt_tokens, seed=1, steps=session.steps[:4])
    assert _ids(later, 2) == list(session.path[4:])


@pytest.mark.parametrize("family", ["llama", "bloom", "t5"])
def test_the_distribution_of_a_past_step_can_be_seen_again(family: str, tiny: Tiny) -> None:
    session = open_session(tiny(family), TEXT, seed=2)
    seen = []
    for _number in range(8):
        seen.append(session.distribution())
        session.step()
    other = SamplingSettings(temperature=0.5, top_p=0.7)
    for number, before in enumerate(seen):
        np.testing.assert_allclose(session.distribution(number).after, before.after, atol=1e-5)
        assert session.distribution(number, other).settings == other
    session.settings = other  # a slider that moves
    assert session.distribution().settings == other
    assert session.distribution(0).settings == SamplingSettings()
    with pytest.raises(InputError, match="from 0 to 7"):
        session.distribution(9)


def test_a_moved_slider_costs_no_forward_pass(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny("llama")
    session = GenerationSession(model, TEXT)
    _ids(session, 3)
    session.distribution()

    def refuse(*_args: object, **_settings: object) -> None:
        raise AssertionError("a forward pass")

    monkeypatch.setattr(model.network, "forward", refuse)
    for temperature in (0.0, 0.3, 2.0):
        session.settings = SamplingSettings(temperature=temperature)
        assert session.distribution().settings.temperature == temperature


@pytest.mark.parametrize("family", TAPPED)
def test_the_attention_of_a_step_is_the_last_row_of_a_capture(family: str, tiny: Tiny) -> None:
    model = tiny(family)
    session = GenerationSession(model, TEXT, seed=5)
    for _number in range(8):
        session.step()
        whole = capture_attention(model, session.tokens)
        row = session.attention()
        np.testing.assert_allclose(row.weights, whole.weights[:, :, -1:], atol=1e-5)
        assert row.tokens == session.tokens
    early = session.attention(3, layers=[1], heads=[2, 0])
    np.testing.assert_allclose(
        early.weights, whole.weights[1:, [2, 0], 3:4, :4], atol=1e-5, rtol=1e-4
    )
    assert early.queries_kept == (3,)
    session.release()
    middle = len(session.prompt_tokens) + 2
    again = session.attention(middle).weights
    expected = whole.weights[:, :, middle : middle + 1, : middle + 1]
    np.testing.assert_allclose(again, expected, atol=1e-5)


@pytest.mark.parametrize("family", SEQ2SEQ)
def test_the_cross_attention_of_a_step_is_the_last_row_of_a_capture(
    family: str, tiny: Tiny
) -> None:
    model = tiny(family)
    session = EncoderDecoderSession(model, TEXT, seed=5)
    for _number in range(6):
        session.step()
        whole = capture_attention(model, session.source_tokens, session.tokens)
        assert whole.cross is not None
        assert whole.decoder is not None
        row = session.attention()
        np.testing.assert_allclose(row.weights, whole.cross.weights[:, :, -1:], atol=1e-5)
        assert not row.causal
        own = session.attention(which="decoder")
        np.testing.assert_allclose(own.weights, whole.decoder.weights[:, :, -1:], atol=1e-5)
    early = session.attention(2, which="cross", layers=[1], heads=[3])
    np.testing.assert_allclose(early.weights, whole.cross.weights[1:, 3:, 2:3], atol=1e-5)
    session.release()
    np.testing.assert_allclose(
        session.attention(4, which="decoder").weights,
        whole.decoder.weights[:, :, 4:5, :5],
        atol=1e-5,
    )


@pytest.mark.parametrize("family", ["llama", "bart"])
def test_attention_that_is_not_there_is_named(family: str, tiny: Tiny) -> None:
    session = open_session(tiny(family), TEXT)
    for wrong in ({"layers": [9]}, {"heads": [-1]}, {"position": 99}, {"position": -1}):
        with pytest.raises(InputError, match="choose from 0 to"):
            session.attention(**wrong)


def test_a_model_that_cannot_be_tapped_steps_without_attention(tiny: Tiny) -> None:
    session = GenerationSession(tiny("bloom"), TEXT)
    session.step()
    with pytest.raises(UnsupportedError, match="cannot be recorded"):
        session.attention()


def test_the_text_grows_by_whole_characters(tiny: Tiny) -> None:
    model = tiny("gpt2")  # byte-level: an umlaut is two tokens
    ids = model.tokenizer.encode("ö", add_special_tokens=False)
    assert len(ids) == 2
    session = GenerationSession(model, TEXT)
    first, second = session.step(ids[0]), session.step(ids[1])
    assert (first.text, first.partial, first.pending) == ("", True, "ö".encode()[:1])
    assert (second.text, second.partial) == ("ö", False)
    assert session.text == "ö"
    session.back()
    assert session.text == ""
    plain = model.tokenizer.encode("x", add_special_tokens=False)[0]
    assert session.step(plain).text == "\ufffdx"  # a character that never comes


def test_a_token_without_a_piece_is_a_step_without_text(
    tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    model = load_model(str(make_model("llama", tmp_path, vocab_size=600)))
    assert len(model.tokenizer) < 600
    session = GenerationSession(model, TEXT)
    step = session.step(599)
    assert (step.text, step.label, step.special) == ("", "#599", False)
    plain = model.tokenizer.encode("x", add_special_tokens=False)[0]
    assert session.step(plain).text == "x"


def test_an_end_token_ends_the_text_until_one_goes_back(tiny: Tiny) -> None:
    model = tiny("gpt2")
    session = GenerationSession(model, TEXT)
    step = session.step(model.tokenizer.eos_token_id)
    assert step.ended
    assert step.special
    assert step.text == ""
    assert session.finished
    assert list(go_on(session, 3)) == []
    with pytest.raises(InputError, match="go back"):
        session.step()
    session.back()
    assert not session.finished
    assert session.step().position == step.position


def test_a_model_that_ends_at_once_gives_one_step(tiny: Tiny) -> None:
    model = tiny("llama")
    likely = GenerationSession(model, TEXT).distribution().top(1)[0].token_id
    model.network.generation_config.eos_token_id = [likely]
    steps = list(generate_steps(model, TEXT, settings=GREEDY, max_new_tokens=9))
    assert [step.ended for step in steps] == [True]


def test_at_the_limit_it_says_so(tiny: Tiny) -> None:
    session = GenerationSession(tiny("llama"), TEXT, settings=GREEDY)
    _ids(session, 1000)
    assert len(session.tokens) == 64
    assert session.room == 0
    with pytest.raises(InputError, match="64 tokens, which is the limit"):
        session.step()


def test_wrong_requests_are_refused_in_a_sentence(tiny: Tiny) -> None:
    model = tiny("llama")
    session = GenerationSession(model, TEXT)
    with pytest.raises(InputError, match="cannot be taken back: there are 0"):
        session.back()
    with pytest.raises(InputError, match="no token number"):
        session.step(100_000)
    with pytest.raises(InputError, match="seed"):
        GenerationSession(model, TEXT, seed=-1)
    with pytest.raises(InputError, match="at least 1"):
        generate_steps(model, TEXT, max_new_tokens=0)
    with pytest.raises(InputError, match="at least 1"):
        GenerationSession(model, TEXT, top_k=0)
    with pytest.raises(TextError):
        generate_steps(model, "")
    assert session.path == ()


@pytest.mark.parametrize(("family", "page"), [("bert", "Masked words"), ("t5", "EncoderDecoder")])
def test_a_model_that_is_not_causal_is_refused(family: str, page: str, tiny: Tiny) -> None:
    with pytest.raises(UnsupportedError, match=page):
        GenerationSession(tiny(family), TEXT)
    with pytest.raises(UnsupportedError):
        EncoderDecoderSession(tiny("bert" if family == "bert" else "llama"), TEXT)


def test_a_model_begins_as_its_configuration_demands(tiny: Tiny) -> None:
    model = tiny("bart")
    model.network.generation_config.forced_bos_token_id = 17
    model.network.generation_config.suppress_tokens = [3, 4]
    expected = _generated(model, TEXT, 8)
    session = EncoderDecoderSession(model, TEXT, settings=GREEDY)
    assert session.distribution().before[17] == 1
    assert _ids(session, 7) == expected[:7]
    assert expected[0] == 17
    session.back(3)
    assert not session.distribution().before[[3, 4]].any()


@pytest.mark.parametrize("family", ["llama", "gemma2", "marian"])
def test_what_was_given_back_is_made_again(family: str, tiny: Tiny) -> None:
    model = tiny(family)
    kept, released = (open_session(model, TEXT, settings=GREEDY) for _number in range(2))
    _ids(kept, 6)
    _ids(released, 6)
    assert released.cache_facts().held
    released.release()
    assert not released.cache_facts().held
    assert released.nbytes < kept.nbytes
    kept.release()  # or its keys would serve for both
    assert _ids(released, 6) == _ids(kept, 6)


def test_steps_leave_one_cache_and_bounded_queries_behind(
    tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    folder = make_model("llama", tmp_path, max_position_embeddings=600)
    model = load_model(str(folder))
    session = GenerationSession(model, TEXT, settings=GREEDY)
    held = len(SHELF)
    _ids(session, 100)
    early = session.nbytes - session.cache_facts().nbytes
    _ids(session, 400)
    assert len(SHELF) == held + 1
    late = session.nbytes - session.cache_facts().nbytes
    each = session.steps[-1].nbytes
    assert late - early <= 400 * each
    del session
    assert len(SHELF) == held


def test_the_cache_is_measured_and_timed(tiny: Tiny) -> None:
    session = GenerationSession(tiny("llama"), TEXT)
    promised = session.cache_facts()
    assert not promised.held
    _ids(session, 5)
    session.distribution()
    facts = session.cache_facts()
    assert facts.shape == (2, 2, len(session.tokens), 8)
    assert (
        facts.nbytes == facts.bytes_per_token * len(session.tokens) == 2 * 4 * np.prod(facts.shape)
    )
    assert promised.bytes_per_token == facts.bytes_per_token
    assert facts.dtype == "float32"
    timing = session.cache_timing()
    assert timing.with_cache > 0
    assert timing.without_cache > 0


def test_the_cache_of_a_source_is_told_apart(tiny: Tiny) -> None:
    session = EncoderDecoderSession(tiny("bart"), TEXT)
    _ids(session, 5)
    session.distribution()
    facts = session.cache_facts()
    assert facts.shape == (2, 4, 6, 8)
    assert facts.source_nbytes == len(session.source_tokens) * 4 * (32 + 2 * 2 * 32)
    assert session.cache_timing().without_cache > 0
