"""``PromptSearchSpec``: everything that decides what a search for a prompt tries."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import ClassVar, Final, Literal, get_args

from core.errors import InputError
from core.language import _

SearchMethod = Literal["triggers", "instructions", "mining"]
FORMAT: Final = 1
RUN_KIND: Final = "prompt-search"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSearchSpec:
    """A search on the rows of ``dataset`` or of the upload ``file``, a run of kind "prompt-search".

    ``label`` is the column of the labels, "" the obvious one. ``template`` has ``[T]`` for each
    trigger, ``[I]`` for the instruction or ``[P]`` for the phrase, as ``method`` has it. ``words``
    are the labels with their words. Of the rows for examples ``rows`` are searched on; of those to
    develop on ``held_out`` tell what the best is worth on others. No test row is read. ``tries``
    templates are scored at most; in a round of triggers the ``candidates`` best of the gradient on
    ``batch`` rows. ``instructions`` are tried first, then ``proposals`` of the model ``proposer``.
    Raises InputError for what no search can have.
    """

    RUN_KIND: ClassVar[str] = RUN_KIND

    model: str
    template: str
    words: tuple[tuple[str, tuple[str, ...]], ...]
    dataset: str = ""
    file: str = ""
    label: str = ""
    method: SearchMethod = "triggers"
    rows: int = 100
    held_out: int = 200
    tries: int = 100
    candidates: int = 10
    batch: int = 32
    instructions: tuple[str, ...] = ()
    proposals: int = 0
    proposer: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        if bool(self.dataset) == bool(self.file):
            raise InputError(_("Choose one place for the rows: a dataset or an uploaded file."))
        if self.method not in get_args(SearchMethod):
            raise InputError(
                _("There is no search “{name}”: choose {known}.").format(
                    name=str(self.method)[:40], known=", ".join(get_args(SearchMethod))
                )
            )
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if not whole or not least <= value <= most:
                raise InputError(
                    _("{name} is {value}: it must be {limit}.").format(
                        name=name,
                        value=value,
                        limit=_("a whole number from {least} to {most}").format(
                            least=least, most=most
                        ),
                    )
                )
        if self.method == "instructions" and not self.instructions and not self.proposals:
            raise InputError(
                _("There is nothing to try: list instructions, or have some proposed.")
            )
        if self.proposals and not self.proposer:
            raise InputError(_("Choose the model that proposes instructions."))

    def to_json(self) -> str:
        """The spec as JSON that ``from_json`` reads back to an equal spec."""
        values = {"format": FORMAT, **asdict(self)}
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> PromptSearchSpec:
        """The spec that ``to_json`` wrote. Raises InputError where it is none."""
        try:
            values = json.loads(text)
            if values.pop("format") != FORMAT:
                raise ValueError(f"format is not {FORMAT}")
            values["words"] = tuple(
                (str(label), tuple(str(word) for word in words)) for label, words in values["words"]
            )
            values["instructions"] = tuple(str(each) for each in values["instructions"])
            return cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(
                _("This is no description of a search ({reason}); export it again.").format(
                    reason=str(error)[:120]
                )
            ) from error


_LIMITS: Final = {
    "rows": (2, 20_000),
    "held_out": (1, 20_000),
    "tries": (1, 20_000),
    "candidates": (1, 500),
    "batch": (1, 1024),
    "proposals": (0, 200),
    "seed": (0, 2**32 - 1),
}
