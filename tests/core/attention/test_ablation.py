"""Switching heads off, by the identities in known-answers.md."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.attention import ablate_heads, ablated_vectors, mean_outputs
from core.attention.changes import HeadChange, HeadChanger
from core.attention.recording import AttentionRecorder
from core.attention.tap import recording
from core.errors import InputError, UnsupportedError
from core.models import load_model

TEXT = "The animal didn't cross the street."
PROJECTIONS = {
    "bert": "bert.encoder.layer.1.attention.output.dense",
    "distilbert": "distilbert.transformer.layer.1.attention.out_lin",
    "gpt2": "transformer.h.1.attn.c_proj",
    "gpt_neox": "gpt_neox.layers.1.attention.dense",
    "opt": "model.decoder.layers.1.self_attn.out_proj",
    "llama": "model.layers.1.self_attn.o_proj",
}


@pytest.mark.parametrize(("family", "name"), PROJECTIONS.items())
def test_every_head_off_leaves_the_bias_of_the_output_projection(family, name, model_folder):
    model = load_model(str(model_folder(family)))
    projection = model.network.get_submodule(name)
    seen = []
    handle = projection.register_forward_hook(lambda _m, _i, output: seen.append(output))
    off = [HeadChange(layer=1, head=head) for head in range(4)]
    recorders = (
        AttentionRecorder(model.places, {}, off={("self", 1): range(4)}),
        HeadChanger(model.places, [off]),
    )
    for recorder in recorders:
        with torch.inference_mode(), recording(recorder):
            model.network(**model.inputs(model.encode(TEXT)))
    handle.remove()
    bias = torch.zeros(32) if projection.bias is None else projection.bias
    assert len(seen) == 2
    assert all(torch.equal(output, bias.expand_as(output)) for output in seen)


@pytest.mark.parametrize("family", ["bert", "gpt2", "llama", "bart"])
def test_no_head_off_changes_nothing_to_zero(family, model_folder):
    model = load_model(str(model_folder(family)))
    text = "The [MASK] is wide." if family == "bert" else TEXT
    effect = ablate_heads(model, text, [])
    assert np.abs(effect.baseline - effect.ablated).max() == 0.0
    assert np.isclose(np.exp(effect.baseline).sum(), 1, atol=1e-5)
    changed = ablate_heads(model, text, [(0, 1), (1, 3)])
    assert np.array_equal(changed.baseline, effect.baseline)
    assert np.abs(changed.baseline - changed.ablated).max() > 0


def test_a_head_off_equals_its_columns_of_the_projection_set_to_zero(model_folder):
    model = load_model(str(model_folder("llama")))
    ours = ablate_heads(model, TEXT, [(1, 2)]).ablated
    weight = model.network.model.layers[1].self_attn.o_proj.weight
    kept = weight.data[:, 16:24].clone()
    weight.data[:, 16:24] = 0
    theirs = ablate_heads(model, TEXT, []).baseline
    weight.data[:, 16:24] = kept
    assert np.allclose(ours, theirs, atol=1e-6)


def test_the_prediction_stands_at_the_last_token_or_the_first_mask(model_folder):
    bert = load_model(str(model_folder("bert")))
    effect = ablate_heads(bert, "The [MASK] is [MASK].", [])
    assert effect.position == bert.encode("The [MASK] is [MASK].").texts.index("[MASK]")
    with pytest.raises(InputError, match=r"no mask: write \[MASK\]"):
        ablate_heads(bert, TEXT, [])
    gpt2 = load_model(str(model_folder("gpt2")))
    assert ablate_heads(gpt2, TEXT, []).position == len(gpt2.encode(TEXT)) - 1
    with pytest.raises(InputError, match="no head 4 in layer 0"):
        ablate_heads(gpt2, TEXT, [(0, 4)])


def test_a_heads_mean_takes_its_place(model_folder):
    model = load_model(str(model_folder("gpt2")))
    means = mean_outputs(model, [TEXT, "One two three."])
    counts = [len(model.encode(text)) for text in (TEXT, "One two three.")]
    assert means.outputs["self"].shape == (2, 4, 8)
    assert means.tokens == {"self": sum(counts)}
    ours = ablate_heads(model, TEXT, [(1, 2)], replacement="mean", means=means).ablated
    # By hand: what goes into the projection of layer 1 has the mean in the columns of head 2.
    inputs, seen = model.inputs(model.encode(TEXT)), []
    projection = model.network.transformer.h[1].attn.c_proj

    def put(_module, args):
        seen.append(args[0][0, :, 16:24])
        changed = args[0].clone()
        changed[..., 16:24] = torch.from_numpy(means.of("self", 1, 2))
        return (changed,)

    handle = projection.register_forward_pre_hook(put)
    with torch.inference_mode():
        theirs = torch.log_softmax(model.network(**inputs).logits[0, -1], -1).numpy()
        model.network(**model.inputs(model.encode("One two three.")))
    handle.remove()
    assert np.allclose(ours, theirs, atol=1e-6)
    assert np.allclose(torch.cat(seen).mean(0), means.of("self", 1, 2), atol=1e-6)
    with pytest.raises(InputError, match=r"mean outputs .* are missing"):
        ablate_heads(model, TEXT, [(1, 2)], replacement="mean")
    with pytest.raises(InputError, match="at least one text"):
        mean_outputs(model, [])


@pytest.mark.models
def test_the_two_heads_that_look_from_it_to_animal_matter_differently():
    """interface.md: 0.68 and 0.67 of the attention; the vector of "it" moves by 0.007 and 0.106."""
    model = load_model("minilm-l6")
    moved = []
    for head in ((3, 1), (5, 11)):
        effect = ablated_vectors(
            model, "The animal didn't cross the street because it was too tired.", [head]
        )
        place = effect.tokens.texts.index("it")
        before, after = effect.baseline[place], effect.ablated[place]
        moved.append(1 - before @ after / np.linalg.norm(before) / np.linalg.norm(after))
    assert np.allclose(moved, [0.007, 0.106], atol=5e-4)
    with pytest.raises(UnsupportedError, match="predicts no tokens"):
        ablate_heads(model, TEXT, [])
