import pytest

from components.views.theory_map import MapNode, theory_map

NODES = [MapNode(id="tokens", title="Tokens", column=0)]


def test_a_map_refuses_an_edge_to_nowhere() -> None:
    with pytest.raises(ValueError, match="unknown nodes: tasks"):
        theory_map(NODES, [("tokens", "tasks")], key="map", label="map")


def test_a_map_refuses_an_id_that_stands_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        theory_map(NODES * 2, [], key="map", label="map")


def test_a_map_refuses_a_node_without_a_heading() -> None:
    nodes = [*NODES, MapNode(id="train", title="Train", column=1)]
    with pytest.raises(ValueError, match="1 columns"):
        theory_map(nodes, [], key="map", label="map", columns=["Look"])
