"""Every intermediate of a layer of every family, against the library's own eager pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.anatomy import head_anatomy, layer_anatomy, neuron_matrices, word_matrix
from core.errors import InputError, TextError, UnsupportedError
from core.models import load_model

ONE_STACK = (
    *("bert", "roberta", "distilbert", "albert", "modernbert"),
    *("gpt2", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "olmo2"),
)
TWO_STACKS = ("bart", "marian", "t5")
FAMILIES = (*ONE_STACK, *TWO_STACKS)
PLACES = [(family, "self") for family in FAMILIES] + [
    (family, stack) for family in TWO_STACKS for stack in ("decoder", "cross")
]
TEXT = "The animal didn't cross the street because it was too tired."
TARGET = "Le chat est assis sur le tapis."
TOLERANCE = 1e-5


@pytest.fixture(scope="session")
def anatomies(models):
    """The anatomy of a layer, by family, stack and layer."""
    made = {}

    def anatomy(family, stack="self", layer=0):
        if (family, stack, layer) not in made:
            model = models(family)
            pair = TARGET if model.kind == "seq2seq" else None
            made[family, stack, layer] = layer_anatomy(model, TEXT, pair, layer=layer, stack=stack)
        return made[family, stack, layer]

    return anatomy


def block_name(model, stack, layer):
    block, _call = model.blocks.calls[stack, layer]
    return next(name for name, module in model.network.named_modules() if module is block)


def of_library(references, models, family, stack, layer, module):
    """What a module of a layer was given and gave in the library's own pass."""
    model = models(family)
    calls = references(family)[1][f"{block_name(model, stack, layer)}.{module}"]
    given, made = calls[layer if family == "albert" else 0]
    return rows(given), rows(made)


def rows(part):
    return part[0].numpy() if part.dim() > 2 and part.shape[0] == 1 else part.numpy()


def close(one, other, tolerance=TOLERANCE):
    return np.abs(one - other).max() <= tolerance


def joined(vectors):
    """(head, token, dim) as (token, head × dim)"""
    return np.concatenate(list(vectors), axis=-1)


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_a_layer_takes_and_gives_what_the_librarys_does(family, stack, anatomies, references):
    outputs = references(family)[0]
    names = ("encoder_hidden_states" if family in TWO_STACKS else "hidden_states",)
    states = outputs["decoder_hidden_states" if stack != "self" else names[0]]
    own = anatomies(family, stack)
    assert close(own.given, states[0][0].numpy())
    assert close(own.result, states[1][0].numpy())
    assert close(own.embedding.result, states[0][0].numpy())
    assert own.embedding.complete


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_weights_scores_and_outputs_of_every_head_are_the_librarys(
    family, stack, layer, anatomies, references, models
):
    outputs = references(family)[0]
    name = {"self": "attentions", "decoder": "decoder_attentions", "cross": "cross_attentions"}
    kept = "encoder_attentions" if family in TWO_STACKS and stack == "self" else name[stack]
    own = anatomies(family, stack, layer)
    given, made = of_library(references, models, family, stack, layer, own.attention.output_module)
    assert close(own.attention.concat, given)
    assert close(own.attention.mixed, made)
    for head in range(own.heads):
        part = head_anatomy(models(family), own, head)
        assert close(part.weights, outputs[kept][layer][0, head].numpy())
        dim = part.output.shape[1]
        assert close(part.output, given[:, head * dim : (head + 1) * dim])
        assert close(part.weights @ part.values, part.output)


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_queries_keys_and_values_are_what_the_librarys_matrices_make(
    family, stack, anatomies, references, models
):
    own = anatomies(family, stack, 1)
    for vectors in (own.attention.queries, own.attention.keys, own.attention.values):
        place = vectors.place
        _given, made = of_library(references, models, family, stack, 1, place.module)
        theirs = np.stack([made[:, place.columns(h)] for h in range(len(vectors.projected))])
        assert close(vectors.projected, theirs)
        if vectors.normed is not None:
            norm = place.module.replace("_proj", "_norm")
            _given, made = of_library(references, models, family, stack, 1, norm)
            by_head = made.reshape(len(made), len(vectors.normed), -1) if made.ndim == 2 else made
            assert close(vectors.normed, by_head.transpose(1, 0, 2))
    head = head_anatomy(models(family), own, 3)
    for inputs, matrix, made in (
        (own.attention.inputs, head.query_matrix, head.queries),
        (own.attention.key_inputs, head.key_matrix, head.keys),
        (own.attention.key_inputs, head.value_matrix, head.values),
    ):
        assert close(inputs @ matrix.values + added(matrix), made)


def added(matrix):
    return 0 if matrix.bias is None else matrix.bias


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_each_step_of_a_head_follows_from_the_one_before(family, stack, anatomies, models):
    """Vaswani et al. 2017, eq. 1; Gemma 2's cap and T5's bias as their own code has them."""
    own = anatomies(family, stack, 1)
    head = head_anatomy(models(family), own, 2)
    assert close(head.used_queries @ head.used_keys.T, head.products)
    assert close(head.products * head.scaling, head.scaled)
    scores = head.scaled if head.softcap is None else np.tanh(head.scaled / head.softcap)
    scores = scores if head.softcap is None else scores * head.softcap
    scores = scores if head.bias is None else scores + head.bias
    assert close(np.where(head.seen, scores, 0), np.where(head.seen, head.scores, 0))
    assert np.isneginf(head.scores[~head.seen]).all()
    assert close(softmax(head.scores), head.weights)
    dim = head.output.shape[1]
    every = sum(head_anatomy(models(family), own, h).added for h in range(own.heads))
    assert close(every + added(head.output_matrix), own.attention.mixed)
    assert own.attention.concat.shape[1] == own.heads * dim


@pytest.mark.parametrize("family", FAMILIES)
def test_without_the_scaling_the_softmax_is_of_the_products_themselves(family, anatomies, models):
    head = head_anatomy(models(family), anatomies(family), 1)
    scores = head.products
    if head.softcap is not None:
        scores = np.tanh(scores / head.softcap) * head.softcap
    scores = scores if head.bias is None else scores + head.bias
    expected = softmax(np.where(head.seen, scores, -np.inf))
    assert close(expected, head.unscaled_weights, 1e-4)
    if head.scaling < 1:
        assert head.unscaled_weights.max(-1).mean() >= head.weights.max(-1).mean()


def softmax(scores):
    powers = np.exp(scores.astype(np.float64) - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


ARRANGEMENTS = {
    **dict.fromkeys(("bert", "roberta", "distilbert", "albert", "bart", "marian"), "post"),
    **dict.fromkeys(("modernbert", "gpt2", "gpt_neox", "opt", "llama", "qwen3", "t5"), "pre"),
    "gemma2": "both",
    "olmo2": "after",
}
RMS = {"llama", "qwen3", "gemma2", "olmo2", "t5"}


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_add_and_norm_stands_where_the_model_has_it(family, stack, anatomies):
    own = anatomies(family, stack, 1)
    assert own.attention_sum.arrangement == ARRANGEMENTS[family]
    expected = "parallel" if family == "gpt_neox" else ARRANGEMENTS[family]
    assert own.feed_forward_sum.arrangement == expected
    for part in own.sums:
        assert close(
            part.total, part.stream + (part.made if part.after is None else part.after.made)
        )
        norms = [norm for norm in (part.before, part.after, part.norm) if norm is not None]
        assert norms
        for norm in norms:
            assert norm.kind == ("RMSNorm" if family in RMS else "LayerNorm")
            rest = norm.given if norm.mean is None else norm.given - norm.mean[:, None]
            made = rest / norm.spread[:, None] * norm.gain
            assert close(made if norm.shift is None else made + norm.shift, norm.made)
    assert np.array_equal(own.sums[-1].result, own.result) or close(own.sums[-1].result, own.result)


GATED = {
    "modernbert": "GELU",
    "gemma2": "GELU",
    **dict.fromkeys(("llama", "qwen3", "olmo2"), "SiLU"),
}


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_the_feed_forward_is_the_librarys_with_its_activation_and_gate(
    family, stack, anatomies, references, models
):
    own = anatomies(family, stack, 1)
    part = own.feed_forward
    given, made = of_library(references, models, family, stack, 1, part.down_module)
    assert close(part.inner, given)
    assert close(part.made, made)
    assert (part.gate is not None) == (family in GATED)
    assert part.activation == GATED.get(family, "ReLU" if family in {"opt", "t5"} else "GELU")
    opened = part.up if part.gate is None else part.gate
    act = {"GELU": torch.nn.functional.gelu, "SiLU": torch.nn.functional.silu}
    activated = act.get(part.activation, torch.relu)(torch.from_numpy(opened)).numpy()
    assert close(activated, part.activated, 2e-3)  # GPT-2, ALBERT and Gemma use GELU's tanh form
    assert close(part.activated * (1 if part.gate is None else part.up), part.inner)
    matrices = neuron_matrices(models(family), own, range(part.inner.shape[1]))
    assert close(part.inputs @ matrices.up.values + added(matrices.up), part.up)
    if matrices.gate is not None:
        assert close(part.inputs @ matrices.gate.values + added(matrices.gate), part.gate)
    assert close(part.inner @ matrices.down.values + added(matrices.down), part.made)


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_and_probabilities_are_the_librarys(family, anatomies, references, models):
    own = anatomies(family).vocabulary
    logits = references(family)[0].logits[0]
    chosen = logits[:, torch.from_numpy(own.words)].numpy()
    assert close(own.logits, chosen)
    theirs = torch.softmax(logits, -1)[:, torch.from_numpy(own.words)].numpy()
    assert close(own.probabilities, theirs)
    best = own.words[own.top[:, 0]]
    assert np.array_equal(best, logits.argmax(-1).numpy())
    matrix = word_matrix(models(family), own.words)
    made = own.vectors @ matrix.values + added(matrix)
    made = made if own.cap is None else np.tanh(made / own.cap) * own.cap
    assert close(made, own.logits)
    assert (own.cap is not None) == (family == "gemma2")


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_the_embedding_is_the_sum_of_its_tables(family, stack, anatomies, models):
    own = anatomies(family, stack)
    roles = [part.role for part in own.embedding.parts]
    learned = family in {"bert", "roberta", "distilbert", "albert", "gpt2", "opt", "bart", "marian"}
    assert roles.count("token") == 1
    assert ("position" in roles) == learned
    assert ("type" in roles) == (family in {"bert", "roberta", "albert"})
    token = next(part for part in own.embedding.parts if part.role == "token")
    assert token.rows == own.tokens.ids
    total = sum(
        part.vectors * (own.embedding.scale if part.role == "token" else 1)
        for part in own.embedding.parts
    )
    assert close(total, own.embedding.total)
    assert (own.embedding.scale != 1) == (family == "gemma2")
    assert own.embedding.mapped == (family == "albert")


def test_what_families_do_otherwise_is_told(anatomies, models):
    turned = {
        family for family in FAMILIES if head_anatomy(models(family), anatomies(family), 0).turned
    }
    assert turned == {"modernbert", "gpt_neox", "llama", "qwen3", "gemma2", "olmo2"}
    assert anatomies("opt").attention.divided_ahead
    assert anatomies("opt").attention.scaling == pytest.approx(8**-0.5)
    assert not anatomies("bert").attention.divided_ahead
    assert anatomies("t5").attention.scaling == 1
    shared = [head_anatomy(models("llama"), anatomies("llama"), head).kv_head for head in range(4)]
    assert shared == [0, 0, 1, 1]
    assert head_anatomy(models("gemma2"), anatomies("gemma2"), 0).softcap == 2
    assert anatomies("qwen3").attention.queries.normed is not None
    assert not anatomies("qwen3").attention.queries.together
    assert anatomies("olmo2").attention.queries.together


def test_an_encoder_without_a_vocabulary_has_no_last_step(tmp_path, make_model):
    folder = make_model("bert", tmp_path / "bert")
    from transformers import AutoModel

    AutoModel.from_pretrained(folder).save_pretrained(folder)
    own = layer_anatomy(load_model(str(folder)), TEXT)
    assert own.kind == "encoder"
    assert own.vocabulary is None


def test_a_shared_network_keeps_no_hooks_and_gives_what_it_gave(models):
    model = models("llama")
    inputs = model.inputs(model.encode(TEXT))
    with torch.inference_mode():
        before = model.network(**inputs).logits
    layer_anatomy(model, TEXT, layer=1)
    with torch.inference_mode():
        assert torch.equal(model.network(**inputs).logits, before)
    hooks = [len(module._forward_hooks) for module in model.network.modules()]
    again = load_model(str(model.folder))
    assert hooks == [len(module._forward_hooks) for module in again.network.modules()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"layer": 2}, "no layer 2: choose from 0 to 1"),
        ({"layer": -1}, "no layer -1"),
        ({"stack": "cross"}, "no “cross” attention"),
    ],
)
def test_a_layer_or_attention_that_is_not_there_is_refused(arguments, said, models):
    with pytest.raises(InputError, match=said):
        layer_anatomy(models("bert"), TEXT, **arguments)


def test_a_head_that_is_not_there_is_refused(models, anatomies):
    with pytest.raises(InputError, match="no head 4: choose from 0 to 3"):
        head_anatomy(models("bert"), anatomies("bert"), 4)


def test_an_empty_text_is_refused_and_a_long_one_is_cut(models):
    with pytest.raises(TextError, match="empty"):
        layer_anatomy(models("bert"), "  ")
    own = layer_anatomy(models("bert"), TEXT * 9, limit=12)
    assert len(own.tokens) == 12
    assert own.tokens.cut is not None


def test_a_model_whose_attention_cannot_be_recorded_is_refused(model_folder):
    with pytest.raises(UnsupportedError, match="cannot be recorded"):
        layer_anatomy(load_model(str(model_folder("bloom"))), TEXT)
