"""The tokens of a growing text: as if it had been read from the beginning each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.attention.generated import continued
from core.generation.growing import GrowingTokens
from core.models import load_model


@pytest.mark.parametrize("family", ["gpt2", "llama", "bart", "t5", "marian"])
@pytest.mark.parametrize("text", ["The animal 東京, ö é 这只动物", "One two three"])
def test_step_by_step_it_equals_the_whole(
    family: str, text: str, model_folder: Callable[[str], Path]
) -> None:
    model = load_model(str(model_folder(family)))
    start = model.encode_target(None) if model.kind == "seq2seq" else model.encode("The street")
    chance = np.random.default_rng(0).integers(0, model.shape.vocab, 20).tolist()
    path = (*model.encode(text).ids, *chance, *model.encode(text).ids)
    growing = GrowingTokens(model, start)
    for count in (*range(len(path) + 1), 3, 0, 30, 12):
        assert growing.followed_by(path[:count]) == continued(model, start, path[:count])[0]
