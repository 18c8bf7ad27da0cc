"""From a text to what the browser gets: our Attention page against bertviz's head view."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from bertviz import head_view
from transformers import AutoModel

from benchmarks.report import Table, seconds, size
from benchmarks.texts import text_of
from components.grids import grid_heads, grid_thumbnails
from components.views.attention_grid import grid_message
from components.views.attention_head import head_message
from core.attention import LABELS, attention_overview
from core.catalogue import ensure_model
from core.models import LanguageModel, load_model

LENGTHS = (16, 64, 300, 512)
MODEL = "minilm-l6"


def measure() -> Table:
    """Bytes and seconds at each length, and the ratios."""
    model = load_model(MODEL, device="cpu")
    eager = AutoModel.from_pretrained(ensure_model(MODEL), attn_implementation="eager").eval()
    rows = []
    for length in LENGTHS:
        text = text_of(model, length)
        ours, our_seconds = _timed(lambda text=text: _ours(model, text))
        theirs, their_seconds = _timed(lambda text=text: _bertviz(model, eager, text), times=1)
        rows.append(
            (
                str(length),
                size(ours),
                size(theirs),
                f"1/{theirs / ours:.0f}",
                seconds(our_seconds),
                seconds(their_seconds),
                f"1/{their_seconds / our_seconds:.0f}",
            )
        )
    return Table(
        title="Attention page: from a text to the finished message",
        about=(
            "All 72 heads of the built-in encoder as thumbnails and one head in full, against "
            "bertviz's `head_view` of the same text: bytes for the browser, and seconds with the "
            "model's forward included. Aims at 300 tokens: 1/100 of the bytes, 1/20 of the seconds."
        ),
        head=("tokens", "bytes", "bertviz", "ratio", "time", "bertviz", "ratio"),
        rows=tuple(rows),
    )


def _timed(run: Callable[[], int], *, times: int = 5) -> tuple[int, float]:
    """What ``run`` returns, and the median of its seconds; one run that does not count first."""
    if times > 1:
        run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        result = run()
        taken.append(time.perf_counter() - start)
    return result, sorted(taken)[len(taken) // 2]


def _ours(model: LanguageModel, text: str) -> int:
    overview = attention_overview(model, text)
    words = {name: name for name in LABELS}
    heads = grid_heads(overview, words, everything=True)
    labels = overview.capture.tokens.labels
    grid = grid_message(heads, grid_thumbnails(overview, heads), key="grid", label="heads")
    head = head_message(overview.capture.head(3, 1), labels, labels, key="head", title="head")
    return len(grid) + len(head)


def _bertviz(model: LanguageModel, eager: torch.nn.Module, text: str) -> int:
    encoded = model.tokenizer(text, return_tensors="pt", truncation=True, max_length=512)
    with torch.inference_mode():
        attention = eager(**encoded, output_attentions=True).attentions
    tokens = model.tokenizer.convert_ids_to_tokens(encoded["input_ids"][0])
    html = head_view(attention=attention, tokens=tokens, html_action="return")
    return len(html.data.encode())
