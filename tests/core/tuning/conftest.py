"""A tiny encoder, a tokenizer, and a small corpus of invented documents."""

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from core.tuning.blocks import tokenize
from core.tuning.documents import Document
from core.tuning.spec import BatchShape, MaskedSpec, Schedule, TextShare

NOUNS = ("animal", "street", "capital", "character")


def _document(source, number):
    drawn = np.random.default_rng((ord(source), number))
    noun = NOUNS[number % len(NOUNS)]
    words = drawn.choice(["France", "Paris", "Tokyo", "tired", "yellow", "wide", "one"], (8, 3))
    lines = tuple(
        f"The {noun} of {one} is the {noun} and {two} because it was {three}."
        for one, two, three in words
    )
    return Document(source=source, title=f"{source}{number}", sentences=lines)


@pytest.fixture(scope="session")
def documents():
    return tuple(_document(source, number) for source in ("a", "b") for number in range(12))


@pytest.fixture(scope="session")
def tokenizer(tokenizers):
    return tokenizers["bert"]


@pytest.fixture(scope="session")
def encoder(tokenizer, tmp_path_factory):
    """The folder of a tiny BERT without heads."""
    folder = tmp_path_factory.mktemp("encoder")
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=64,
    )
    torch.manual_seed(0)
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def spec():
    return MaskedSpec(
        model="tiny",
        texts=(TextShare(dataset="brown"),),
        schedule=Schedule(steps=12, warmup=2, decay=4, body_rate=3e-3, head_rate=1e-2),
        batch=BatchShape(block_rows=8, block_tokens=24, pair_rows=8, pair_tokens=24, pairs_every=4),
        precision="float32",
        evaluate_every=4,
        checkpoint_every=4,
    )


@pytest.fixture(scope="session")
def texts(documents, tokenizer):
    return tokenize(documents, tokenizer, block_tokens=24, seed=0)
