"""Links that a student hands in: pages of this server, nothing else."""

from __future__ import annotations

import pytest

from app.classroom.address import LONGEST, read_address
from core.errors import LinkError

HERE = "http://school.local:8501/attention"


def test_a_link_of_this_server_is_its_page_and_what_that_page_declares():
    page, given = read_address(
        "http://school.local:8501/tokens?text=a%26b&first=minilm-l6&lang=zh&evil=1", HERE
    )
    assert (page, given) == ("tokens", {"text": "a&b", "first": "minilm-l6"})
    assert read_address("/attention?x=ab12", HERE) == ("attention", {"x": "ab12"})
    assert read_address("http://school.local:8501/", HERE) == ("home", {})


def test_a_server_below_a_folder_keeps_it():
    here = "https://school.org/headlight/tokens"
    assert read_address("https://school.org/headlight/masked?text=a", here)[0] == "masked"


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/tokens?text=a",
        "//example.org/tokens",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "http:tokens",
        "/../../etc/passwd",
        "/no_such_page",
        "<b>tokens</b>",
    ],
)
def test_a_link_that_leads_outside_is_refused(link):
    with pytest.raises(LinkError, match="leads outside"):
        read_address(link, HERE)


@pytest.mark.parametrize("link", ["", "   ", "/tokens?text=" + "a" * LONGEST, "http://[::1"])
def test_what_is_no_link_is_said(link):
    with pytest.raises(LinkError, match="not a link"):
        read_address(link, HERE)
