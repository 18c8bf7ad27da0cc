"""All heads switched off, one at a time: equal to single passes, and the measured figures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.attention import (
    ablate_heads,
    ablated_vectors,
    ablation_wall,
    choose_target,
    mean_outputs,
)
from core.attention.changes import HeadChange, HeadChanger
from core.attention.partial import TOKENS_AT_ONCE
from core.attention.tap import recording
from core.errors import InputError, UnsupportedError
from core.models import load_model
from core.prediction import logits_at

pytestmark = pytest.mark.slow

TEXT = "The animal didn't cross the street."
SENTENCE = "The animal didn't cross the street because it was too tired."
PLACES = [(layer, head) for layer in range(2) for head in range(4)]


@pytest.fixture(scope="module")
def gpt2(model_folder):
    return load_model(str(model_folder("gpt2")))


@pytest.mark.parametrize("replacement", ["zero", "mean"])
@pytest.mark.parametrize("family", ["gpt2", "llama", "bert", "t5"])
def test_the_wall_says_of_every_head_what_ablate_heads_says(family, replacement, model_folder):
    model = load_model(str(model_folder(family)))
    text = "The [MASK] is wide." if family == "bert" else TEXT
    pair = "Le chat est" if family == "t5" else None
    means = mean_outputs(model, ["One two three four.", "The capital of France is Paris."])
    wall = ablation_wall(model, text, pair, replacement=replacement, means=means)
    for layer, head in PLACES:
        effect = ablate_heads(
            model, text, [(layer, head)], pair, replacement=replacement, means=means
        )
        token = wall.target.token_id
        alone = effect.ablated[token] - effect.baseline[token]
        assert wall.effects[layer, head] == pytest.approx(alone, abs=1e-5)
        assert wall.baseline == pytest.approx(effect.baseline[token], abs=1e-5)
    assert wall.complete
    assert wall.unit == "nats"
    assert wall.effects.dtype == np.float32
    assert wall.effects.shape == (2, 4)


def test_a_vector_moves_by_one_minus_its_cosine(gpt2):
    target = choose_target(gpt2, gpt2.encode(TEXT), kind="vector", position=4)
    wall = ablation_wall(gpt2, TEXT, target=target)
    for layer, head in PLACES:
        effect = ablated_vectors(gpt2, TEXT, [(layer, head)])
        one, two = effect.baseline[4].astype(float), effect.ablated[4].astype(float)
        moved = 1 - one @ two / np.linalg.norm(one) / np.linalg.norm(two)
        assert wall.effects[layer, head] == pytest.approx(moved, abs=1e-6)
    assert (wall.unit, wall.baseline) == ("1 − cosine", 0.0)
    assert wall.effects.max() > 1e-4


@pytest.mark.parametrize("family", ["bart", "marian", "t5"])
@pytest.mark.parametrize("stack", ["self", "decoder", "cross"])
def test_every_stack_of_an_encoder_decoder_has_a_wall(family, stack, model_folder):
    model = load_model(str(model_folder(family)))
    wall = ablation_wall(model, TEXT, "Le chat est assis", stack=stack)
    assert (wall.stack, wall.effects.shape, wall.complete) == (stack, (2, 4), True)


def test_a_wall_that_is_stopped_keeps_what_it_has(gpt2, monkeypatch):
    monkeypatch.setitem(
        TOKENS_AT_ONCE,
        "cpu",
        3 * len(gpt2.encode(TEXT)),
    )
    seen = []
    wall = ablation_wall(
        gpt2,
        TEXT,
        progress=lambda done, total: seen.append((done, total)),
        stop=lambda: len(seen) > 2,
    )
    assert seen == [(0, 8), (3, 8), (6, 8)]
    assert np.isnan(wall.effects.ravel()).tolist() == [False] * 6 + [True] * 2
    assert not wall.complete
    whole = ablation_wall(gpt2, TEXT)
    assert np.allclose(wall.effects.ravel()[:6], whole.effects.ravel()[:6], atol=1e-5)


def test_the_control_is_another_head_of_the_layer_and_always_the_same(gpt2, make_model, tmp_path):
    wall = ablation_wall(gpt2, TEXT)
    drawn = {wall.control(1, 2, seed=seed) for seed in range(40)}
    assert drawn == {0, 1, 3}
    assert all(wall.control(1, 2, seed=7) == wall.control(1, 2, seed=7) for _again in range(3))
    with pytest.raises(InputError, match="no head 9 in layer 0"):
        wall.control(0, 9)
    lonely = load_model(str(make_model("gpt2", tmp_path, num_attention_heads=1)))
    assert ablation_wall(lonely, TEXT).control(0, 0) is None


def test_a_text_of_one_token_has_a_wall(gpt2):
    wall = ablation_wall(gpt2, "t")
    assert wall.complete
    assert wall.target.position == 0


def test_what_a_model_lacks_gives_one_sentence(gpt2, model_folder):
    with pytest.raises(UnsupportedError, match="no decoder beside its encoder"):
        ablation_wall(gpt2, TEXT, stack="cross")
    with pytest.raises(InputError, match=r"mean outputs .* are missing"):
        ablation_wall(gpt2, TEXT, replacement="mean")
    with pytest.raises(UnsupportedError, match="cannot be recorded"):
        ablation_wall(load_model(str(model_folder("bloom"))), TEXT)


@pytest.mark.models
def test_the_wall_of_minilm_gives_the_measured_figures():
    """Issue 3: switched off, layer 3 head 1 moves "it" by 0.007 and layer 5 head 11 by 0.106."""
    model = load_model("minilm-l6")
    tokens = model.encode(SENTENCE)
    target = choose_target(model, tokens, position=tokens.texts.index("it"))
    wall = ablation_wall(model, tokens, target=target)
    assert wall.target.text == "it"
    assert wall.effects.shape == (6, 12)
    assert wall.effects[3, 1] == pytest.approx(0.007, abs=5e-4)
    assert wall.effects[5, 11] == pytest.approx(0.106, abs=5e-4)


@pytest.mark.models
def test_smollm2_copies_random_tokens_by_layer_16_head_0():
    """interface.md: without that head the loss of the second reading goes from 4–6 to 10–11."""
    model = load_model("smollm2-135m-instruct")
    ids = np.random.default_rng(0).integers(0, model.shape.vocab, 30).tolist() * 2
    inputs = {
        name: part.repeat(10, 1) for name, part in model.inputs(model.reader.read_ids(ids)).items()
    }
    # Row 0 has every head, row h + 1 all but head h of layer 16.
    variants = [[], *([HeadChange(layer=16, head=head)] for head in range(9))]
    with torch.inference_mode(), recording(HeadChanger(model.places, variants)):
        logits = logits_at(model.network, inputs, range(29, 59))
    chances = torch.log_softmax(logits.double(), -1)
    told = chances[:, torch.arange(30), torch.tensor(ids[30:])]  # (row, token)
    every, without, *others = (-told.mean(-1)).tolist()
    assert every == pytest.approx(4.63, abs=0.02)
    assert without == pytest.approx(10.16, abs=0.02)
    assert max(others) == pytest.approx(4.93, abs=0.02)
