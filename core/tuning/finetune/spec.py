"""``RunSpec``: everything that decides what a fine-tuning run computes, and nothing else.

Two runs of one spec on one machine give the same weights. It knows no files and no network.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import ClassVar, Final, Literal, get_args

from core.errors import InputError
from core.language import _
from core.tuning.labelled.examples import DataSource, Kind
from core.tuning.masking import MaskingRule
from core.tuning.probes.spec import ProbeSpec
from core.tuning.spec import STEP_LIMIT, Precision

Method = Literal["full", "head", "lora", "prompt", "prefix", "pet", "pet-lora", "pet-prompt"]
RateSchedule = Literal["linear", "cosine", "constant"]
Keep = Literal["best", "last", "every"]

FORMAT: Final = 1
PATTERN_METHODS: Final[tuple[Method, ...]] = ("pet", "pet-lora", "pet-prompt")
"""PET, where a label is predicted as a word: all weights, LoRA, or virtual tokens are trained."""
VIRTUAL_TEXT_LIMIT: Final = 2_000
METHODS: Final[dict[Kind, tuple[Method, ...]]] = {
    "classification": ("full", "lora", "head", "prompt", "prefix", *PATTERN_METHODS),
    "pair": ("full", "lora", "head", "prompt", "prefix", *PATTERN_METHODS),
    "tagging": ("full", "lora", "head", "prompt", "prefix"),
    "causal": ("full", "lora", "prompt", "prefix"),
    "completion": ("full", "lora", "prompt", "prefix"),
    "masked": ("full", "lora", "prompt", "prefix"),
}
"""What can be done with each kind of data, the usual first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """A fine-tuning run: the model it starts from, the examples, and how it is trained.

    ``rank`` and ``alpha`` belong to LoRA (Hu et al. 2021), whose update is ``alpha / rank`` times
    B A in the modules ``targets`` (none named: the usual ones of the architecture);
    ``virtual_tokens`` to prompt and prefix tuning, and ``virtual_text`` is what the tokens of the
    former begin as, repeated or cut to their number (random vectors where empty); ``template`` and
    ``verbalizer``, pairs of a label and its word, to PET (see ``pattern.py``). ``steps`` of 0 means
    ``epochs`` passes over the examples; ``evaluate_every`` and ``checkpoint_every`` of 0 mean once
    a pass. A step reads ``batch`` × ``accumulation`` rows of at most ``max_tokens`` tokens.
    ``warmup`` is the share of the steps while the rate rises. Of the checkpoints the ``keep`` ones
    stay, and the best (by accuracy of classes, else by loss, on the held-out rows) or the last
    becomes the model. Without ``metrics`` nothing is measured on the held-out rows, and the last
    becomes the model. ``probes`` say what is looked into on the way. Raises InputError
    for values that no run can have.
    """

    RUN_KIND: ClassVar[str] = "fine-tune"

    model: str
    source: DataSource
    method: Method = "full"
    rank: int = 8
    alpha: int = 16
    targets: tuple[str, ...] = ()
    virtual_tokens: int = 20
    virtual_text: str = ""
    template: str = ""
    verbalizer: tuple[tuple[str, str], ...] = ()
    epochs: int = 3
    steps: int = 0
    batch: int = 32
    accumulation: int = 1
    rate: float = 1e-4
    warmup: float = 0.1
    schedule: RateSchedule = "linear"
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    max_tokens: int = 128
    masking: MaskingRule = field(default_factory=MaskingRule)
    precision: Precision = "float32"
    seed: int = 0
    evaluate_every: int = 0
    checkpoint_every: int = 0
    keep: Keep = "best"
    metrics: bool = True
    probes: ProbeSpec = field(default_factory=ProbeSpec)

    def __post_init__(self) -> None:
        _check(bool(self.model.strip()), "model", "", _("the name of a model"))
        _check_choice("method", self.method, METHODS.get(self.kind, ()))
        _check_choice("schedule", self.schedule, get_args(RateSchedule))
        _check_choice("precision", self.precision, get_args(Precision))
        _check_choice("keep", self.keep, get_args(Keep))
        _check(0 < self.rate <= 1, "rate", self.rate, _("above 0 and up to 1"))
        _check(0 <= self.warmup < 1, "warmup", self.warmup, _("0 or more and below 1"))
        _check(0 <= self.weight_decay <= 1, "weight_decay", self.weight_decay, _("0 to 1"))
        norm = self.gradient_norm
        _check(0 < norm <= 1e6, "gradient_norm", norm, _("above 0 and up to 1,000,000"))
        size = len(self.virtual_text)
        _check(size <= VIRTUAL_TEXT_LIMIT, "virtual_text", size, _("at most 2,000 characters"))
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            limit = _("a whole number from {least} to {most}").format(least=least, most=most)
            _check(whole and least <= value <= most, name, value, limit)

    @property
    def by_pattern(self) -> bool:
        """Whether labels are predicted as words in a template."""
        return self.method in PATTERN_METHODS

    @property
    def adapter(self) -> str:
        """What is put into the network and trained alone: "lora", "prompt", "prefix", or ""."""
        own = self.method.removeprefix("pet-")
        return own if own in ("lora", "prompt", "prefix") else ""

    @property
    def kind(self) -> Kind:
        """What the examples are."""
        return self.source.kind

    def to_json(self) -> str:
        """The spec as JSON that ``from_json`` reads back to an equal spec."""
        values = {"format": FORMAT, **asdict(self)}
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> RunSpec:
        """The spec that ``to_json`` wrote. Raises InputError where it is none."""
        try:
            values = json.loads(text)
            if values.pop("format") != FORMAT:
                raise ValueError(f"format is not {FORMAT}")
            values["source"] = DataSource(**values["source"])
            values["masking"] = MaskingRule(**values["masking"])
            if "probes" in values:  # a run of earlier days has none
                values["probes"] = ProbeSpec.from_values(values["probes"])
            values["targets"] = tuple(str(each) for each in values["targets"])
            values["verbalizer"] = tuple(
                (str(label), str(word)) for label, word in values["verbalizer"]
            )
            return cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(
                _(
                    "This is no description of a fine-tuning run ({reason}); export it again."
                ).format(reason=str(error)[:120])
            ) from error


_LIMITS: Final = {
    "rank": (1, 4096),
    "alpha": (1, 65_536),
    "virtual_tokens": (1, 1024),
    "epochs": (1, 10_000),
    "steps": (0, STEP_LIMIT),
    "batch": (1, 4096),
    "accumulation": (1, 4096),
    "max_tokens": (8, 131_072),
    "seed": (0, 2**32 - 1),
    "evaluate_every": (0, STEP_LIMIT),
    "checkpoint_every": (0, STEP_LIMIT),
}


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    _check(value in choices, name, value, _("one of {names}").format(names=", ".join(choices)))


def _check(fine: bool, name: str, value: object, limit: str) -> None:
    if not fine:
        raise InputError(
            _("{name} is {value}: it must be {limit}.").format(name=name, value=value, limit=limit)
        )
