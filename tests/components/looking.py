"""Made-up queries and keys, worked out as a head does: q · k, scaling, softcap, bias, softmax."""

from __future__ import annotations

import numpy as np

from core.attention.query_key import QueryKeyDetail


def look(
    keys: int,
    dim: int,
    query: int,
    *,
    causal: bool = False,
    softcap: float | None = None,
    biased: bool = False,
    seed: int = 0,
) -> QueryKeyDetail:
    """A query that looks mostly two tokens back; with ``causal`` no later token is seen."""
    rng = np.random.default_rng(seed)
    vector = rng.normal(0, 1.5, dim).astype(np.float32)
    vectors = rng.normal(0, 1, (keys, dim)).astype(np.float32)  # (key, dim)
    vectors[max(query - 2, 0)] += vector * 0.6
    dot = vectors @ vector
    scaled = (dot / np.sqrt(dim)).astype(np.float32)
    capped = scaled if softcap is None else softcap * np.tanh(scaled / softcap)
    bias = (-0.25 * np.abs(np.arange(keys) - query)).astype(np.float32) if biased else None
    seen = np.arange(keys) <= query if causal else np.ones(keys, bool)
    scores = np.where(seen, capped if bias is None else capped + bias, -np.inf)
    weights = np.exp(scores - scores[seen].max())
    return QueryKeyDetail(
        layer=3,
        head=1,
        query=query,
        kv_head=1,
        rotary=causal,
        query_vector=vector,
        key_vectors=vectors,
        products=vector * vectors,
        dot=dot,
        scaling=float(1 / np.sqrt(dim)),
        scaled=scaled,
        softcap=softcap,
        bias=bias,
        scores=scores.astype(np.float32),
        weights=(weights / weights.sum()).astype(np.float32),
        seen=seen,
    )
