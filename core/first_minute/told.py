"""What the first minute tells, as numbers; knows no model, so that it is read in an instant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One sentence: its tokens, the weights of each head, and how far the vector
    of the token ``focus`` moves when the head is switched off."""

    word: str
    texts: tuple[str, ...]
    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    special: tuple[bool, ...]
    continues: tuple[bool, ...]
    labels: tuple[str, ...]
    sinks: tuple[int, ...]
    sink_label: str
    focus: int
    key: int
    weights: tuple[tuple[tuple[float, ...], ...], ...]  # (head, query, key)
    moved: tuple[float, ...]  # (head,)

    def weight(self, head: int) -> float:
        """The weight from ``focus`` to ``key`` in the first or second head."""
        return self.weights[head][self.focus][self.key]


@dataclass(frozen=True, slots=True, kw_only=True)
class SameLook:
    """Both sentences of a scene in one model."""

    model: str
    focus: str
    key: str
    heads: tuple[tuple[int, int], ...]
    causal: bool
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTwice:
    """Mean losses in nats of the first and second reading, and of the second without each head."""

    model: str
    seed: int
    length: int
    layer: int
    first: float
    second: float
    without: tuple[float, ...]  # (head,)

    @property
    def head(self) -> int:
        """The head whose absence costs most."""
        return self.without.index(max(self.without))

    @property
    def others(self) -> float:
        """The largest loss of the second reading with another head of the layer off."""
        return max(loss for head, loss in enumerate(self.without) if head != self.head)
