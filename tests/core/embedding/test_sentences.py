"""Sentence vectors equal sentence-transformers', in any order and length."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core import length_batches
from core.embedding.sentences import embed_texts, token_vectors
from core.errors import InputError, TextError
from core.models import load_model

TEXTS = [
    "The animal didn't cross the street because it was too tired.",
    "Paris",
    "One two three four five six seven eight nine ten, one two three.",
    "The capital of France is Paris.",
]


@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "modernbert", "t5"])
def test_a_vector_is_the_mean_of_the_last_layer(family, tiny, monkeypatch):
    monkeypatch.setattr(length_batches, "_CPU_TOKENS", 40)  # several batches
    model = tiny(family)
    found = embed_texts(model, TEXTS)
    network = model.network.get_encoder() if model.kind == "seq2seq" else model.network.base_model
    for text, vector in zip(TEXTS, found.vectors, strict=True):
        ids = torch.tensor([model.encode_source(text).ids])
        with torch.inference_mode():
            mean = network(input_ids=ids)[0][0].mean(dim=0)
        expected = torch.nn.functional.normalize(mean, dim=0).numpy()
        assert np.allclose(vector, expected, atol=1e-5)
    assert found.windows == (1, 1, 1, 1)


def test_a_long_text_is_the_mean_over_the_tokens_of_its_windows(tiny):
    model = tiny("bert")
    text = "one two three four " * 60
    found = embed_texts(model, ["one", text])
    windows = model.reader.windows([text], limit=model.shape.max_tokens)[0]
    assert found.windows == (1, len(windows))
    assert len(windows) > 1
    assert all(len(row) <= model.shape.max_tokens for row in windows)
    # No token is lost between windows: those of the template stand in each.
    assert sum(len(row) - 2 for row in windows) == model.reader.count(text)
    vectors = []
    for row in windows:
        with torch.inference_mode():
            vectors.append(model.network.base_model(input_ids=torch.tensor([row]))[0][0].numpy())
    mean = np.concatenate(vectors).mean(axis=0)
    assert np.allclose(found.vectors[1], mean / np.linalg.norm(mean), atol=1e-5)


def test_windows_read_what_the_reader_reads(tiny):
    model = tiny("roberta")
    rows = model.reader.windows(TEXTS, limit=64)
    assert [tuple(row[0]) for row in rows] == [model.encode(text).ids for text in TEXTS]


def test_what_cannot_be_read_is_said(tiny):
    with pytest.raises(InputError, match="no text"):
        embed_texts(tiny("bert"), [])
    with pytest.raises(TextError, match="empty"):
        embed_texts(tiny("bert"), ["fine", "  "])


def test_unknown_pieces_are_counted(tiny):
    found = embed_texts(tiny("bert"), ["one two", "\u0e01\u0e02 one"])
    assert found.unknown[0] == 0
    assert found.unknown[1] >= 0.5


def test_vectors_of_tokens_have_length_one(tiny):
    model = tiny("bert")
    tokens = model.encode(TEXTS[0])
    found = token_vectors(model, tokens.ids)
    assert found.shape == (len(tokens), model.shape.hidden)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


@pytest.mark.models
@pytest.mark.filterwarnings("ignore")
def test_equal_to_sentence_transformers():
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as parts

    encoder = load_model("minilm-l6", device="cpu")
    reader = parts.Transformer(str(encoder.folder))
    pooling = parts.Pooling(reader.get_embedding_dimension(), pooling_mode="mean")
    theirs = SentenceTransformer(modules=[reader, pooling, parts.Normalize()], device="cpu")
    texts = [*TEXTS, "这只动物没有过马路", "a " * 300, "one two " * 20]
    assert np.abs(theirs.encode(texts) - embed_texts(encoder, texts).vectors).max() < 1e-5
