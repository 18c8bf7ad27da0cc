"""What a first look at a text costs: the profile of all heads, the overview, and its memory."""

from __future__ import annotations

from typing import Final

from benchmarks.report import Table, interleaved_seconds, seconds, size
from benchmarks.texts import text_of
from core.attention import attention_overview, capture_attention, head_profile
from core.models import load_model

MODELS: Final = ("minilm-l6", "smollm2-135m-instruct")
PROFILE_TOKENS: Final = 128
SESSION_TOKENS: Final = 300
OVERVIEW_TOKENS: Final = 512


def measure() -> Table:
    """Profile at 128 tokens, overview at 512, bytes held at 300 and 512: for both models."""
    return Table(
        title="What a head is known for",
        about=(
            f"The profile of all heads of a text of {PROFILE_TOKENS} tokens that is captured "
            f"already; the overview (forward, capture, profile, thumbnails) of one of "
            f"{OVERVIEW_TOKENS}; the bytes that an overview holds, thumbnails and tables counted."
        ),
        head=(
            *("model", "heads", f"profile, {PROFILE_TOKENS}", f"overview, {OVERVIEW_TOKENS}"),
            *(f"held, {SESSION_TOKENS}", f"held, {OVERVIEW_TOKENS}"),
        ),
        rows=tuple(_row(name) for name in MODELS),
    )


def _row(name: str) -> tuple[str, ...]:
    model = load_model(name, device="cpu")
    capture = capture_attention(model, text_of(model, PROFILE_TOKENS))
    long = text_of(model, OVERVIEW_TOKENS)
    taken = interleaved_seconds(
        {
            "profile": lambda: head_profile(capture),
            "overview": lambda: attention_overview(model, long),
        }
    )
    held = [
        attention_overview(model, text_of(model, count)).nbytes
        for count in (SESSION_TOKENS, OVERVIEW_TOKENS)
    ]
    heads = len(capture.layers) * len(capture.heads)
    return (name, str(heads), *map(seconds, taken.values()), *map(size, held))
