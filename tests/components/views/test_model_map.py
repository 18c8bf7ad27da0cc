from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from components.views.model_map import MapPart, model_map

PARTS = [MapPart(id="embed", title="Embeddings", share=0.5), MapPart(id="words", title="Words")]


def test_a_map_refuses_an_id_that_stands_twice() -> None:
    with pytest.raises(ValueError, match="each id once"):
        model_map(PARTS * 2, key="map", label="map")


def test_a_map_refuses_a_link_to_nowhere() -> None:
    with pytest.raises(ValueError, match="unknown parts: decoder"):
        model_map(PARTS, key="map", label="map", links=[("embed", "decoder")])


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_part_refuses_a_share_that_is_none(share: float) -> None:
    with pytest.raises(ValueError, match="not from 0 to 1"):
        MapPart(id="embed", title="Embeddings", share=share)


def test_a_map_shows_in_a_page() -> None:
    def page() -> None:
        import streamlit as st

        from components.views.model_map import MapPart, model_map

        parts = [MapPart(id="embed", title="Embeddings", share=0.5)]
        st.write(repr(model_map(parts, key="map", label="map", selected="nowhere")))

    shown = AppTest.from_function(page, default_timeout=20).run()
    assert not shown.exception
    assert shown.markdown[0].value == "None"
