"""What a browser did last."""

from __future__ import annotations

import pytest

from core.recent import RecentWork
from core.records import Records


@pytest.fixture
def recent(tmp_path):
    records = Records(tmp_path / "headlight.db")
    yield RecentWork(records)
    records.close()


def test_each_page_is_kept_once_with_its_last_link_the_latest_first(recent):
    for page, text in [("tokens", "a"), ("attention", "b"), ("tokens", "它")]:
        recent.note("ann", page, {"text": text})
    assert [(each.page, each.link["text"]) for each in recent.of("ann")] == [
        ("tokens", "它"),
        ("attention", "b"),
    ]
    assert recent.of("ann", most=1)[0].page == "tokens"
    assert recent.of("bob") == ()
