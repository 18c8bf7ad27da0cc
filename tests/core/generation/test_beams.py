"""Beam search: transformers' own, token by token."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from core.errors import InputError, TextError, UnsupportedError
from core.generation.beams import BeamStep, beam_search_steps
from core.models import LanguageModel, load_model

CAUSAL = ["gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "bloom"]
TEXT = "The animal didn't cross the street"


def _generated(model: LanguageModel, text: str, **settings: Any) -> Any:
    inputs = model.inputs(model.encode(text))
    inputs.pop("decoder_input_ids", None)
    with torch.inference_mode():
        return model.network.generate(
            **inputs,
            do_sample=False,
            return_dict_in_generate=True,
            output_scores=True,
            num_return_sequences=settings["num_beams"],
            pad_token_id=0,
            **settings,
        )


def _check_equal(model: LanguageModel, text: str, beams: int, new: int, penalty: float) -> None:
    theirs = _generated(model, text, num_beams=beams, max_new_tokens=new, length_penalty=penalty)
    *_rest, last = beam_search_steps(
        model, text, beams=beams, max_new_tokens=new, length_penalty=penalty
    )
    start = 1 if model.kind == "seq2seq" else len(model.encode(text))
    expected = [
        row[start:].tolist()
        for row, score in zip(theirs.sequences, theirs.sequences_scores, strict=True)
        if score > -1e8
    ]
    found = [list(beam.token_ids) for beam in last.beams]
    assert [row[: len(own)] for row, own in zip(expected, found, strict=True)] == found
    scores = [score for score in theirs.sequences_scores.tolist() if score > -1e8]
    assert [beam.score for beam in last.beams] == pytest.approx(scores, abs=1e-4)
    assert last.winner == last.beams[0]


@pytest.mark.parametrize("family", CAUSAL)
@pytest.mark.parametrize(("beams", "penalty"), [(4, 1.0), (3, 0.0), (2, 2.0)])
def test_beams_and_scores_equal_generate_of_transformers(
    family: str, beams: int, penalty: float, model_folder: Callable[[str], Path]
) -> None:
    model = load_model(str(model_folder(family)))
    _check_equal(model, TEXT, beams, 12, penalty)


@pytest.mark.parametrize("family", ["t5", "bart", "marian"])
@pytest.mark.parametrize("penalty", [1.0, -1.0])
def test_beams_of_encoder_decoder_models_equal_generate(
    family: str, penalty: float, model_folder: Callable[[str], Path]
) -> None:
    model = load_model(str(model_folder(family)))
    _check_equal(model, TEXT, 4, 10, penalty)


def _ending_early(folder: Path, make_model: Callable[..., Path], early: object) -> LanguageModel:
    """A model whose end token is among the best ones now and then."""
    model = load_model(str(make_model("llama", folder)))
    steps = [
        beam.token_id
        for step in beam_search_steps(model, TEXT, beams=4, max_new_tokens=8)
        for beam in step.beams
    ]
    model.network.generation_config.eos_token_id = [steps[len(steps) // 2], steps[-1], 5]
    model.network.generation_config.early_stopping = early
    return model


@pytest.mark.parametrize("early", [False, True, "never"])
@pytest.mark.parametrize("penalty", [-1.0, 0.0, 1.0, 3.0])
def test_a_search_that_ends_early_ends_where_transformers_ends(
    early: object, penalty: float, tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    model = _ending_early(tmp_path, make_model, early)
    assert any(
        beam.ending == "end"
        for step in beam_search_steps(model, TEXT, max_new_tokens=14, length_penalty=penalty)
        for beam in step.beams
    )
    _check_equal(model, TEXT, 4, 14, penalty)


def test_one_beam_is_greedy(model_folder: Callable[[str], Path]) -> None:
    model = load_model(str(model_folder("gpt2")))
    *_rest, last = beam_search_steps(model, TEXT, beams=1, max_new_tokens=8)
    inputs = model.inputs(model.encode(TEXT))
    with torch.inference_mode():
        theirs = model.network.generate(**inputs, do_sample=False, max_new_tokens=8)
    assert list(last.beams[0].token_ids) == theirs[0, inputs["input_ids"].shape[1] :].tolist()


def _steps(model: LanguageModel) -> list[BeamStep]:
    return list(beam_search_steps(model, TEXT, beams=3, max_new_tokens=6))


def test_steps_form_a_tree(model_folder: Callable[[str], Path]) -> None:
    steps = _steps(load_model(str(model_folder("llama"))))
    assert [step.number for step in steps] == [1, 2, 3, 4, 5, 6]
    for before, step in pairwise(steps):
        for beam in step.beams:
            parent = before.beams[beam.parent or 0]
            assert beam.parent is not None
            assert beam.token_ids[:-1] == parent.token_ids
            own = beam.log_probability - parent.log_probability
            assert beam.token_log_probability == pytest.approx(own, abs=1e-4)


def test_beams_stand_in_the_order_of_their_scores(model_folder: Callable[[str], Path]) -> None:
    for step in _steps(load_model(str(model_folder("llama")))):
        scores = [beam.score for beam in step.beams]
        assert scores == sorted(scores, reverse=True)
        assert len(step.beams) == 3


def test_what_is_dropped_scores_below_what_is_kept(model_folder: Callable[[str], Path]) -> None:
    for step in _steps(load_model(str(model_folder("llama"))))[:-1]:
        worst = min(beam.log_probability for beam in step.beams)
        below = [one.beam for one in step.dropped if one.reason == "below"]
        assert below
        assert all(beam.log_probability <= worst for beam in below)


def test_an_ended_beam_stays_until_better_ones_displace_it(
    tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    model = _ending_early(tmp_path, make_model, early="never")
    steps = list(beam_search_steps(model, TEXT, beams=4, max_new_tokens=14))
    for before, step in pairwise(steps):
        held = {beam.token_ids for beam in step.beams}
        displaced = {one.beam.token_ids for one in step.dropped if one.reason == "displaced"}
        for beam in before.beams:
            assert not beam.finished or beam.token_ids in held | displaced
    assert all(beam.finished for beam in steps[-1].beams)


def test_what_is_still_open_at_the_end_is_told(
    tmp_path: Path, make_model: Callable[..., Path]
) -> None:
    model = _ending_early(tmp_path, make_model, early=True)
    *_rest, last = beam_search_steps(model, TEXT, beams=4, max_new_tokens=30)
    assert last.number < 30
    assert {one.reason for one in last.dropped} & {"hopeless"}


def test_an_encoder_cannot_be_searched(model_folder: Callable[[str], Path]) -> None:
    model = load_model(str(model_folder("bert")))
    with pytest.raises(UnsupportedError, match="Masked words"):
        beam_search_steps(model, TEXT)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"beams": 0}, "0 beams"),
        ({"beams": 65}, "1 to 64"),
        ({"max_new_tokens": 0}, "at least 1"),
        ({"length_penalty": 11.0}, "−10 to 10"),
        ({"length_penalty": float("nan")}, "nan"),
    ],
)
def test_numbers_out_of_range_are_refused(
    settings: dict[str, Any], said: str, model_folder: Callable[[str], Path]
) -> None:
    model = load_model(str(model_folder("gpt2")))
    with pytest.raises(InputError, match=said):
        beam_search_steps(model, TEXT, **settings)


def test_an_empty_prompt_is_refused(model_folder: Callable[[str], Path]) -> None:
    model = load_model(str(model_folder("gpt2")))
    with pytest.raises(TextError):
        beam_search_steps(model, " ")


def test_a_prompt_past_the_limit_is_cut_from_the_left(model_folder: Callable[[str], Path]) -> None:
    model = load_model(str(model_folder("gpt2")))
    *_rest, last = beam_search_steps(model, " ".join([TEXT] * 9), max_new_tokens=5)
    assert last.cut is not None
    assert last.cut.kept == model.shape.max_tokens - 5
    assert len(last.beams[0].token_ids) == 5


def test_a_special_token_typed_in_a_prompt_is_text(model_folder: Callable[[str], Path]) -> None:
    model = load_model(str(model_folder("llama")))
    forged = list(beam_search_steps(model, "One<|end|>", max_new_tokens=3))
    asked = list(beam_search_steps(model, "One<|end|>", max_new_tokens=3, special=True))
    assert forged[-1].winner is not None
    assert asked[-1].winner is not None
    assert forged[-1].winner.score != asked[-1].winner.score
