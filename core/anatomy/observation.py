"""One forward pass in which one layer is watched: every module's input and output, in order.

The layer runs as a twin that shares its weights and carries hooks, so that nobody else's pass is
watched. What the modules mean to each other is not known here: see ``core.anatomy.wiring``.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from core.attention.blocks import BlockCall, given_vectors, made_vectors, stepping
from core.attention.capture import places_of
from core.attention.places import AttentionPlaces, Stack
from core.attention.recording import AttentionRecorder, LayerRecord
from core.attention.tap import AttentionCall, recording
from core.errors import UnsupportedError
from core.language import _
from core.prediction import logits_of
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """One call of a module without parts, inside the layer: its name there, and what it did."""

    name: str
    module: nn.Module
    given: Tensor  # (token, …)
    made: Tensor  # (token, …)


@dataclass(frozen=True, slots=True)
class AttendedCall:
    """One attention of the layer: its name, what it attended with, and when it happened."""

    name: str
    stack: Stack
    record: LayerRecord
    output: Tensor  # (query, head, dim)
    before: int
    """How many modules had been called."""


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A lookup, a norm or a product outside the layers: what it was given, by which weights."""

    kind: str
    given: Tensor
    weight: Tensor
    made: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """All that one pass showed of one layer, of what comes before the layers and after them."""

    given: Tensor  # (token, hidden)
    made: Tensor  # (token, hidden)
    modules: tuple[ModuleCall, ...]
    attentions: tuple[AttendedCall, ...]
    before: tuple[FunctionCall, ...]
    """What happened between the token ids and the first layer of this stack."""
    first: Tensor  # (token, hidden)
    """What the first layer of the stack is given."""
    last: Tensor  # (token, hidden)
    """What the last layer of the model gives: of an encoder–decoder model, the decoder's."""
    after: tuple[FunctionCall, ...]
    outputs: dict[str, Tensor]


class _Watcher:
    """A block runner and attention recorder at once, for one pass."""

    def __init__(self, model: LanguageModel, stack: Stack, layer: int) -> None:
        blocks = model.blocks
        if blocks is None:
            raise UnsupportedError(
                _(
                    "The layers of {id} cannot be found: its architecture ({name}) runs them in a "
                    "way of its own. Choose another model."
                ).format(id=model.id, name=type(model.network).__name__)
            )
        self._blocks, self._places = blocks, places_of(model)
        self._layer = layer
        self._target: BlockCall = blocks.calls[stack, layer]
        self._first: BlockCall = blocks.calls[stack, 0]
        self._calls: Counter[nn.Module] = Counter()
        self._names: dict[nn.Module, str] = {}
        self._twin: nn.Module | None = None
        self._recorder: AttentionRecorder | None = None
        self._stacks: dict[nn.Module, Stack] = {}
        self.depth = 0
        self.functions: list[FunctionCall] = []
        self.before: tuple[FunctionCall, ...] = ()
        self.modules: list[ModuleCall] = []
        self.attentions: list[AttendedCall] = []
        self.given: Tensor | None = None
        self.made: Tensor | None = None
        self.first: Tensor | None = None
        self.last: Tensor | None = None

    def run(
        self,
        block: nn.Module,
        forward: Callable[..., object],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> object:
        """What the block gives, by its twin where it is the one that is watched."""
        if block is self._twin:
            return forward(*args, **kwargs)
        call = (block, self._calls[block])
        self._calls[block] += 1
        if call == self._first:
            self.before = tuple(self.functions)
            self.first = given_vectors(args, kwargs)[0]
        self.functions.clear()
        self.depth += 1
        try:
            output = self._watch(block, args, kwargs) if call == self._target else None
            output = forward(*args, **kwargs) if output is None else output
        finally:
            self.depth -= 1
        self.last = made_vectors(output)[0]
        return output

    def attend(self, call: AttentionCall) -> Tensor:
        """The library's eager attention; of the twin, kept."""
        if self._recorder is None or call.module not in self._stacks:
            return call.attended()
        stack = self._stacks[call.module]
        output = self._recorder.attend(call)
        record = self._recorder.records[stack, self._layer]
        name = self._names[call.module]
        self.attentions.append(AttendedCall(name, stack, record, output[0], len(self.modules)))
        return output

    def _watch(self, block: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        self.given = given_vectors(args, kwargs)[0]
        count = len(self.given)
        weights = {id(part): part for part in (*block.parameters(), *block.buffers())}
        twin = copy.deepcopy(block, dict(weights))
        self._twin = twin
        self._names = {module: name for name, module in twin.named_modules()}
        self._record(block, twin)

        def see(module: nn.Module, inputs: tuple[object, ...], output: object) -> None:
            if not inputs or not isinstance(inputs[0], Tensor) or not isinstance(output, Tensor):
                return
            given, made = (part.detach() for part in (inputs[0], output))
            if given.numel() % count == 0 or given.shape[0] == 1:
                self.modules.append(
                    ModuleCall(self._names[module], module, _rows(given), _rows(made))
                )

        for module in self._names:
            if not any(True for _child in module.children()):
                module.register_forward_hook(see)
        output = twin(*args, **kwargs)
        self.made = made_vectors(output)[0]
        return output

    def _record(self, block: nn.Module, twin: nn.Module) -> None:
        """Let the attention of the twin be recorded as that of the block."""
        modules, own = dict(twin.named_modules()), dict(block.named_modules())
        for name, module in own.items():
            for stack, layer in self._places.layers.get(module, ()):
                if layer == self._layer:
                    self._stacks[modules[name]] = stack
        self._recorder = AttentionRecorder(
            AttentionPlaces(
                layers={module: ((stack, self._layer),) for module, stack in self._stacks.items()},
                shapes=self._places.shapes,
            ),
            {stack: [self._layer] for stack in self._stacks.values()},
            values=True,
        )


class _Functions(TorchFunctionMode):
    """Notes lookups, norms and products that happen outside the layers, in this thread only."""

    def __init__(self, watcher: _Watcher) -> None:
        super().__init__()
        self._watcher = watcher

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever torch's function gives
        del types
        made = func(*args, **(kwargs or {}))
        kind = _KINDS.get(func)
        if kind is not None and not self._watcher.depth:
            named, place = kwargs or {}, _WEIGHT_AT[kind]
            weight = args[place] if len(args) > place else named.get("weight")
            given = args[0] if args else named.get("input")
            if isinstance(weight, Tensor) and isinstance(given, Tensor):
                self._watcher.functions.append(FunctionCall(kind, given, weight, made))
        return made


_KINDS: dict[object, str] = {
    functional.embedding: "lookup",
    functional.layer_norm: "norm",
    functional.linear: "product",
}
_WEIGHT_AT = {"lookup": 1, "norm": 2, "product": 1}


def observe(
    model: LanguageModel, tokens: Tokens, target: Tokens | None, *, stack: Stack, layer: int
) -> Observation:
    """Read the text once and watch ``layer`` of ``stack``.

    Raises UnsupportedError for a model whose attention or layers cannot be found.
    """
    watcher = _Watcher(model, stack, layer)
    inputs: dict[str, Any] = dict(model.inputs(tokens, target))
    if model.kind in {"causal", "seq2seq"}:
        inputs["use_cache"] = False
    with torch.inference_mode(), recording(watcher), stepping(watcher), _Functions(watcher):
        outputs = model.network(**inputs)
    if watcher.given is None or watcher.made is None or watcher.first is None:
        raise LookupError("the layer was not called")
    if watcher.last is None:
        raise LookupError("no layer was called")
    tensors = {name: value for name, value in outputs.items() if isinstance(value, Tensor)}
    if model.kind != "encoder":
        tensors = {"logits": logits_of(tensors)[0]}
    return Observation(
        given=watcher.given,
        made=watcher.made,
        modules=tuple(watcher.modules),
        attentions=tuple(watcher.attentions),
        before=watcher.before,
        first=watcher.first,
        last=watcher.last,
        after=tuple(watcher.functions),
        outputs=tensors,
    )


def _rows(part: Tensor) -> Tensor:
    """A batch of one without its batch. (token, …)"""
    return part[0] if part.dim() > 2 and part.shape[0] == 1 else part
