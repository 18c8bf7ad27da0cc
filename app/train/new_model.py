"""Which models and methods fit what is to be learnt, and the choice of one of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from app import resources
from app.other_models import link_to_models
from app.run_models import run_models
from app.train.state import TRAIN
from components.controls import choose_model
from core.catalogue import find_model
from core.language import _
from core.tuning.finetune import METHODS, PATTERN_METHODS, Method
from core.tuning.kept import KeptModel
from core.tuning.labelled import Kind

_READERS: Final = ("encoder", "masked", "causal")
_MODEL_KINDS: Final[dict[Kind, tuple[str, ...]]] = {
    "classification": _READERS,
    "pair": _READERS,
    "tagging": _READERS,
    "causal": ("causal",),
    "completion": ("causal",),
    "masked": ("masked",),
}


def fitting_models(kind: Kind) -> dict[str, str]:
    """The models on this server that can learn ``kind``, or of which that is not known before they
    are loaded: id → title."""
    made = run_models()
    return {
        name: title
        for name, title in resources.available_models().items()
        if _kind(name, made) in ("", *_MODEL_KINDS[kind])
    }


def _kind(name: str, made: Mapping[str, KeptModel]) -> str:
    """The kind of a model, empty where that is not known; an adapter is nothing to begin from."""
    if name in made:
        return "adapter" if made[name].is_adapter else made[name].kind
    entry = find_model(name)
    return "" if entry is None else entry.kind


def fitting_methods(kind: Kind, model: str) -> tuple[Method, ...]:
    """What can be done with ``kind`` and this model, the usual first."""
    entry = find_model(model)
    unfit: set[Method] = set()
    if entry is not None and entry.kind == "encoder":
        unfit.update(PATTERN_METHODS)  # it has no head that predicts words
    if entry is not None and entry.kind == "causal" and kind in ("classification", "pair"):
        unfit.add("prompt")  # transformers would read the class off the padding
    return tuple(method for method in METHODS[kind] if method not in unfit)


def pick_model(kind: Kind) -> str:
    """The model that is chosen; "" where none fits. One that does not fit gives way."""
    key, models = TRAIN.key("model"), fitting_models(kind)
    if not models:
        st.info(_("No model on this server can learn this. Fetch one on the page Models."))
        link_to_models()
        return ""
    if st.session_state[key] in {"", *resources.available_models()} - models.keys():
        st.session_state[key] = next(iter(models))
    return choose_model(_("Model"), models, key=key)


def pick_method(kind: Kind, model: str) -> Method:
    """The method that is chosen, with a line on what it does."""
    key, methods = TRAIN.key("method"), fitting_methods(kind, model)
    if st.session_state[key] not in methods:
        st.session_state[key] = methods[0]
    names, about = method_names(), about_methods()
    method: Method = st.selectbox(
        _("Method"),
        methods,
        format_func=names.__getitem__,
        key=key,
        help="\n".join(f"- **{names[each]}**: {about[each]}" for each in methods),
        persist_state="session",
    )
    st.markdown(f":small[{about[method]}]")
    return method


def method_names() -> dict[Method, str]:
    """What the methods are called."""
    return {
        "full": _("All weights"),
        "head": _("Head only"),
        "lora": _("LoRA"),
        "prompt": _("Prompt tuning"),
        "prefix": _("Prefix tuning"),
        "pet": _("Template and words (PET)"),
        "pet-lora": _("Template and words, LoRA"),
        "pet-prompt": _("Template and words, soft prompt"),
    }


def about_methods() -> dict[Method, str]:
    """What each method does, in a line."""
    return {
        "full": _("Every weight of the model changes: learns most, and takes most memory."),
        "head": _("The model stays as it is; only the layer that answers is trained."),
        "lora": _("A small matrix B A is added to some weights, and only it is trained."),
        "prompt": _("Vectors are put before the text like words, and only they are trained."),
        "prefix": _("Keys and values are put before the text in every layer and trained."),
        "pet": _("The label is predicted as a word in a sentence; no new layer is needed."),
        "pet-lora": _("As with a template and words, but only LoRA's matrices are trained."),
        "pet-prompt": _("As with a template and words, but only vectors before the text are."),
    }
