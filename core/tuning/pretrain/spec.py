"""``PretrainSpec``: everything that decides what a run from nothing computes, and nothing else.

Two runs of one spec on one machine give the same weights. It knows no files and no network.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import ClassVar, Final, Literal, get_args

from core.errors import InputError
from core.language import _
from core.tuning.finetune.spec import Keep, RateSchedule
from core.tuning.labelled.uploads import check_upload_name
from core.tuning.masking import MaskingRule
from core.tuning.probes.spec import ProbeSpec
from core.tuning.spec import STEP_LIMIT, Precision, TextShare

Objective = Literal["masked", "causal", "seq2seq"]
TokenizerKind = Literal["wordpiece", "bpe", "characters", "words"]

FORMAT: Final = 1
TOKENIZERS: Final[dict[Objective, tuple[TokenizerKind, ...]]] = {
    "masked": ("wordpiece", "characters", "bpe"),
    "causal": ("bpe", "characters", "wordpiece"),
    "seq2seq": ("words", "bpe", "characters"),
}
"""What a text can be cut into for each objective, the usual first."""
BYTES_NEED: Final = 300
"""Byte-level BPE has 256 tokens before it has learnt any."""
NUMBERS: Final = "numbers"
"""The texts for seq2seq that are made by rule: numbers, and what they are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PretrainSpec:
    """A run from nothing: texts, a tokenizer made from them, a network of any size, its training.

    ``objective`` is masked words and next sentences (BERT; Devlin et al. 2019), the next token
    (GPT-2; Radford et al. 2019), or one text from another (an encoder–decoder, T5; Raffel et al.
    2020). Texts are datasets of the catalogue, each with the share that is read, or an uploaded
    ``file``: ``column`` is the text, ``second`` the text to be made of it, "" the obvious ones.
    ``vocabulary`` is the most tokens that the tokenizer may have, the special ones among them. The
    layers inside are four times as wide as ``hidden``; an encoder–decoder has ``layers`` twice. A
    step reads ``batch`` rows of at most ``block`` tokens, which is also the most that the model
    will ever read. ``warmup`` is the share of the steps while the rate rises; ``held_out`` the
    share of the documents that is measured on. ``evaluate_every`` and ``checkpoint_every`` of 0
    mean twenty times a run. Of the checkpoints the ``keep`` ones stay, and the best (by loss on
    the held-out documents) or the last becomes the model. ``probes`` say what is looked into on
    the way. Raises InputError for values that no run can have.
    """

    RUN_KIND: ClassVar[str] = "pretrain"

    objective: Objective
    texts: tuple[TextShare, ...] = ()
    file: str = ""
    column: str = ""
    second: str = ""
    tokenizer: TokenizerKind
    vocabulary: int = 4000
    layers: int = 2
    heads: int = 4
    hidden: int = 128
    block: int = 64
    dropout: float = 0.0
    steps: int = 600
    batch: int = 32
    rate: float = 1e-3
    warmup: float = 0.1
    schedule: RateSchedule = "linear"
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    masking: MaskingRule = field(default_factory=MaskingRule)
    held_out: float = 0.05
    precision: Precision = "float32"
    seed: int = 0
    evaluate_every: int = 0
    checkpoint_every: int = 0
    keep: Keep = "best"
    probes: ProbeSpec = field(default_factory=ProbeSpec)

    def __post_init__(self) -> None:
        _check_choice("objective", self.objective, get_args(Objective))
        _check_choice("tokenizer", self.tokenizer, TOKENIZERS[self.objective])
        _check_choice("schedule", self.schedule, get_args(RateSchedule))
        _check_choice("precision", self.precision, get_args(Precision))
        _check_choice("keep", self.keep, get_args(Keep))
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            limit = _("a whole number from {least} to {most}").format(least=least, most=most)
            _check(whole and least <= value <= most, name, value, limit)
        self._check_shares()
        even = self.hidden % self.heads == 0
        heads = _("a multiple of the {heads} heads").format(heads=self.heads)
        _check(even, "hidden", self.hidden, heads)
        bytes_fit = self.tokenizer != "bpe" or self.vocabulary >= BYTES_NEED
        bytes_limit = _("at least {least} for bytes").format(least=BYTES_NEED)
        _check(bytes_fit, "vocabulary", self.vocabulary, bytes_limit)
        self._check_texts()
        for layer, head in self.probes.heads:
            limit = _("one of {layers} layers, {heads} heads each, counted from 0").format(
                layers=self.layers, heads=self.heads
            )
            there = layer < self.layers and head < self.heads
            _check(there, "probes", f"{layer}.{head}", limit)

    def _check_shares(self) -> None:
        _check(0 < self.rate <= 1, "rate", self.rate, _("above 0 and up to 1"))
        _check(0 <= self.warmup < 1, "warmup", self.warmup, _("0 or more and below 1"))
        _check(0 <= self.dropout < 1, "dropout", self.dropout, _("0 or more and below 1"))
        _check(0 <= self.weight_decay <= 1, "weight_decay", self.weight_decay, _("0 to 1"))
        _check(0 < self.held_out < 0.5, "held_out", self.held_out, _("above 0 and below 0.5"))
        norm = self.gradient_norm
        _check(0 < norm <= 1e6, "gradient_norm", norm, _("above 0 and up to 1,000,000"))

    def _check_texts(self) -> None:
        if bool(self.texts) == bool(self.file):
            raise InputError(_("Choose texts to train on: datasets, or one uploaded file."))
        if self.file:
            check_upload_name(self.file)
        names = [each.dataset for each in self.texts]
        if len(set(names)) < len(names):
            raise InputError(_("A text is named twice: name each once, with its share."))
        numbers = NUMBERS in names
        if self.objective == "seq2seq" and not self.file and names != [NUMBERS]:
            raise InputError(
                _(
                    "An encoder–decoder learns one text from another: choose the numbers, or a "
                    "file with two columns."
                )
            )
        if numbers and self.objective != "seq2seq":
            raise InputError(_("The numbers are pairs of texts: choose an encoder–decoder."))

    @property
    def accumulation(self) -> int:
        """The batches of a step: always one."""
        return 1

    def to_json(self) -> str:
        """The spec as JSON that ``from_json`` reads back to an equal spec."""
        values = {"format": FORMAT, **asdict(self)}
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> PretrainSpec:
        """The spec that ``to_json`` wrote. Raises InputError where it is none."""
        try:
            values = json.loads(text)
            if values.pop("format") != FORMAT:
                raise ValueError(f"format is not {FORMAT}")
            values["texts"] = tuple(TextShare(**each) for each in values["texts"])
            values["masking"] = MaskingRule(**values["masking"])
            if "probes" in values:  # a run of earlier days has none
                values["probes"] = ProbeSpec.from_values(values["probes"])
            return cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(
                _(
                    "This is no description of a pre-training run ({reason}); export it again."
                ).format(reason=str(error)[:120])
            ) from error


_LIMITS: Final = {
    "vocabulary": (16, 100_000),
    "layers": (1, 48),
    "heads": (1, 64),
    "hidden": (8, 4096),
    "block": (8, 4096),
    "steps": (1, STEP_LIMIT),
    "batch": (1, 4096),
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
