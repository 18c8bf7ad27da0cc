"""Products in parts are those of the layer."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from core import products
from core.products import (
    FEW,
    PART,
    install,
    of_few,
    product_in_parts,
    rearranged_bytes,
    rearranged_product,
)


def _network(outputs: int, *, bias: bool = False) -> nn.Sequential:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(24, outputs, bias=bias))
    install(network)
    return network


@pytest.mark.parametrize("outputs", [3, PART, 5 * PART + 7])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(1,), (2,), (2, 3), (FEW,), (FEW + 1,), (3, 1)])
@pytest.mark.parametrize("kept", [True, False])
def test_they_equal_the_product_with_the_whole(
    monkeypatch: pytest.MonkeyPatch, kept: bool, outputs: int, bias: bool, shape: tuple[int, ...]
) -> None:
    if kept:
        monkeypatch.setattr(products, "KEPT_BYTES", range(2**30))
    network = _network(outputs, bias=bias)
    vectors = torch.randn(*shape, 24)
    with torch.inference_mode():
        whole = network(vectors)
        with of_few():
            parts = network(vectors)
    assert parts.shape == whole.shape
    torch.testing.assert_close(parts, whole, rtol=1e-5, atol=1e-5)


def test_a_copy_of_the_network_uses_its_own_weights() -> None:
    network = _network(2 * PART)
    other = copy.deepcopy(network)
    nn.init.zeros_(other[0].weight)
    with torch.inference_mode(), of_few():
        assert not other(torch.randn(4, 24)).any()
        assert network(torch.randn(4, 24)).any()


def test_weights_that_were_changed_are_rearranged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "KEPT_BYTES", range(2**30))
    network = _network(2 * PART)
    vectors = torch.randn(4, 24)
    assert rearranged_bytes(network) == 0
    with torch.inference_mode(), of_few():
        network(vectors)
    assert rearranged_bytes(network) == network[0].weight.nbytes
    with torch.no_grad():
        network[0].weight.mul_(2)
    with torch.inference_mode(), of_few():
        twice = network(vectors)
    torch.testing.assert_close(twice, network(vectors), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["product_in_parts", "rearranged_product"])
def test_only_what_asks_for_it_gets_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(products, "KEPT_BYTES", range(0 if name == "product_in_parts" else 2**30))
    network = _network(2 * PART)
    asked = []

    def noted(vectors: Tensor, layer: nn.Linear) -> Tensor | None:
        asked.append(len(vectors))
        return product_in_parts(vectors, layer)

    monkeypatch.setattr(products, name, noted)
    network(torch.randn(2, 24))
    with ThreadPoolExecutor(1) as threads, of_few():
        network(torch.randn(3, 24))
        threads.submit(network, torch.randn(4, 24)).result()
    network(torch.randn(5, 24))
    assert asked == [3]


def test_other_numbers_than_float32_go_the_layer_s_own_way() -> None:
    network = _network(2 * PART).bfloat16()
    with torch.inference_mode(), of_few():
        assert network(torch.randn(3, 24, dtype=torch.bfloat16)).dtype == torch.bfloat16
    for product in (product_in_parts, rearranged_product):
        assert product(torch.randn(3, 24, dtype=torch.bfloat16), network[0]) is None
