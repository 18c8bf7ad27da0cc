import pytest

from core.export import Provenance


@pytest.fixture
def provenance():
    return Provenance(
        model="minilm-l6",
        weights="53aa" * 16,
        dtype="float32",
        device="cpu",
        headlight="0.1.0",
        torch="2.13.0",
        transformers="5.23.0",
    )
