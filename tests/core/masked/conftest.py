"""Tiny models loaded once, one with BERT's second head among them."""

from __future__ import annotations

import pytest
import torch
import transformers

from core.catalogue import models
from core.models import load_model


@pytest.fixture(scope="session")
def paired(make_model, tmp_path_factory):
    """A tiny BERT with a head for next sentences."""
    folder = make_model("bert", tmp_path_factory.mktemp("paired"))
    config = transformers.AutoConfig.from_pretrained(folder)
    torch.manual_seed(1)
    transformers.BertForPreTraining(config).eval().save_pretrained(folder)
    return load_model(str(folder))


@pytest.fixture(scope="session")
def built_in():
    """The masked model that comes with Headlight."""
    if "minilm-l6-masked" not in {entry.id for entry in models()}:
        pytest.skip("the catalogue does not list minilm-l6-masked yet")
    return load_model("minilm-l6-masked")


@pytest.fixture(scope="session")
def encoder(make_model, tmp_path_factory):
    """A tiny BERT without a head."""
    folder = make_model("bert", tmp_path_factory.mktemp("encoder"))
    transformers.AutoModel.from_pretrained(folder).save_pretrained(folder)
    return load_model(str(folder))
