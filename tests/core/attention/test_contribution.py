"""A logit taken apart: the parts of the heads and the rest."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.attention import Target, choose_target, head_contributions
from core.errors import UnsupportedError
from core.models import load_model

TEXT = "The animal didn't cross the street because it was too tired."
BLOCKS = {
    "llama": ("model.layers", "self_attn", "mlp", "model.norm"),
    "qwen3": ("model.layers", "self_attn", "mlp", "model.norm"),
    "gpt2": ("transformer.h", "attn", "mlp", "transformer.ln_f"),
    "gpt_neox": ("gpt_neox.layers", "attention", "mlp", "gpt_neox.final_layer_norm"),
    "opt": ("model.decoder.layers", "self_attn", "fc2", "model.decoder.final_layer_norm"),
}


@pytest.mark.parametrize("family", BLOCKS)
@pytest.mark.parametrize("position", [4, None])
def test_the_parts_sum_to_the_models_own_logit(family, position, model_folder):
    model = load_model(str(model_folder(family)))
    tokens = model.encode(TEXT)
    target = choose_target(model, tokens, position=position)
    found = head_contributions(model, TEXT, target=target)
    with torch.inference_mode():
        logits = model.network(**model.inputs(tokens)).logits[0, target.position]
    logit = float(logits[target.token_id])
    assert found.logit == pytest.approx(logit, abs=1e-5)
    assert found.heads.sum() + found.rest == pytest.approx(logit, abs=1e-5)
    assert found.heads.shape == (2, 4)
    assert np.abs(found.heads).max() > 1e-3


@pytest.mark.parametrize("family", BLOCKS)
def test_a_heads_part_is_what_the_frozen_norm_and_the_vocabulary_make_of_its_vector(
    family, model_folder
):
    """By hand, from what the network's own modules got: the head's columns of the projection."""
    model = load_model(str(model_folder(family)))
    tokens = model.encode(TEXT)
    layers, attention, _feed_forward, norm = BLOCKS[family]
    network, position = model.network, len(tokens) - 1
    names = ("o_proj", "out_proj", "c_proj", "dense")
    seen = {}
    handles = []
    for number, block in enumerate(network.get_submodule(layers)):
        module = block.get_submodule(attention)
        projection = next(getattr(module, name) for name in names if hasattr(module, name))
        handles.append(
            projection.register_forward_pre_hook(
                lambda module, args, number=number: seen.update({number: (module, args[0][0])})
            )
        )
    handles.append(
        network.get_submodule(norm).register_forward_pre_hook(
            lambda _module, args: seen.update(stream=args[0].reshape(-1, 32)[position])
        )
    )
    target = choose_target(model, tokens)
    with torch.inference_mode():
        network(**model.inputs(tokens))
    for handle in handles:
        handle.remove()
    found = head_contributions(model, tokens, target=target)
    last, word = (
        network.get_submodule(norm),
        network.get_output_embeddings().weight[target.token_id],
    )
    stream = seen["stream"]
    for layer in range(2):
        projection, heads = seen[layer]
        for head in range(4):
            alone = torch.zeros_like(heads)
            alone[position, head * 8 : head * 8 + 8] = heads[position, head * 8 : head * 8 + 8]
            with torch.inference_mode():
                vector = (projection(alone) - projection(torch.zeros_like(alone)))[position]
                if isinstance(last, torch.nn.LayerNorm):
                    vector = (vector - vector.mean()) / (stream.var(correction=0) + last.eps).sqrt()
                else:
                    vector = vector / (stream.square().mean() + last.variance_epsilon).sqrt()
                expected = float((vector * last.weight) @ word)
            assert found.heads[layer, head] == pytest.approx(expected, abs=1e-5)


def test_models_without_direct_contributions_say_so(model_folder, make_model, tmp_path):
    with pytest.raises(UnsupportedError, match="predicts no next token"):
        head_contributions(load_model(str(model_folder("bert"))), TEXT)
    for model in (
        load_model(str(model_folder("gemma2"))),  # norms what it adds
        load_model(str(make_model("opt", tmp_path, do_layer_norm_before=False))),  # post-norm
    ):
        with pytest.raises(UnsupportedError, match="has no direct contributions"):
            head_contributions(model, TEXT)
    gpt2 = load_model(str(model_folder("gpt2")))
    vector = Target(kind="vector", position=0, token_id=None, text="The")
    with pytest.raises(UnsupportedError, match="A vector has no logit"):
        head_contributions(gpt2, TEXT, target=vector)


@pytest.mark.models
def test_the_logit_of_paris_is_the_sum_of_270_heads_and_the_rest():
    model = load_model("smollm2-135m-instruct")
    found = head_contributions(model, "The capital of France is")
    assert found.target.text == " Paris"
    assert found.heads.shape == (30, 9)
    assert found.heads.sum() + found.rest == pytest.approx(found.logit, abs=1e-3)
