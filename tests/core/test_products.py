"""Products in parts are those of the layer."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from core import products
from core.products import FEW, PART, in_parts, install, product_in_parts


def _network(outputs: int, *, bias: bool = False) -> nn.Sequential:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(24, outputs, bias=bias))
    install(network)
    return network


@pytest.mark.parametrize("outputs", [3, PART, 5 * PART + 7])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(1,), (2,), (2, 3), (FEW,), (FEW + 1,), (3, 1)])
def test_they_equal_the_product_with_the_whole(
    outputs: int, bias: bool, shape: tuple[int, ...]
) -> None:
    network = _network(outputs, bias=bias)
    vectors = torch.randn(*shape, 24)
    with torch.inference_mode():
        whole = network(vectors)
        with in_parts():
            parts = network(vectors)
    assert parts.shape == whole.shape
    torch.testing.assert_close(parts, whole, rtol=1e-5, atol=1e-5)


def test_a_copy_of_the_network_uses_its_own_weights() -> None:
    network = _network(2 * PART)
    other = copy.deepcopy(network)
    nn.init.zeros_(other[0].weight)
    with torch.inference_mode(), in_parts():
        assert not other(torch.randn(4, 24)).any()
        assert network(torch.randn(4, 24)).any()


def test_only_what_asks_for_parts_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _network(2 * PART)
    asked = []

    def noted(vectors: Tensor, layer: nn.Linear) -> Tensor | None:
        asked.append(len(vectors))
        return product_in_parts(vectors, layer)

    monkeypatch.setattr(products, "product_in_parts", noted)
    network(torch.randn(2, 24))
    with ThreadPoolExecutor(1) as threads, in_parts():
        network(torch.randn(3, 24))
        threads.submit(network, torch.randn(4, 24)).result()
    network(torch.randn(5, 24))
    assert asked == [3]


def test_other_numbers_than_float32_go_the_layer_s_own_way() -> None:
    network = _network(2 * PART).bfloat16()
    with torch.inference_mode(), in_parts():
        assert network(torch.randn(3, 24, dtype=torch.bfloat16)).dtype == torch.bfloat16
    assert product_in_parts(torch.randn(3, 24, dtype=torch.bfloat16), network[0]) is None
