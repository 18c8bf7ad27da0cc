"""The processes that work on one run together, each on a device of its own; alone, they are one.

``accelerate launch`` starts them and this asks ``torch.distributed`` who is who. What is trained is
not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import torch
from torch import distributed


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """How many processes there are and which of them this is; number 0 writes what is kept."""

    number: int = 0
    size: int = 1

    @classmethod
    def current(cls) -> Self:
        """The team of this process."""
        if not (distributed.is_available() and distributed.is_initialized()):
            return cls()
        return cls(number=distributed.get_rank(), size=distributed.get_world_size())

    @property
    def writes(self) -> bool:
        """Whether this process is the one that writes points, checkpoints and the model."""
        return self.number == 0

    def agreed(self, decision: bool) -> bool:
        """What the first process decided, in all of them."""
        if self.size == 1:
            return decision
        told = torch.tensor([decision], dtype=torch.uint8, device=_device())
        distributed.broadcast(told, src=0)
        return bool(told.item())

    def total(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The sums of ``values`` over all processes, of one shape everywhere."""
        if self.size == 1:
            return values
        summed = torch.from_numpy(values.copy()).to(_device())
        distributed.all_reduce(summed)
        found: npt.NDArray[np.float64] = summed.cpu().numpy()
        return found

    def wait(self) -> None:
        """Until every process is here."""
        if self.size > 1:
            distributed.barrier()


def _device() -> torch.device:
    """Where the processes exchange numbers: NCCL only knows those of a GPU."""
    nccl = distributed.get_backend() == "nccl"
    return torch.device("cuda", torch.cuda.current_device()) if nccl else torch.device("cpu")
