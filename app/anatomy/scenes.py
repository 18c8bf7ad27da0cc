"""Which matrices a step shows."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app.anatomy.look import CELL, Chosen, Look
from app.anatomy.state import ANATOMY
from app.facts import of_model
from components.anatomy.attention import (
    output_scene,
    projection_scene,
    scores_scene,
    softmax_scene,
    values_scene,
)
from components.anatomy.stream import (
    embedding_scene,
    feed_forward_scene,
    last_vectors_scene,
    sum_scene,
    vocabulary_scene,
)
from components.views.matrices import Scene
from core.anatomy import LayerAnatomy, VocabularyAnatomy


def scene_of(look: Look, chosen: Chosen, anatomy: LayerAnatomy, step: str) -> Scene:
    """The matrices of ``step``, with the chosen cell."""
    cell = st.session_state[CELL]
    scene = _scene(look, chosen, anatomy, step)
    return replace(scene, selected=tuple(cell) if len(cell) == 3 else None)


def _scene(look: Look, chosen: Chosen, anatomy: LayerAnatomy, step: str) -> Scene:
    session = st.session_state
    if step == "embed":
        return embedding_scene(anatomy)
    if step == "norm":
        around = session[ANATOMY.key("around")]
        part = anatomy.attention_sum if around == "attention" else anatomy.feed_forward_sum
        return sum_scene(anatomy, part, made="O" if around == "attention" else "F")
    if step == "ffn":
        return feed_forward_scene(anatomy, look.neurons(chosen.stack, chosen.layer))
    if step == "logits":
        return _last_scene(look, anatomy)
    head = look.head(chosen.stack, chosen.layer, chosen.head)
    if step == "qkv":
        return projection_scene(anatomy, head, session[ANATOMY.key("of")])
    if step == "scores":
        return scores_scene(anatomy, head)
    if step == "output":
        return output_scene(anatomy, head)
    unscaled = bool(session[ANATOMY.key("unscaled")]) and head.scaling != 1
    scene = softmax_scene if step == "softmax" else values_scene
    return scene(anatomy, head, unscaled=unscaled)


def _last_scene(look: Look, anatomy: LayerAnatomy) -> Scene:
    own = anatomy.vocabulary
    if own is None:
        return last_vectors_scene(look.layer(anatomy.stack, anatomy.layers - 1))
    position = position_of(look, own)
    ids = tuple(int(own.words[place]) for place in own.top[position])
    return vocabulary_scene(own, position, look.words(ids))


def position_of(look: Look, anatomy: VocabularyAnatomy) -> int:
    """The token after which words are shown: the one asked for, the first mask, or the last."""
    tokens = anatomy.tokens
    asked = st.session_state[ANATOMY.key("token")]
    if asked is not None and asked < len(tokens):
        return int(asked)
    mask = of_model(look.model, "mask id", lambda model: model.tokenizer.mask_token_id)
    if mask is not None and mask in tokens.ids:
        return tokens.ids.index(mask)
    words = [place for place, special in enumerate(tokens.special) if not special]
    return words[-1] if words else len(tokens) - 1
