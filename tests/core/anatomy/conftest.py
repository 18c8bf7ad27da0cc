"""Tiny models of every family, and the library's own pass of each as the reference."""

from __future__ import annotations

import pytest
import torch
import transformers

from core.models import load_model

TEXT = "The animal didn't cross the street because it was too tired."
TARGET = "Le chat est assis sur le tapis."


@pytest.fixture(scope="session")
def models(model_folder):
    """A loaded model by family."""
    loaded = {}

    def model(family):
        if family not in loaded:
            loaded[family] = load_model(str(model_folder(family)))
        return loaded[family]

    return model


@pytest.fixture(scope="session")
def references(models, model_folder):
    """By family: the library's own outputs of the text, and what every module gave."""
    made = {}

    def reference(family):
        if family in made:
            return made[family]
        model = models(family)
        network_class = getattr(transformers, type(model.network).__name__)
        network = network_class.from_pretrained(
            model_folder(family), attn_implementation="eager"
        ).eval()
        seen = {}

        def see(name):
            def hook(_module, inputs, output):
                if isinstance(output, torch.Tensor) and inputs:
                    seen.setdefault(name, []).append((inputs[0], output))

            return hook

        for name, module in network.named_modules():
            module.register_forward_hook(see(name))
        target = model.encode_target(TARGET) if model.kind == "seq2seq" else None
        with torch.inference_mode():
            outputs = network(
                **model.inputs(model.encode(TEXT), target),
                output_attentions=True,
                output_hidden_states=True,
            )
        made[family] = outputs, seen
        return made[family]

    return reference
