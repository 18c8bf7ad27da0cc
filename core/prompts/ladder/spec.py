"""``LadderSpec``: everything that decides what a ladder of methods measures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import ClassVar, Final, Literal, get_args

from core.errors import InputError
from core.language import _
from core.prompts.patterns import as_pattern
from core.prompts.search.spec import PromptSearchSpec
from core.prompts.search.triggers import TRIGGER
from core.tuning.finetune.spec import Method, RunSpec
from core.tuning.labelled.examples import DataSource
from core.tuning.probes.spec import ProbeSpec

LadderMethod = Literal[
    "floor",
    "hand",
    "calibrated",
    "few-shot",
    "searched",
    "soft",
    "pet",
    "pet-lora",
    "lora",
    "full",
]
METHODS: Final[tuple[LadderMethod, ...]] = get_args(LadderMethod)
"""The floor always says the commonest label; from there to the most trained parameters."""
RUN_KIND: Final = "prompt-ladder"
FORMAT: Final = 1
TUNED: Final[dict[LadderMethod, Method]] = {
    "soft": "pet-prompt",
    "pet": "pet",
    "pet-lora": "pet-lora",
    "lora": "lora",
    "full": "full",
}
_RATES: Final[dict[LadderMethod, float]] = {
    "soft": 2e-2,
    "pet": 1e-4,
    "pet-lora": 1e-3,
    "lora": 1e-3,
    "full": 1e-4,
}
_EPOCHS: Final[dict[LadderMethod, int]] = {
    "soft": 15, "pet": 6, "pet-lora": 12, "lora": 12, "full": 6
}  # fmt: skip
_SHOTS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderSpec:
    """A ladder on the rows of ``dataset`` or of the upload ``file``, with the masked ``model``.

    Of the rows for examples ``labels`` are learnt from, by every method the same ones; ``test`` of
    the test rows tell what each is worth. ``template`` has the text and ``[MASK]``, ``words`` are
    the labels with one word each. ``trigger_template`` is where trigger words are searched for, and
    ``tries`` how many are tried. ``label`` is the column of the labels, ``text`` that of the texts,
    "" the obvious ones. Raises InputError for what no ladder can have.
    """

    RUN_KIND: ClassVar[str] = RUN_KIND

    model: str
    template: str
    words: tuple[tuple[str, str], ...]
    dataset: str = ""
    file: str = ""
    label: str = ""
    labels: int = 200
    test: int = 1000
    trigger_template: str = "{{ text }} [T] [T] [T] [MASK]."
    tries: int = 60
    methods: tuple[LadderMethod, ...] = METHODS
    seed: int = 0

    def __post_init__(self) -> None:
        if bool(self.dataset) == bool(self.file):
            raise InputError(_("Choose one place for the rows: a dataset or an uploaded file."))
        if not self.methods or not set(self.methods) <= set(METHODS):
            raise InputError(
                _("A ladder has the methods {known}: choose some.").format(known=", ".join(METHODS))
            )
        if TRIGGER not in self.trigger_template:
            raise InputError(
                _("The template has {count} triggers: write {mark} where each stands, {limit} at "
                  "most.").format(count=0, mark=TRIGGER, limit=12)
            )  # fmt: skip
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            if not isinstance(value, int) or not least <= value <= most:
                limit = _("a whole number from {least} to {most}").format(least=least, most=most)
                raise InputError(
                    _("{name} is {value}: it must be {limit}.").format(
                        name=name, value=value, limit=limit
                    )
                )

    @property
    def shots(self) -> int:
        """How many examples stand before the text in the few-shot rung."""
        return min(_SHOTS, self.labels)

    def search(self, rows: int) -> PromptSearchSpec:
        """The search for trigger words on ``rows`` of the examples."""
        return PromptSearchSpec(
            model=self.model,
            template=self.trigger_template,
            words=tuple((label, (word,)) for label, word in self.words),
            dataset=self.dataset,
            file=self.file,
            label=self.label,
            rows=max(2, rows),
            held_out=1,
            tries=self.tries,
            seed=self.seed,
        )

    def run(self, method: LadderMethod, *, text: str) -> RunSpec:
        """The fine-tuning of a rung; ``text`` is the column of the texts."""
        own = TUNED[method]
        return RunSpec(
            model=self.model,
            source=DataSource(
                kind="classification", dataset=self.dataset, file=self.file, label=self.label
            ),
            method=own,
            template=as_pattern(self.template, column=text) if own.startswith("pet") else "",
            verbalizer=self.words if own.startswith("pet") else (),
            virtual_text="The review says that this is" if own == "pet-prompt" else "",
            epochs=_EPOCHS[method],
            batch=16,
            rate=_RATES[method],
            max_tokens=128,
            seed=self.seed,
            evaluate_every=10**6,
            checkpoint_every=10**6,
            keep="last",
            probes=ProbeSpec(enabled=False),
        )

    def to_json(self) -> str:
        """The spec as JSON that ``from_json`` reads back to an equal spec."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> LadderSpec:
        """The spec that ``to_json`` wrote. Raises InputError where it is none."""
        try:
            values = json.loads(text)
            if values.pop("format") != FORMAT:
                raise ValueError(f"format is not {FORMAT}")
            values["words"] = tuple((str(label), str(word)) for label, word in values["words"])
            values["methods"] = tuple(values["methods"])
            return cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(
                _("This is no description of a ladder ({reason}); export it again.").format(
                    reason=str(error)[:120]
                )
            ) from error


_LIMITS: Final = {
    "labels": (4, 20_000),
    "test": (2, 20_000),
    "tries": (1, 5_000),
    "seed": (0, 2**32 - 1),
}
