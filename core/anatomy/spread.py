"""How widely the products of queries and keys spread: why they are divided by √d_k.

Vaswani et al. 2017, section 3.2.1: the product of two random vectors of d_k numbers with spread 1
has a spread of √d_k. Those of a trained model are not random, and spread otherwise.
"""

from __future__ import annotations

import numpy as np

from core.anatomy.layer import LayerAnatomy


def product_spread(anatomy: LayerAnatomy) -> float:
    """The standard deviation of QKᵀ over all heads and all pairs of tokens that see each other."""
    record = anatomy.attention.record
    queries = anatomy.attention.queries.used.astype(np.float64)  # (head, query, dim)
    keys = anatomy.attention.keys.used.astype(np.float64)  # (kv head, key, dim)
    products = queries @ np.swapaxes(keys[list(record.kv_heads)], 1, 2)  # (head, query, key)
    seen = np.ones(products.shape, bool)
    if record.visible is not None:
        seen &= np.broadcast_to(record.visible, products.shape)
    elif anatomy.causal and anatomy.stack != "cross":
        seen &= np.tril(np.ones(products.shape[1:], bool))
    return float(products[seen].std())
