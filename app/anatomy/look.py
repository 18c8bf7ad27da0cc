"""What the Anatomy page looks at, computed once for all sessions, and what is selected in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from app import resources
from app.anatomy.state import ANATOMY
from app.examples import examples
from app.facts import model_kind, of_model
from components.anatomy.stream import neurons_shown
from core.anatomy import (
    Architecture,
    HeadAnatomy,
    LayerAnatomy,
    MatrixPart,
    ModelCost,
    NeuronMatrices,
    cost_of,
    describe_architecture,
    head_anatomy,
    layer_anatomy,
    measure_seconds,
    neuron_matrices,
    strongest_neurons,
    word_matrix,
)
from core.attention.places import Stack
from core.language import _
from core.models import LanguageModel
from core.tokens import Tokens

MOST_TOKENS: Final = 96
"""Matrices of longer texts could not be read."""
LAYER, HEAD, STACK, CELL = (ANATOMY.key(name) for name in ("layer", "head", "stack", "cell"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A model by its id and title, and the texts it reads. Small: fragments keep it."""

    model: str
    title: str
    text: str
    pair: str

    def architecture(self) -> Architecture:
        """The parts of the model."""
        return of_model(self.model, "architecture", describe_architecture)

    def layer(self, stack: Stack, layer: int) -> LayerAnatomy:
        """Every intermediate of a layer."""
        pair = self._pair()
        return of_model(
            self.model,
            ("anatomy", self.text, self.pair, stack, layer),
            lambda model: layer_anatomy(
                model, self.text, pair, stack=stack, layer=layer, limit=MOST_TOKENS
            ),
        )

    def head(self, stack: Stack, layer: int, head: int) -> HeadAnatomy:
        """One head of a layer, step by step."""
        own = self.layer(stack, layer)
        return of_model(
            self.model,
            ("anatomy head", self.text, self.pair, stack, layer, head),
            lambda model: head_anatomy(model, own, head),
        )

    def neurons(self, stack: Stack, layer: int) -> NeuronMatrices:
        """The matrices of the feed-forward at the neurons that are most active in this text."""
        own = self.layer(stack, layer)
        return of_model(
            self.model,
            ("anatomy neurons", self.text, self.pair, stack, layer),
            lambda model: neuron_matrices(
                model, own, strongest_neurons(own.feed_forward, neurons_shown(own))
            ),
        )

    def words(self, ids: tuple[int, ...]) -> MatrixPart:
        """The vectors with which the vocabulary is met, of some words."""
        return of_model(self.model, ("anatomy words", ids), lambda model: word_matrix(model, ids))

    def cost(self, tokens: Tokens) -> ModelCost:
        """What reading the text costs, with the time measured once."""
        architecture = self.architecture()

        def measured(model: LanguageModel) -> ModelCost:
            target = tokens if model.kind == "seq2seq" else None
            return cost_of(architecture, len(tokens), measure_seconds(model, tokens, target))

        return of_model(self.model, ("anatomy cost", tokens.ids), measured)

    def _pair(self) -> str | Tokens | None:
        """The second text; of an encoder–decoder model without one, what the model writes."""
        if model_kind(self.model) != "seq2seq":
            return self.pair or None
        if self.pair:
            return self.pair
        return resources.attention_overview(self.model, self.text).capture.decoder_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The layer and head that are shown, which are there."""

    stack: Stack
    layer: int
    head: int


def settle(look: Look) -> Chosen:
    """What is selected; the example's head, or the first, where the model has not what is asked."""
    own = look.architecture()
    session = st.session_state
    stack: Stack = session[STACK] if own.decoder_layers else "self"
    layers = own.decoder_layers if stack != "self" else own.layers
    example = examples().head if look.model == examples().model else (0, 0)
    wanted = session[LAYER], session[HEAD]
    layer = (
        wanted[0] if wanted[0] is not None and wanted[0] < layers else min(example[0], layers - 1)
    )
    head = wanted[1] if wanted[1] is not None and wanted[1] < own.heads else example[1] % own.heads
    if (wanted[0] is not None and wanted[0] != layer) or (
        wanted[1] is not None and wanted[1] != head
    ):
        st.warning(
            _(
                "This model has no layer {layer} · head {head}: layers go from 0 to {layers}, "
                "heads from 0 to {heads}. Layer {to_layer} · head {to_head} is shown instead."
            ).format(
                layer=layer if wanted[0] is None else wanted[0],
                head=head if wanted[1] is None else wanted[1],
                layers=layers - 1,
                heads=own.heads - 1,
                to_layer=layer,
                to_head=head,
            )
        )
    session[LAYER], session[HEAD], session[STACK] = layer, head, stack
    return Chosen(stack=stack, layer=layer, head=head)
