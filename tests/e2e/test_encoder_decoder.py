"""The tabs of the Attention page on an encoder–decoder model, whichever it is."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from core.records import Records
from tests.e2e.driving import home_with_models, start_server, stop_server

FAMILIES = Path(__file__).parents[1] / "core" / "conftest.py"


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """A server that knows a tiny T5, and the link to it."""
    spec = importlib.util.spec_from_file_location("families", FAMILIES)
    families = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(families)
    root = tmp_path_factory.mktemp("t5")
    home = home_with_models(root / "home")
    folder = families.make_model("t5", root / "t5")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLIGHT_HOME", str(home))
        Records().remember_model(str(folder))
    process, address = start_server(home)
    yield address, f"/attention?model={quote(str(folder))}&text=The+street+is+wide."
    stop_server(process)


@pytest.mark.parametrize("stack", ["self", "decoder", "cross"])
@pytest.mark.parametrize("tab", ["pattern", "qk", "matter", "compare", "generated", "bertviz"])
def test_every_tab_shows_every_attention(new_page, own_server, tab, stack):
    address, link = own_server
    query = f"{link}&tab={tab}&stack={stack}&other_text=The+street+is+blue."
    page = new_page(query, address=address)
    if tab == "bertviz":
        expect(page.frame_locator("iframe").locator("svg").first).to_be_visible()
    else:
        expect(page.locator(".view canvas.picture").first).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


@pytest.mark.parametrize("effect", ["patching", "ablation"])
def test_a_head_is_measured_at_the_word_that_the_decoder_predicts(new_page, own_server, effect):
    address, link = own_server
    other = "other_text=The+street+is+tide.&pair=Le+chat+est+assis&replace=mean"
    query = f"{link}&tab=matter&stack=cross&effect={effect}&{other}"
    page = new_page(query, address=address)
    expect(page.get_by_role("cell", name="chosen").first).to_be_visible()
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_only_what_is_written_has_rows_of_new_tokens(new_page, own_server):
    address, link = own_server
    page = new_page(f"{link}&tab=generated&stack=self", address=address)
    expect(page.get_by_role("radio", name="Cross: decoder → encoder")).to_be_checked()
    expect(page.get_by_role("radio", name="Encoder", exact=True)).to_have_count(0)
