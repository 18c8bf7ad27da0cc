"""A tiny encoder, a tiny causal model with a chat template, and the built-in ones."""

from __future__ import annotations

import pytest

from core.models import load_model

TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


@pytest.fixture(scope="session")
def tiny_chat(make_model, tmp_path_factory):
    """A tiny causal model that has a chat template."""
    folder = make_model("llama", tmp_path_factory.mktemp("chat"), max_position_embeddings=256)
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return load_model(str(folder))


@pytest.fixture(scope="session")
def tiny_long(make_model, tmp_path_factory):
    """A tiny causal model that reads long texts."""
    folder = make_model("llama", tmp_path_factory.mktemp("long"), max_position_embeddings=4096)
    return load_model(str(folder))


@pytest.fixture(scope="session")
def encoder():
    return load_model("minilm-l6", device="cpu")
