import re

import pytest

from components.export import offline_page as pages
from components.export.offline_page import offline_page
from components.export.theme import theme_style
from components.figures.palette import DARK, LIGHT
from core.errors import InputError
from tests.components.export.texts import ATTACK, SENTENCE, WORDS

pytestmark = pytest.mark.models


@pytest.fixture
def make(overview, provenance):
    def page(**changes):
        options = {"model": "MiniLM-L6", "text": SENTENCE, "selected": (3, 1), "words": WORDS}
        return offline_page(overview, provenance, **{**options, **changes})

    return page


def test_the_page_forbids_every_fetch_and_names_no_address(make):
    text = make()
    assert "default-src 'none'" in text
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?:""", markup)


def test_the_page_carries_its_provenance(make, provenance):
    text = make()
    for name, value in provenance.items():
        assert f"<dt>{name}</dt><dd>{value}</dd>" in text


def test_a_text_is_never_markup(make):
    text = make(text=ATTACK, pair=f"{ATTACK}2", model=ATTACK, sink_label=ATTACK)
    assert "<img" not in text
    assert text.count("&lt;/script&gt;&lt;img") >= 3


def test_all_heads_are_in_the_file_where_they_fit(make):
    text = make()
    assert "All 72 heads" in text
    assert 'class="note"' not in text.split("<main")[1]


def test_a_file_that_would_be_too_large_has_the_layer_and_the_notable_heads(
    make, overview, monkeypatch
):
    monkeypatch.setattr(pages, "FILE_LIMIT", 100_000)
    held = {(3, head) for head in range(12)} | {(one.layer, one.head) for one in overview.notable}
    text = make()
    assert f"{len(held)} of 72 heads" in text
    assert "this file holds the heads of layer 3" in text


def test_a_head_that_is_not_there_is_one_sentence(make):
    with pytest.raises(InputError, match="layer"):
        make(selected=(99, 0))


def test_the_file_of_a_sentence_is_small(make):
    assert len(make().encode()) < 600_000


def test_the_theme_has_the_colours_of_the_palette_for_light_and_dark():
    light, dark = theme_style().split("@media")
    assert f"--st-background-color: {LIGHT.background};" in light
    assert f"--st-chart-sequential-colors: {','.join(DARK.sequential)};" in dark
