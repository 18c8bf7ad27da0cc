"""One vector for each text: the mean of a model's last vectors over the text's tokens, length 1.

As sentence-transformers' MiniLM does it (mean pooling with the attention mask, then the norm;
Reimers and Gurevych 2019). The dot product of two of them is their cosine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.masked.variants import batches, padded_inputs

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel
    from core.tokens import Tokens

FloatArray = npt.NDArray[np.float32]


def text_vectors(
    model: LanguageModel,
    rows: Sequence[Tokens],
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> FloatArray:
    """The vector of each of ``rows``. (text, hidden); NaN in rows that were not read."""
    found: FloatArray = np.full((len(rows), model.shape.hidden), np.nan, dtype=np.float32)
    done = 0
    network = getattr(model.network, "base_model", model.network)
    for batch in batches(model, rows):
        if stop is not None and stop():
            break
        inputs = padded_inputs(model, [rows[number] for number in batch])
        with torch.inference_mode():
            last = network(**inputs).last_hidden_state.float()  # (text, token, hidden)
        mask = inputs["attention_mask"][..., None].to(last.dtype)  # (text, token, 1)
        mean = (last * mask).sum(1) / mask.sum(1).clamp(min=_LEAST)  # (text, hidden)
        found[list(batch)] = torch.nn.functional.normalize(mean, dim=-1).cpu().numpy()
        done += len(batch)
        if progress is not None:
            progress(done, len(rows))
    return found


_LEAST: Final = 1e-9
