"""What recording attention costs: against a plain forward, and the library's eager one."""

from __future__ import annotations

import torch
from transformers import AutoModel, AutoModelForCausalLM

from benchmarks.report import Table, interleaved_seconds, seconds
from benchmarks.texts import text_of
from core.attention import capture_attention
from core.catalogue import ensure_model
from core.models import load_model

TOKENS = 300
CLASSES = {"minilm-l6": AutoModel, "smollm2-135m-instruct": AutoModelForCausalLM}


def measure() -> Table:
    """Plain, one layer, everything, eager with weights: for both built-in models."""
    return Table(
        title=f"Recording attention, {TOKENS} tokens",
        about=(
            "Forwards in float32 on the CPU, as multiples of transformers' own SDPA forward. "
            "Aim: recording everything costs at most 1.2× of eager with its weights. A capture "
            "that needs no later layer stops after the last one it records."
        ),
        head=("model", "SDPA", "tap off", "first layer", "all layers", "eager", "all ÷ eager"),
        rows=tuple(_row(name) for name in CLASSES),
    )


def _row(name: str) -> tuple[str, ...]:
    model = load_model(name, device="cpu")
    text = text_of(model, TOKENS)
    inputs = torch.tensor([model.encode(text).ids])
    eager, sdpa = (_plain_network(name, attention) for attention in ("eager", "sdpa"))
    taken = interleaved_seconds(
        {
            "plain": lambda: _forward(sdpa, inputs),
            "off": lambda: _forward(model.network, inputs),
            "one": lambda: capture_attention(model, text, layers=[0]),
            "all": lambda: capture_attention(model, text),
            "eager": lambda: _forward(eager, inputs, weights=True),
        }
    )
    ratios = [taken[run] / taken["plain"] for run in ("off", "one", "all", "eager")]
    ratios.append(taken["all"] / taken["eager"])
    return (name, seconds(taken["plain"]), *(f"{ratio:.2f}×" for ratio in ratios))


def _plain_network(name: str, attention: str) -> torch.nn.Module:
    folder = ensure_model(name)
    return CLASSES[name].from_pretrained(folder, attn_implementation=attention).eval()


@torch.inference_mode()
def _forward(network: torch.nn.Module, inputs: torch.Tensor, *, weights: bool = False) -> None:
    network(inputs, output_attentions=weights, use_cache=False)
