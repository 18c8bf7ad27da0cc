"""Every relation that a scene claims holds in its own numbers, for families of every kind."""

from __future__ import annotations

import numpy as np
import pytest

from components.anatomy.attention import (
    LETTERS,
    output_scene,
    projection_scene,
    scores_scene,
    softmax_scene,
    values_scene,
)
from components.anatomy.map_parts import map_parts, short
from components.anatomy.stream import (
    embedding_scene,
    feed_forward_scene,
    sum_scene,
    vocabulary_scene,
)
from components.views.matrices import Applied, Normed, Product, Scaled, Scene, Softmax, Total
from core.anatomy import (
    describe_architecture,
    head_anatomy,
    layer_anatomy,
    neuron_matrices,
    strongest_neurons,
    word_matrix,
)
from core.models import load_model
from tests.core.conftest import make_model

TEXT = "The animal didn't cross the street because it was too tired."
TARGET = "Le chat est assis sur le tapis."
FAMILIES = ("bert", "albert", "modernbert", "gpt_neox", "opt", "llama", "qwen3", "gemma2", "t5")
PLACES = [(family, "self") for family in FAMILIES] + [("t5", "decoder"), ("t5", "cross")]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    return {family: load_model(str(make_model(family, root / family))) for family in FAMILIES}


@pytest.fixture(scope="module")
def scenes(models):
    """All scenes of a family, stack and layer 1."""
    made = {}

    def every(family, stack):
        if (family, stack) in made:
            return made[family, stack]
        model = models[family]
        pair = TARGET if model.kind == "seq2seq" else None
        own = layer_anatomy(model, TEXT, pair, layer=1, stack=stack)
        head = head_anatomy(model, own, 2)
        neurons = neuron_matrices(model, own, strongest_neurons(own.feed_forward, 12))
        found = {
            "embed": embedding_scene(own),
            **{letter: projection_scene(own, head, letter) for letter in LETTERS},
            "scores": scores_scene(own, head),
            "softmax": softmax_scene(own, head, unscaled=False),
            "unscaled": softmax_scene(own, head, unscaled=True),
            "values": values_scene(own, head, unscaled=False),
            "output": output_scene(own, head),
            **{part.part: sum_scene(own, part, made="O") for part in own.sums},
            "ffn": feed_forward_scene(own, neurons),
        }
        vocabulary = own.vocabulary
        ids = [int(vocabulary.words[place]) for place in vocabulary.top[2]]
        found["logits"] = vocabulary_scene(vocabulary, 2, word_matrix(model, ids))
        made[family, stack] = found
        return found

    return every


def difference(scene: Scene, relation) -> float:
    """How far the numbers of a relation's result are from what it says they are."""
    values = [matrix.values.astype(np.float64) for matrix in scene.matrices]
    own = scene.matrices[relation.out]
    match relation:
        case Product():
            made = values[relation.left] @ values[relation.right]
            made = made if relation.bias is None else made + relation.bias
        case Total():
            made = sum(values[part] * factor for part, factor in relation.parts)
        case Normed():
            made = values[relation.of]
            made = made if relation.mean is None else made - relation.mean[:, None]
            made = made / relation.spread[:, None] * relation.gain
            made = made if relation.shift is None else made + relation.shift
        case Scaled():
            made = values[relation.of] * relation.factor
            if relation.cap is not None:
                made = relation.cap * np.tanh(made / relation.cap)
            made = made if relation.bias is None else made + values[relation.bias]
        case Softmax():
            scores = values[relation.of]
            hidden = scene.matrices[relation.of].hidden
            scores = scores if hidden is None else np.where(hidden, -np.inf, scores)
            totals = relation.totals
            if totals is None:
                totals = np.log(np.exp(scores - scores.max(-1, keepdims=True)).sum(-1))
                totals = totals + scores.max(-1)
            made = np.exp(scores - totals[:, None])
        case Applied():
            acts = {"GELU": gelu, "SiLU": lambda x: x / (1 + np.exp(-x))}
            act = acts.get(relation.name, lambda x: np.maximum(x, 0))
            made = act(values[relation.of])
            made = made if relation.times is None else made * values[relation.times]
    shown = np.zeros_like(made, dtype=bool) if own.hidden is None else own.hidden
    return float(np.abs(np.where(shown, 0, made - values[relation.out])).max())


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_every_relation_holds_in_the_numbers_shown(family, stack, scenes):
    for name, scene in scenes(family, stack).items():
        for relation in scene.relations:
            tolerance = 2e-3 if isinstance(relation, Applied) else 1e-4  # GELU has two forms
            assert difference(scene, relation) <= tolerance, (name, relation)


@pytest.mark.parametrize(("family", "stack"), PLACES)
def test_every_matrix_of_a_scene_is_drawn(family, stack, scenes):
    for scene in scenes(family, stack).values():
        drawn = {number for block in scene.blocks for number in block.matrices}
        assert drawn == set(range(len(scene.matrices)))


def test_a_model_that_does_not_divide_has_nothing_to_compare(scenes):
    assert len(scenes("t5", "self")["softmax"].matrices) == 2
    assert len(scenes("bert", "self")["softmax"].matrices) == 3


def test_turned_queries_stand_beside_those_before(scenes):
    symbols = [matrix.symbol for matrix in scenes("qwen3", "self")["q"].matrices]
    assert symbols == ["X", "W^Q", "Q", "Q_{norm}", "Q_{rot}"]
    assert [m.symbol for m in scenes("bert", "self")["q"].matrices] == ["X", "W^Q", "Q"]


def test_the_map_opens_the_chosen_layer_and_no_other(models):
    parts, links = map_parts(describe_architecture(models["bert"]), "self", 1)
    assert [part.id for part in parts] == [
        "embed",
        "qkv:self:0",
        "qkv:self:1",
        "softmax:self:1:part",
        "ffn:self:1:part",
        "norm:self:1:part",
        "final",
        "logits",
    ]
    assert links == []
    whole = sum(part.share for part in parts if part.size != "inner")
    assert whole == pytest.approx(1)


def test_an_encoder_and_a_decoder_stand_beside_each_other(models):
    parts, links = map_parts(describe_architecture(models["t5"]), "cross", 0)
    assert {part.column for part in parts} == {0, 1}
    assert links == [("qkv:self:1", "qkv:decoder:0")]
    assert "cross:decoder:0:part" in [part.id for part in parts]


@pytest.mark.parametrize(
    ("count", "said"),
    [(576, "576"), (9_999, "9,999"), (30_522, "30.5 K"), (1_774_464, "1.77 M"), (7e9, "7.00 B")],
)
def test_counts_are_said_shortly(count, said):
    assert short(count) == said
