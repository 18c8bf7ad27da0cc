from __future__ import annotations

from components.views.class_live import feed_content
from core.classes import Feed, Spread


def test_a_feed_is_written_as_the_server_tells_it() -> None:
    from dataclasses import asdict

    feed = Feed(stamp=3, followers=2, spreads=(Spread(title="Why?", answers=(("13", 2),)),))
    written = feed_content(feed)
    assert written == {
        "stamp": 3,
        "followers": 2,
        "spreads": [{"title": "Why?", "answers": [["13", 2]]}],
    }
    assert asdict(feed)["spreads"] == ({"title": "Why?", "answers": (("13", 2),)},)
