"""What a layer's anatomy costs, and what a click on the page waits for and receives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from benchmarks.report import Table, interleaved_seconds, seconds, size
from benchmarks.texts import text_of
from components.anatomy.attention import projection_scene, softmax_scene
from components.anatomy.stream import feed_forward_scene, neurons_shown
from components.views.matrices import matrices_message
from core.anatomy import head_anatomy, layer_anatomy, neuron_matrices, strongest_neurons
from core.models import LanguageModel, load_model

MODELS: Final = ("minilm-l6", "smollm2-135m-instruct")
TOKENS: Final = (16, 64)


def measure() -> Table:
    """One layer from the text, then what clicks cost once it is held."""
    return Table(
        title="Anatomy of a layer",
        about=(
            "A middle layer in float32 on the CPU: all intermediates from the text (aim: 500 ms at "
            "64 tokens), then a click on another head, on the softmax and on the feed-forward, "
            "from the layer at hand to the message (aim: 150 ms), and the bytes of the messages."
        ),
        head=(
            *("model", "tokens", "layer", "other head", "softmax", "feed-forward"),
            *("bytes, Q", "bytes, softmax", "bytes, feed-forward"),
        ),
        rows=tuple(_row(name, tokens) for name in MODELS for tokens in TOKENS),
    )


def _row(name: str, tokens: int) -> tuple[str, ...]:
    model = load_model(name, device="cpu")
    text = text_of(model, tokens)
    middle = model.shape.layers // 2
    clicks = _clicks(model, text, middle)
    taken = interleaved_seconds(
        {"layer": lambda: layer_anatomy(model, text, layer=middle), **clicks}
    )
    bytes_ = [size(len(click())) for click in clicks.values()]
    return (name, str(tokens), *map(seconds, taken.values()), *bytes_)


def _clicks(model: LanguageModel, text: str, layer: int) -> dict[str, Callable[[], bytes]]:
    own = layer_anatomy(model, text, layer=layer)

    def head() -> bytes:
        scene = projection_scene(own, head_anatomy(model, own, 1), "q")
        return matrices_message(scene, key="q", label="Q")

    def softmax() -> bytes:
        scene = softmax_scene(own, head_anatomy(model, own, 1), unscaled=False)
        return matrices_message(scene, key="softmax", label="softmax")

    def feed_forward() -> bytes:
        neurons = strongest_neurons(own.feed_forward, neurons_shown(own))
        scene = feed_forward_scene(own, neuron_matrices(model, own, neurons))
        return matrices_message(scene, key="ffn", label="FFN")

    return {"head": head, "softmax": softmax, "ffn": feed_forward}
