"""Anatomy: every intermediate of one layer, as formulas name it, and what a model is made of."""

from core.anatomy.architecture import (
    Architecture,
    ModelPart,
    SubPart,
    describe_architecture,
)
from core.anatomy.cost import ModelCost, cost_of, measure_seconds
from core.anatomy.embedding import EmbeddingAnatomy, EmbeddingPart
from core.anatomy.feed_forward import FeedForwardAnatomy
from core.anatomy.head import HeadAnatomy, head_anatomy
from core.anatomy.heads import HeadVectors
from core.anatomy.layer import (
    AttentionAnatomy,
    LayerAnatomy,
    SumAnatomy,
    layer_anatomy,
)
from core.anatomy.norms import NormAnatomy
from core.anatomy.spread import product_spread
from core.anatomy.vocabulary import VocabularyAnatomy
from core.anatomy.weights import (
    MatrixPart,
    NeuronMatrices,
    neuron_matrices,
    strongest_neurons,
    word_matrix,
)

__all__ = [
    "Architecture",
    "AttentionAnatomy",
    "EmbeddingAnatomy",
    "EmbeddingPart",
    "FeedForwardAnatomy",
    "HeadAnatomy",
    "HeadVectors",
    "LayerAnatomy",
    "MatrixPart",
    "ModelCost",
    "ModelPart",
    "NeuronMatrices",
    "NormAnatomy",
    "SubPart",
    "SumAnatomy",
    "VocabularyAnatomy",
    "cost_of",
    "describe_architecture",
    "head_anatomy",
    "layer_anatomy",
    "measure_seconds",
    "neuron_matrices",
    "product_spread",
    "strongest_neurons",
    "word_matrix",
]
