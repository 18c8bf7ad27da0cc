"""bertviz's three views, built here and drawn in a browser without a network."""

from __future__ import annotations

import html
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from components.bertviz import bertviz_page
from components.bertviz_size import (
    BYTES_LIMIT,
    LINES_LIMIT,
    bertviz_bytes,
    bertviz_height,
    bertviz_lines,
)
from core.attention import capture_attention
from core.errors import InputError
from core.models import load_model
from tests.core.conftest import make_model

pytestmark = pytest.mark.models

KINDS = ("head", "model", "neuron")
ATTACK = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def capture():
    model = load_model("minilm-l6", device="cpu")
    made = capture_attention(model, "The animal was tired.", "It slept & dreamt.")
    texts = (made.tokens.texts[0], ATTACK, *made.tokens.texts[2:])  # no tokenizer has this one
    return replace(made, tokens=replace(made.tokens, texts=texts))


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    """A tiny random model of a family, as the tests of core make them."""

    def folder(family):
        return make_model(family, tmp_path_factory.mktemp(family))

    return folder


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_names_no_address_outside_bertvizs_own_scripts_and_forbids_every_fetch(
    capture, kind
):
    page = bertviz_page(kind, capture, layers=[3])
    assert "default-src 'none'" in page
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)\s*=|https?:", markup)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_cannot_end_the_script(capture, kind):
    page = bertviz_page(kind, capture, layers=[0])
    assert page.count("</script>") == 6
    assert "<img" not in page.split('id="data">')[1].split("</script>")[0]
    assert data_of(page)["left"][1] == ATTACK


def test_weights_are_those_of_the_layers_asked_for_to_four_decimals(capture):
    data = data_of(bertviz_page("model", capture, layers=[4, 2]))
    assert data["layers"] == [4, 2]
    sent = np.array(data["attn"]) / data["rounded"]
    assert sent == pytest.approx(capture.weights[[4, 2]], abs=0.50001e-4)


@pytest.mark.parametrize("family", ["bert", "llama", "t5", "gpt2"])
def test_scores_of_the_neuron_view_come_out_as_the_models_own(family, model_folder):
    """The view computes q·k / √d itself; T5 does not divide, and adds a bias that is left out."""
    model = load_model(str(model_folder(family)), device="cpu")
    capture = capture_attention(model, "The animal didn't cross the street.")
    data = data_of(bertviz_page("neuron", capture, layers=[1], heads=[2]))
    queries, keys = (np.array(data[name])[0, 0] / data["rounded"] for name in ("queries", "keys"))
    scores = queries @ keys.T / math.sqrt(queries.shape[1])
    record = capture.main.records[1]
    own = capture.main.head_scores(1, 2)
    if record.bias is not None:
        own = own - record.bias[2 if len(record.bias) > 1 else 0]
    seen = np.isfinite(own)
    assert scores[seen] == pytest.approx(own[seen], abs=2e-3)


def test_a_model_with_a_bias_says_so(model_folder):
    capture = capture_attention(load_model(str(model_folder("t5")), device="cpu"), "The animal")
    page = html.unescape(bertviz_page("neuron", capture, layers=[0]))
    assert "adds a bias for the distance" in page
    assert "does not divide q·k by √d" in page


def test_cross_attention_has_other_tokens_on_each_side(model_folder):
    model = load_model(str(model_folder("bart")), device="cpu")
    capture = capture_attention(model, "The animal didn't cross.", "The street")
    data = data_of(bertviz_page("head", capture, layers=[0], stack="cross"))
    assert tuple(data["left"]) == capture.decoder_tokens.labels
    assert tuple(data["right"]) == capture.tokens.labels


@pytest.mark.parametrize("choice", [{"layers": [6]}, {"layers": [0], "heads": [12]}])
def test_what_the_capture_lacks_is_one_sentence(capture, choice):
    with pytest.raises(InputError, match="does not hold"):
        bertviz_page("head", capture, **choice)


@pytest.mark.parametrize("kind", KINDS)
def test_the_estimate_is_not_below_the_page_and_not_far_above(capture, kind):
    page = bertviz_page(kind, capture, layers=range(6))
    size = {"layers": 6, "heads": 12, "tokens": len(capture.tokens), "dim": 32}
    assert len(page.encode()) <= bertviz_bytes(kind, **size) <= 2 * len(page.encode())


def test_300_tokens_of_all_heads_are_refused_before_anything_is_built(capture, monkeypatch):
    """facts.md: 6 layers × 12 heads at 300 tokens make 300 MB."""
    text = " ".join(["The animal was tired."] * 60)
    long = capture_attention(load_model("minilm-l6", device="cpu"), text)
    monkeypatch.setattr("components.bertviz.read_scripts", pytest.fail)
    with pytest.raises(InputError, match=r"Too large for bertviz.*tab Pattern"):
        bertviz_page("model", long, layers=range(6))


def test_the_refusal_says_how_many_layers_would_fit():
    from components.bertviz_size import check_size

    with pytest.raises(InputError, match="Choose at most 2 of its layers"):
        check_size("model", layers=6, heads=12, queries=100, keys=100, dim=32)
    assert bertviz_lines("model", layers=2, heads=12, tokens=100) <= LINES_LIMIT
    with pytest.raises(InputError, match="Use a shorter text"):
        check_size("head", layers=1, heads=12, queries=300, keys=300, dim=32)
    check_size("head", layers=6, heads=12, queries=100, keys=100, dim=32)
    assert BYTES_LIMIT == 20_000_000


@pytest.mark.e2e
class TestInABrowser:
    """What bertviz's scripts make of the page."""

    @pytest.fixture(params=["light", "dark"])
    def draw(self, request, browser, capture):
        contexts, mistakes, requests = [], [], []

        def open_(kind, **options):
            options = {"layers": [3, 5], "selected": (5, 11), **options}
            page_text = bertviz_page(kind, capture, dark=request.param == "dark", **options)
            context = browser.new_context(viewport={"width": 1200, "height": 900})
            contexts.append(context)
            context.set_offline(True)
            page = context.new_page()
            page.on("request", lambda sent: requests.append(sent.url))
            page.on("pageerror", lambda error: mistakes.append(str(error)))
            page.on("dialog", lambda dialog: (mistakes.append("dialog"), dialog.dismiss()))
            page.on(
                "console",
                lambda said: mistakes.append(said.text) if said.type == "error" else None,
            )
            page.set_content(
                f'<iframe srcdoc="{html.escape(page_text)}" width="1190" height="880">'
            )
            frame = page.frame_locator("iframe")
            frame.locator("svg").wait_for()
            return frame

        yield open_
        for context in contexts:
            context.close()
        assert mistakes == []
        assert [url for url in requests if not url.startswith("about:")] == []

    def test_the_head_view_draws_every_weight_of_the_chosen_layer(self, draw, capture):
        frame = draw("head")
        assert frame.locator("#layer").input_value() == "5"
        assert frame.locator("svg line").count() == 12 * len(capture.tokens) ** 2
        at = "[head-index='11'] [left-token-index='1'] line[right-token-index='2']"
        shown = float(frame.locator(at).get_attribute("stroke-opacity"))
        assert shown == pytest.approx(capture.head(5, 11)[1, 2], abs=1e-4)
        assert frame.locator("text", has_text=ATTACK).count() == 2
        assert frame.locator("img").count() == 0

    def test_the_model_view_draws_every_head_and_opens_one(self, draw, capture):
        frame = draw("model")
        assert frame.locator("svg line").count() == 2 * 12 * len(capture.tokens) ** 2
        frame.locator("#attn_background_1_3 ~ rect").click()
        assert frame.locator("text.detail").text_content() == "Layer 5, Head 3"

    def test_the_parts_of_a_pair_are_cut_where_the_second_text_begins(self, draw, capture):
        frame = draw("head")
        start = capture.tokens.segments.index(1)
        frame.locator("#filter").select_option(label="A → B")
        rest = len(capture.tokens) - start
        assert frame.locator("svg line").count() == 12 * start * rest

    def test_the_neuron_view_names_the_layers_it_was_given_and_computes_the_scores(
        self, draw, capture
    ):
        frame = draw("neuron")
        assert frame.locator("#layer option").all_text_contents() == ["3", "5"]
        assert frame.locator("#att_head option").count() == 12
        frame.locator("#collapsed .token").nth(2).hover()
        frame.locator("#collapsed #leftText g").nth(2).locator("rect").nth(1).click()
        frame.locator("#expanded #leftText .token").nth(2).hover()
        shown = frame.locator(".dotproduct").nth(1).get_attribute("data-value")
        assert float(shown) == pytest.approx(capture.main.head_scores(5, 11)[2, 1], abs=2e-3)


def test_the_height_fits_what_is_drawn(capture):
    size = {"layers": 6, "heads": 12, "tokens": 15}
    assert bertviz_height("head", **size) == pytest.approx(448, abs=1)
    assert bertviz_height("model", **size) > 6 * 115
    assert bertviz_height("neuron", **size) > 15 * 26 + 100
