"""The prompt that greets a reader, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.language import DEFAULT_LANGUAGE, current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDefaults:
    """A prompt, another to set beside it, the words of its labels, and rows for it."""

    template: str
    words: str
    other: str
    other_words: str
    dataset: str
    free: str
    rows: tuple[tuple[str, str], ...]
    """Texts with labels of Headlight's own, where the dataset was not fetched."""


DEFAULTS: Final = {
    "en": PromptDefaults(
        template="Review: {{ text }}\nSentiment:",
        words="negative: negative\npositive: positive",
        other="{{ text }} It was [MASK].",
        other_words="negative: terrible\npositive: great",
        dataset="movie-snippets",
        free="N/A\n[MASK]\n(empty)",
        rows=(
            ("A warm and funny film from the first scene to the last.", "positive"),
            ("Two hours long, and not one of them was worth it.", "negative"),
            ("The actors are wonderful together.", "positive"),
            ("I fell asleep before anything happened.", "negative"),
            ("Sharp, moving and beautifully shot.", "positive"),
            ("The jokes are old and the plot is older.", "negative"),
            ("I would gladly see it again tomorrow.", "positive"),
            ("A dull story told badly.", "negative"),
            ("It stays with you for days.", "positive"),
            ("Nobody in it seems to know why they are there.", "negative"),
            ("A small film with a big heart.", "positive"),
            ("Loud, confused and far too long.", "negative"),
            ("The best ending I have seen this year.", "positive"),
            ("The music is the only good thing about it.", "negative"),
            ("Clever without ever showing off.", "positive"),
            ("A waste of a very good cast.", "negative"),
            ("Every minute of it is a joy.", "positive"),
            ("The second half falls to pieces.", "negative"),
            ("It made the whole room laugh.", "positive"),
            ("I wanted my money back.", "negative"),
        ),
    ),
    "zh": PromptDefaults(
        template="评论：{{ text }}\n情感：",
        words="negative: 负面\npositive: 正面",
        other="{{ text }}总之，感觉很[MASK]",
        other_words="negative: 差\npositive: 好",
        dataset="reviews-zh",
        free="无\n[MASK]\n(empty)",
        rows=(
            ("这本书写得很好，我一口气读完了。", "positive"),
            ("纸张太薄，字也印得不清楚。", "negative"),
            ("房间干净，服务员很热情。", "positive"),
            ("等了一个小时才办好入住。", "negative"),
            ("电池耐用，屏幕也很清晰。", "positive"),
            ("用了三天就坏了。", "negative"),
            ("内容丰富，孩子很喜欢。", "positive"),
            ("故事没有意思，看不下去。", "negative"),
            ("早餐种类多，味道不错。", "positive"),
            ("隔音很差，一夜没睡好。", "negative"),
            ("发货很快，包装也好。", "positive"),
            ("客服态度不好，问题没有解决。", "negative"),
            ("这是我今年读过的最好的书。", "positive"),
            ("和图片上的完全不一样。", "negative"),
            ("离车站近，出门方便。", "positive"),
            ("价格高，质量却一般。", "negative"),
            ("键盘手感很舒服。", "positive"),
            ("风扇声音太大。", "negative"),
            ("下次还会再来住。", "positive"),
            ("翻译得很差，读起来很累。", "negative"),
        ),
    ),
}


def defaults() -> PromptDefaults:
    """Those of the session's language."""
    return DEFAULTS.get(current_language(), DEFAULTS[DEFAULT_LANGUAGE])
