"""How widely products spread: by hand, and as measured on the built-in encoder."""

from __future__ import annotations

import numpy as np
import pytest

from core.anatomy import head_anatomy, layer_anatomy, product_spread
from core.models import load_model

TEXT = "The animal didn't cross the street because it was too tired."


@pytest.mark.parametrize("family", ["bert", "llama"])
def test_the_spread_is_that_of_all_products_that_are_seen(models, family):
    model = models(family)
    layer = layer_anatomy(model, TEXT, layer=0)
    found = []
    for head in range(layer.heads):
        products = head_anatomy(model, layer, head).products
        seen = np.tril(np.ones_like(products, bool)) if layer.causal else products == products
        found.append(products[seen])
    assert product_spread(layer) == pytest.approx(np.concatenate(found).std(), rel=1e-4)


@pytest.mark.models
@pytest.mark.parametrize(("number", "spread"), [(0, 20.3), (3, 8.3), (5, 7.0)])
def test_the_spreads_that_a_lesson_names(number, spread):
    layer = layer_anatomy(load_model("minilm-l6"), TEXT, layer=number)
    assert product_spread(layer) == pytest.approx(spread, abs=0.05)
