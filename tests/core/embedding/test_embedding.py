"""Vectors by layer, projections, neighbours and journeys, against the library and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.embedding import (
    layer_points,
    nearest_neighbours,
    project,
    read_texts,
    word_journey,
)
from core.errors import InputError, TextError
from core.models import load_model

TEXTS = ("The animal crossed the street.", "The street is wide.", "It was too tired, the animal.")


@pytest.mark.parametrize("family", ["bert", "albert", "modernbert", "gpt2", "llama", "t5", "bart"])
def test_vectors_are_those_of_the_library(tiny, family):
    model = tiny(family)
    read = read_texts(model, TEXTS)
    inputs = {**model.inputs(read.tokens[1]), "output_hidden_states": True}
    with torch.inference_mode():
        outputs = model.network.base_model(**inputs)
    states = outputs.get("hidden_states") or outputs["encoder_hidden_states"]
    start = read.starts[1]
    own = read.vectors[:, start : start + len(read.tokens[1])]
    assert len(own) == len(states) == model.shape.layers + 1
    for layer in range(len(states) - 1):  # the last one is normed by some families
        assert np.abs(own[layer] - states[layer][0].numpy()).max() < 1e-5


def test_pca_keeps_all_distances_when_it_has_all_axes():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(3, 20)).astype(np.float32)
    found = project(vectors, method="pca", axes=2)
    assert sum(found.explained) == pytest.approx(1, abs=1e-6)
    for one in range(3):
        for other in range(3):
            far = np.linalg.norm(vectors[one] - vectors[other])
            near = np.linalg.norm(found.coordinates[one] - found.coordinates[other])
            assert near == pytest.approx(far, abs=1e-5)


def test_pca_is_that_of_scikit_learn():
    from sklearn.decomposition import PCA

    vectors = np.random.default_rng(1).normal(size=(40, 12)).astype(np.float32)
    own = project(vectors, method="pca", axes=3)
    reference = PCA(3, svd_solver="full").fit(vectors)
    assert np.allclose(own.explained, reference.explained_variance_ratio_, atol=1e-6)
    assert np.allclose(np.abs(own.coordinates), np.abs(reference.transform(vectors)), atol=1e-4)


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_points_than_axes_are_projected_too(count):
    found = project(np.ones((count, 4), dtype=np.float32), method="pca", axes=3)
    assert found.coordinates.shape == (count, 3)
    assert not found.coordinates.any()


def test_umap_says_how_many_points_it_takes():
    with pytest.raises(InputError, match="at least 6 points, there are 3"):
        project(np.ones((3, 4), dtype=np.float32), method="umap")


def test_neighbours_are_ordered_by_their_cosines():
    vectors = np.array([[1, 0], [2, 0.1], [0, 1], [-1, 0]], dtype=np.float32)
    found = nearest_neighbours(vectors, 2)
    assert found.points.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert found.cosines[0, 0] == pytest.approx(2 / np.hypot(2, 0.1), abs=1e-6)


def test_a_word_is_found_whole_and_is_the_mean_of_its_pieces(tiny):
    read = read_texts(tiny("bert"), ("The animals saw an animal.", "animal", "nothing"))
    points = layer_points(read, 1, "word", word="Animal")
    assert points.texts == (0, 1)
    spans = [read.tokens[0].spans[place] for place in points.places[0]]
    assert min(span[0] for span in spans) >= len("The animals saw an ")
    mean = read.vectors[1][list(points.places[0])].mean(axis=0)
    assert np.allclose(points.vectors[0], mean, atol=1e-6)


def test_texts_are_means_of_an_encoder_and_last_tokens_of_a_causal_model(tiny):
    read = read_texts(tiny("bert"), TEXTS)
    assert len(layer_points(read, 0, "texts").places[0]) == len(read.tokens[0])
    read = read_texts(tiny("gpt2"), TEXTS)
    assert layer_points(read, 0, "texts").places[1] == (read.starts[2] - 1,)


def test_a_word_that_is_the_same_text_has_the_same_vector_in_every_layer(tiny):
    journey = word_journey(read_texts(tiny("bert"), (TEXTS[0], TEXTS[0], TEXTS[1])), "street")
    assert np.allclose(journey.cosines(0, 1), 1, atol=1e-6)
    assert min(journey.cosines(0, 2)) < 0.999
    assert len(journey.kept(0)) == len(journey.vectors) - 1
    assert journey.paths(2).coordinates.shape == (journey.vectors.shape[0] * 3, 2)


@pytest.mark.parametrize(
    ("texts", "message"),
    [((), "from 1 to 60"), (("a b c d e f g h",) * 60, "the limit is 240")],
)
def test_too_many_texts_are_refused_with_the_limit(tiny, texts, message):
    with pytest.raises(InputError, match=message):
        read_texts(tiny("bert"), texts)


def test_an_empty_text_is_refused(tiny):
    with pytest.raises(TextError):
        read_texts(tiny("bert"), (" ",))


def test_what_is_not_there_is_named(tiny):
    read = read_texts(tiny("bert"), TEXTS)
    with pytest.raises(InputError, match="“bridge” stands in none"):
        layer_points(read, 0, "word", word="bridge")
    with pytest.raises(InputError, match="no layer 9"):
        layer_points(read, 9, "tokens")


@pytest.mark.models
def test_one_word_has_two_vectors():
    """Two senses: the same at layer 0, where only token and position count, and not at the end."""
    texts = ("I sat on the bank of the river.", "I went to the bank for a loan.")
    cosines = word_journey(read_texts(load_model("minilm-l6"), texts), "bank").cosines(0, 1)
    assert cosines[0] == pytest.approx(1, abs=1e-6)
    assert cosines[-1] == pytest.approx(0.787, abs=0.002)


@pytest.mark.models
def test_a_sentence_vector_is_the_mean_over_its_tokens():
    model = load_model("minilm-l6")
    read = read_texts(model, ("A man eats bread.", "Somebody is eating food.", "The sky is blue."))
    points = layer_points(read, model.shape.layers, "texts")
    found = nearest_neighbours(points.vectors, 1)
    assert found.points[:2, 0].tolist() == [1, 0]
