"""The kinds of run that a worker knows, by name.

What a kind imports is imported when a run of it begins: who only lists runs needs no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from core.errors import InputError
from core.language import _
from core.tuning.runs.watch import RunWatch

Work = Callable[[str, Path, RunWatch], None]


class Spec(Protocol):
    """What decides a run: the kind of run that it is for, and itself as JSON."""

    RUN_KIND: ClassVar[str]

    def to_json(self) -> str:
        """The spec as a JSON object that the kind of run reads back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKind:
    """What a kind of run does.

    ``work`` is called with the spec as JSON, the run's folder and a watch. It goes on from the
    newest checkpoint in the folder, and returns when it is finished or the watch says to stop.
    ``memory_settings`` names settings of the spec that take less memory when they are lower, in
    the order in which to lower them. ``read`` is the spec of a JSON object, or an InputError.
    ``calls`` is what a script imports to do such a run: the spec's class and the function.
    """

    work: Work
    memory_settings: tuple[str, ...] = ()
    read: Callable[[str], Spec] | None = None
    calls: tuple[str, str] | None = None


def register(name: str, kind: RunKind) -> None:
    """Make ``kind`` known to this process as ``name``."""
    _kinds[name] = kind


def find_kind(name: str) -> RunKind:
    """The kind called ``name``. Raises InputError where there is none."""
    if name not in _kinds:
        raise InputError(
            _("There is no kind of run called “{name}”: choose {known}.").format(
                name=name[:80], known=", ".join(sorted(_kinds))
            )
        )
    return _kinds[name]


def _read_fine_tune(spec: str) -> Spec:
    from core.tuning.finetune import RunSpec

    return RunSpec.from_json(spec)


def _read_pretrain(spec: str) -> Spec:
    from core.tuning.pretrain.spec import PretrainSpec

    return PretrainSpec.from_json(spec)


def _fine_tune(spec: str, folder: Path, watch: RunWatch) -> None:
    from core.tuning.finetune import RunSpec, fine_tune

    fine_tune(RunSpec.from_json(spec), folder, watch)


def _pretrain(spec: str, folder: Path, watch: RunWatch) -> None:
    from core.tuning.pretrain.running import pretrain
    from core.tuning.pretrain.spec import PretrainSpec

    pretrain(PretrainSpec.from_json(spec), folder, watch)


def _label_curve(spec: str, folder: Path, watch: RunWatch) -> None:
    from core.tuning.label_curve import LabelCurveSpec, study

    study(LabelCurveSpec.from_json(spec), folder, watch)


def _read_prompt_search(spec: str) -> Spec:
    from core.prompts.search.spec import PromptSearchSpec

    return PromptSearchSpec.from_json(spec)


def _prompt_search(spec: str, folder: Path, watch: RunWatch) -> None:
    from core.prompts.search import PromptSearchSpec, search

    search(PromptSearchSpec.from_json(spec), folder, watch)


def _read_ladder(spec: str) -> Spec:
    from core.prompts.ladder.spec import LadderSpec

    return LadderSpec.from_json(spec)


def _ladder(spec: str, folder: Path, watch: RunWatch) -> None:
    from core.prompts.ladder import LadderSpec, climb

    climb(LadderSpec.from_json(spec), folder, watch)


_kinds: dict[str, RunKind] = {
    "fine-tune": RunKind(
        work=_fine_tune,
        memory_settings=("batch", "max_tokens"),
        read=_read_fine_tune,
        calls=("core.tuning.finetune.RunSpec", "core.tuning.finetune.fine_tune"),
    ),
    "pretrain": RunKind(
        work=_pretrain,
        memory_settings=("batch", "block"),
        read=_read_pretrain,
        calls=("core.tuning.pretrain.spec.PretrainSpec", "core.tuning.pretrain.running.pretrain"),
    ),
    "label-curve": RunKind(work=_label_curve, memory_settings=("batch", "max_tokens")),
    "prompt-ladder": RunKind(
        work=_ladder,
        read=_read_ladder,
        calls=("core.prompts.ladder.LadderSpec", "core.prompts.ladder.climb"),
    ),
    "prompt-search": RunKind(
        work=_prompt_search,
        memory_settings=("batch",),
        read=_read_prompt_search,
        calls=("core.prompts.search.PromptSearchSpec", "core.prompts.search.search"),
    ),
}
