"""Shared by all tests: a home of their own, so that nobody's models or records are touched."""

from __future__ import annotations

import gc
import os

import pytest

# Nothing in a test may reach a model hub.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
# Each worker on a core of its own: more threads than cores wait for each other.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True, scope="module")
def small_collections():
    """What was imported stays: no collection of garbage looks at it again.

    Each training asks for a full one, which took a quarter of a second with all libraries there.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def headlight_home(tmp_path, monkeypatch):
    """An empty ``HEADLIGHT_HOME``."""
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path))
    return tmp_path
