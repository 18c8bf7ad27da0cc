"""Prompts: a few-shot prompt over many rows, against transformers called row by row."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from benchmarks.report import Table, seconds
from core.models import LanguageModel, load_model
from core.prompts import Verbalizer, evaluate_prompt, pick_demonstrations, read_table
from core.prompts.template import Row

MODEL = "smollm2-135m-instruct"
DATASET = "movie-snippets"
TEMPLATE = "Review: {{ text }}\nSentiment:"
WORDS = Verbalizer({"negative": "negative", "positive": "positive"})
ROWS = 200
SHOTS = 8


def measure(rows: int = ROWS) -> Table:
    """All of it, with the built-in causal model."""
    model = load_model(MODEL)
    table = read_table(dataset=DATASET)
    asked = table.chosen(table.sample("development", rows, seed=0))
    shown = pick_demonstrations(table.chosen(table.part("examples")), SHOTS, how="balanced")
    bare = AutoModelForCausalLM.from_pretrained(model.folder, dtype=model.dtype)
    bare.to(model.device).eval()
    evaluate_prompt(model, TEMPLATE, asked[:2], verbalizer=WORDS)  # the first pass warms up
    with _Beats() as beats:
        started = time.perf_counter()
        found = evaluate_prompt(model, TEMPLATE, asked, verbalizer=WORDS, demonstrations=shown)
        ours = time.perf_counter() - started
    started = time.perf_counter()
    expected = _row_by_row(model, bare, asked, shown)
    theirs = time.perf_counter() - started
    apart = float(np.abs(found.probabilities - expected).max())
    return Table(
        title="A few-shot prompt over a table",
        about=(
            f"{rows} rows, {SHOTS} demonstrations, two labels: the probability of each label, "
            "against transformers called once for each row with the whole prompt. Aims: at least "
            "5× the rows per second, the same probabilities to 1e-4, and another thread (the page) "
            "never waits 300 ms."
        ),
        head=("what", "seconds", "rows per second", "ratio"),
        rows=(
            ("transformers, row by row", seconds(theirs), f"{rows / theirs:.2f}", ""),
            ("evaluate_prompt", seconds(ours), f"{rows / ours:.2f}", f"{theirs / ours:.2f}×"),
            ("largest difference of a probability", "", "", f"{apart:.1e}"),
            ("longest pause of another thread meanwhile", seconds(beats.longest), "", ""),
            (
                "tokens of a prompt, of these shared by all",
                "",
                "",
                f"{found.tokens.mean():.0f}, {found.shared}",
            ),
        ),
    )


class _Beats:
    """A thread that wakes a hundred times a second, and the longest that it had to wait."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> _Beats:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        last = time.perf_counter()
        while not self._ended.wait(0.01):
            now = time.perf_counter()
            self.longest = max(self.longest, now - last)
            last = now


@torch.inference_mode()
def _row_by_row(
    model: LanguageModel, bare: torch.nn.Module, rows: Sequence[Row], shown: Sequence[Row]
) -> np.ndarray:
    """The probabilities of the labels by plain transformers. (row, label)"""
    tokenizer = model.tokenizer
    first = [tokenizer(f" {word}", add_special_tokens=False)["input_ids"] for word in WORDS.words]
    before = "".join(f"Review: {row['text']}\nSentiment: {row['label']}\n\n" for row in shown)
    found = []
    for row in rows:
        text = f"{before}Review: {row['text']}\nSentiment:"
        ids = tokenizer(text, return_tensors="pt")["input_ids"].to(model.device)
        logits = bare(input_ids=ids, logits_to_keep=1).logits[0, -1].float()
        logs = torch.log_softmax(logits, -1)
        if any(len(pieces) != 1 for pieces in first):
            raise ValueError("a label's word has several pieces")
        scores = torch.stack([logs[pieces[0]] for pieces in first])
        found.append(torch.softmax(scores, -1).cpu().numpy())
    return np.stack(found)
