"""What it costs to switch every head off, one at a time: whole passes against the wall."""

from __future__ import annotations

import torch

from benchmarks.report import Table, interleaved_seconds, seconds
from benchmarks.texts import text_of
from core.attention import Target, ablation_wall, choose_target
from core.attention.changes import HeadChange, HeadChanger
from core.attention.tap import recording
from core.models import LanguageModel, load_model

TOKENS = 20
# Of how many heads one is switched off by a pass of its own: all such passes take the same time.
EVERY = {"minilm-l6": 1, "smollm2-135m-instruct": 15}


def measure() -> Table:
    """All heads of both built-in models, switched off one at a time."""
    return Table(
        title=f"Ablation wall, {TOKENS} tokens",
        about=(
            "Every head switched off by itself, in float32 on the CPU: one whole pass per head "
            "against the wall, which runs heads side by side, begins at the layer of each and "
            "makes logits at one position only. Aim: at least 4× faster. Of SmolLM2 each "
            "15th head has its whole pass, and the time is multiplied."
        ),
        head=("model", "heads", "one pass per head", "wall", "faster"),
        rows=tuple(_row(name, every) for name, every in EVERY.items()),
    )


def _row(name: str, every: int) -> tuple[str, ...]:
    model = load_model(name, device="cpu")
    text = text_of(model, TOKENS)
    target = choose_target(model, model.encode(text))
    taken = interleaved_seconds(
        {
            "single": lambda: _one_by_one(model, text, target, every),
            "wall": lambda: ablation_wall(model, text, target=target),
        },
        rounds=5,
    )
    taken["single"] *= every
    faster = f"{taken['single'] / taken['wall']:.1f}×"
    heads = str(model.shape.layers * model.shape.heads)
    return (name, heads, seconds(taken["single"]), seconds(taken["wall"]), faster)


@torch.inference_mode()
def _one_by_one(model: LanguageModel, text: str, target: Target, every: int) -> None:
    if model.places is None:
        raise ValueError(f"{model.id} cannot be tapped")
    inputs = model.inputs(model.encode(text))
    network = model.network.base_model if target.kind == "vector" else model.network
    for number in range(0, model.shape.layers * model.shape.heads, every):
        layer, head = divmod(number, model.shape.heads)
        change = HeadChange(layer=layer, head=head)
        with recording(HeadChanger(model.places, [[change]])):
            outputs = network(**inputs)
        if target.kind == "next":
            torch.log_softmax(outputs["logits"][0, target.position], dim=-1)
