"""Whether what is about to be read or computed fits into memory, asked before it is begun.

What does not fit would end the process, which serves everybody.
"""

from __future__ import annotations

import torch

from core.device import available_memory, human_size
from core.errors import TooLargeError
from core.language import _


def check_fits(id_: str, needed: int, device: torch.device) -> None:
    """Raise TooLargeError unless there is room for a model of ``needed`` bytes.

    On its way to a GPU a model passes main memory.
    """
    for place in dict.fromkeys((torch.device("cpu"), device)):
        free = available_memory(place)
        if needed > free:
            raise TooLargeError(
                _(
                    "{id} needs {needed} of memory and {device} has {free} free: unload another "
                    "model or choose a smaller one."
                ).format(
                    id=id_, needed=human_size(needed), device=place.type, free=human_size(free)
                )
            )


def check_step(needed: int, device: torch.device) -> None:
    """Raise TooLargeError unless ``device`` has the ``needed`` bytes of a training step free."""
    free = available_memory(device)
    if needed > free:
        raise TooLargeError(
            _(
                "A step of this run needs about {needed} of memory and {device} has {free} free: "
                "choose a smaller batch, shorter texts or a smaller model, or unload one."
            ).format(needed=human_size(needed), device=device.type, free=human_size(free))
        )
