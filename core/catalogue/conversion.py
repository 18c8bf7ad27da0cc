"""GGUF → safetensors: dequantise a model once, so that it loads in a fraction of a second later.

``convert`` runs this very file in a child process: it takes some twenty seconds and twice the
model's memory, must be stoppable, and must not hold up the server. The child part therefore
imports nothing of Headlight. Which files go in and out is the caller's business.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

USUAL_SECONDS: Final = 25.0  # on two CPU cores; only the progress bar depends on it
TOKENIZER_PROBE: Final = "The capital of France is"


def convert(gguf: Path, target: Path, *, on_tick: Callable[[float], None]) -> None:
    """Write the model and tokenizer of ``gguf`` to ``target`` as float32 safetensors.

    ``on_tick`` is told a guess of the fraction done and may raise to stop. Raises
    ``BrokenModelError`` where transformers cannot make a model of the file.
    """
    # Imported here because the child runs this file by its path, without Headlight.
    from core.catalogue.processes import run_child
    from core.errors import BrokenModelError, DiskFullError
    from core.language import _

    started = time.monotonic()
    said: list[str] = []

    def tick() -> None:
        on_tick(min((time.monotonic() - started) / USUAL_SECONDS, 0.99))

    status = run_child(
        [sys.executable, "-P", "-W", "ignore", str(Path(__file__)), str(gguf), str(target)],
        environment={**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
        on_line=said.append,
        on_tick=tick,
    )
    if status == 0:
        return
    text = "\n".join(said)
    if "No space left on device" in text or "Disk quota exceeded" in text:
        raise DiskFullError(_("The disk became full while the model was being converted."))
    message = _(
        "{file} could not be converted to safetensors ({reason}); fetch the model again, and if "
        "that fails too check that the versions in requirements.txt are installed."
    )
    raise BrokenModelError(
        message.format(file=gguf.name, reason=said[-1] if said else f"exit status {status}")
    )


def _convert_here(gguf: Path, target: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source = {"gguf_file": gguf.name, "local_files_only": True}
    network = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **source)
    # What is saved is no longer quantised, and would be refused or requantised if it said so.
    network.hf_quantizer = None
    if hasattr(network.config, "quantization_config"):
        del network.config.quantization_config
    network.save_pretrained(target, max_shard_size="100GB")
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **source)
    _restore_digits(gguf, tokenizer)
    tokenizer.model_max_length = network.config.max_position_embeddings
    tokenizer.init_kwargs.pop("local_files_only", None)
    tokenizer.save_pretrained(target)
    _check_loads(target, network, tokenizer)


def _restore_digits(gguf: Path, tokenizer: object) -> None:
    """Split digits first, as SmolLM's own tokenizer does; transformers drops that on the way.

    Without it the spaces before a number are cut otherwise: "a  1" gives a token more.
    """
    from gguf import GGUFReader
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

    field = GGUFReader(gguf).get_field("tokenizer.ggml.pre")
    if field is None or field.contents() != "smollm":
        return
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(  # type: ignore[attr-defined]
        [Digits(individual_digits=True), ByteLevel(add_prefix_space=False, use_regex=True)]
    )


def _check_loads(target: Path, network: object, tokenizer: object) -> None:
    """Raise unless what was saved gives the very logits of what was converted."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    again = AutoModelForCausalLM.from_pretrained(target, local_files_only=True)
    reader = AutoTokenizer.from_pretrained(target, local_files_only=True)
    ids = reader(TOKENIZER_PROBE, return_tensors="pt")["input_ids"]  # (1, token)
    if ids.tolist() != tokenizer(TOKENIZER_PROBE, return_tensors="pt")["input_ids"].tolist():  # type: ignore[operator]
        raise ValueError("the saved tokenizer differs from the converted one")
    if reader.chat_template != tokenizer.chat_template:  # type: ignore[attr-defined]
        raise ValueError("the chat template was lost")
    with torch.inference_mode():
        before, after = network(ids).logits, again(ids).logits  # type: ignore[operator]
    if not torch.equal(before, after) or not torch.isfinite(after).all():
        raise ValueError("the saved weights differ from the converted ones")


def _end_with_parent() -> None:
    sys.stdin.read()  # ends when the parent does
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _convert_here(Path(sys.argv[1]), Path(sys.argv[2]))
