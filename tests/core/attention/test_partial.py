"""Many changed passes at once equal single whole passes, in every family."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from core.attention.changes import HeadChange, HeadChanger
from core.attention.partial import ChangedPasses
from core.attention.tap import recording
from core.models import load_model

ONE_STACK = (
    *("bert", "roberta", "distilbert", "albert", "modernbert"),
    *("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2"),
)
TWO_STACKS = ("bart", "marian", "t5")
EVERY = [(family, "self") for family in ONE_STACK] + [
    (family, stack) for family in TWO_STACKS for stack in ("self", "decoder", "cross")
]
TEXT = "The animal didn't cross the street because it was too tired."
TARGET = "Le chat est assis sur le tapis."
POSITION = 3
# Float32 has 2⁻²³ ≈ 1.2e-7 of relative precision; sums in another order lose some of it, layer by
# layer, of numbers that can be larger than the result. A fault is off by the effect, 1e-2 and more.
TOLERANCE = 2e-5


def inputs_of(model, text=TEXT):
    target = model.encode_target(TARGET) if model.kind == "seq2seq" else None
    return model.inputs(model.encode(text), target)


def variants_of(model, stack, queries):
    """Every head changed, in turn to zero, to one vector and to one for each token; and two."""
    shape = model.places.shapes[stack]
    draw = np.random.default_rng(0)
    values = (None, (shape.head_dim,), (queries, shape.head_dim))
    variants = [
        [
            HeadChange(
                stack=stack,
                layer=layer,
                head=head,
                value=None if size is None else 5 * draw.standard_normal(size, dtype=np.float32),
            )
        ]
        for layer in reversed(range(shape.layers))  # in no order that suits the passes
        for head in range(shape.heads)
        for size in (values[head % 3],)
    ]
    return [*variants, [variants[0][0], variants[-1][0]]]


def single(model, inputs, variant, position=POSITION):
    with torch.inference_mode(), recording(HeadChanger(model.places, [variant])):
        return model.network(**inputs).logits[0, position]


def queries_of(stack, inputs):
    return inputs["input_ids" if stack == "self" else "decoder_input_ids"].shape[1]


@pytest.mark.parametrize(("family", "stack"), EVERY)
def test_changes_of_all_heads_at_once_equal_one_whole_pass_each(family, stack, model_folder):
    model = load_model(str(model_folder(family)))
    inputs = inputs_of(model)
    variants = variants_of(model, stack, queries_of(stack, inputs))
    passes = ChangedPasses(model, inputs, POSITION)
    together = passes.run(variants)
    assert model.blocks.enterable == {stack: True}
    alone = torch.stack([single(model, inputs, variant) for variant in variants])
    largest = alone.abs().max().clamp(min=1)
    assert (together - alone).abs().max() <= TOLERANCE * largest
    # Else it would prove nothing; with three layers ModernBERT's last one sees its neighbours only.
    moved = (alone - passes.baseline).abs().amax(-1)
    assert moved.max() > 100 * TOLERANCE * largest


@pytest.mark.parametrize("family", ["bert", "gpt2", "llama", "t5"])
def test_a_network_that_cannot_be_entered_gets_whole_passes(family, model_folder):
    model = load_model(str(model_folder(family)))
    inputs = inputs_of(model)
    variants = variants_of(model, "self", queries_of("self", inputs))
    entered = ChangedPasses(model, inputs, POSITION).run(variants)
    model.blocks.enterable["self"] = False
    whole = ChangedPasses(model, inputs, POSITION).run(variants)
    assert (entered - whole).abs().max() <= TOLERANCE * whole.abs().max().clamp(min=1)


def test_a_pass_that_goes_wrong_in_the_middle_is_found_out(model_folder):
    model = load_model(str(model_folder("gpt2")))
    inputs = inputs_of(model)
    variants = variants_of(model, "self", queries_of("self", inputs))
    model.blocks.calls["self", 0] = model.blocks.calls["self", 1]  # changes of layer 0 come late
    outputs = ChangedPasses(model, inputs, POSITION).run(variants[-4:-1])
    assert model.blocks.enterable == {"self": False}
    alone = torch.stack([single(model, inputs, variant) for variant in variants[-4:-1]])
    assert (outputs - alone).abs().max() <= TOLERANCE * alone.abs().max().clamp(min=1)


@pytest.mark.parametrize("family", ["bert", "gpt2", "albert"])
def test_vectors_of_changed_passes_equal_those_of_whole_ones(family, model_folder):
    model = load_model(str(model_folder(family)))
    inputs = inputs_of(model)
    variants = variants_of(model, "self", queries_of("self", inputs))
    together = ChangedPasses(model, inputs, POSITION, vectors=True).run(variants)
    for row, variant in zip(together, variants, strict=True):
        with torch.inference_mode(), recording(HeadChanger(model.places, [variant])):
            alone = model.network.base_model(**inputs)["last_hidden_state"][0, POSITION]
        assert (row - alone).abs().max() <= TOLERANCE * alone.abs().max().clamp(min=1)


def test_passes_of_several_threads_do_not_see_each_other(model_folder):
    model = load_model(str(model_folder("llama")))
    texts = [TEXT, "One two three four five six.", "The capital of France is Paris;", "Bert"] * 5

    def changed(text):
        inputs = inputs_of(model, text)
        variants = variants_of(model, "self", queries_of("self", inputs))
        return ChangedPasses(model, inputs, 0).run(variants)

    def plain(text):
        with torch.inference_mode():
            return model.network(**inputs_of(model, text)).logits

    expected = [(changed(text), plain(text)) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda text: (changed(text), plain(text)), texts))
    for (ours, logits), (alone, whole) in zip(found, expected, strict=True):
        assert torch.equal(ours, alone)
        assert torch.equal(logits, whole)


def test_the_gates_of_a_network_change_no_pass_and_go_along_with_a_copy(model_folder):
    import copy

    from transformers import AutoModelForCausalLM

    model = load_model(str(model_folder("gpt2")))
    plain = AutoModelForCausalLM.from_pretrained(model.folder, attn_implementation="sdpa").eval()
    inputs = inputs_of(model)
    twin = copy.deepcopy(model.network)
    with torch.inference_mode():
        expected = plain(**inputs, output_hidden_states=True)
        for network in (model.network, twin):
            found = network(**inputs, output_hidden_states=True)
            assert torch.equal(found.logits, expected.logits)
            assert len(found.hidden_states) == len(expected.hidden_states)
        twin.transformer.h[0].mlp.c_proj.weight.mul_(2)
        assert not torch.equal(twin(**inputs).logits, expected.logits)
        assert torch.equal(model.network(**inputs).logits, expected.logits)


def test_variants_of_two_stacks_or_without_a_change_are_refused(model_folder):
    model = load_model(str(model_folder("bart")))
    passes = ChangedPasses(model, inputs_of(model), 0)
    two = [[HeadChange(layer=0, head=0)], [HeadChange(stack="cross", layer=0, head=0)]]
    for wrong in (two, [[]], []):
        with pytest.raises(ValueError, match="one and the same stack"):
            passes.run(wrong)
