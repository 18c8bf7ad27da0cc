"""The map from theory to practice."""

from __future__ import annotations

import pytest

from app.navigation import is_page
from app.theory import map_nodes, page_of, topics
from core.language import LANGUAGES, speaking


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_stands_once_beside_the_page_that_shows_it(language):
    with speaking(language):
        nodes, edges = map_nodes()
    assert len({node.id for node in nodes}) == len(nodes) == 2 * len(topics())
    assert len(edges) == len(topics())
    for node in nodes:
        assert node.title
        assert node.subtitle
        assert is_page(page_of(node.id))
