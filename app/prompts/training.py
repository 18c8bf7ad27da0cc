"""Fine-tuning runs that begin from the prompt of the page: its template, its words, its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app import resources
from app.prompts.look import Look
from core.catalogue import find_model
from core.errors import InputError
from core.language import _

if TYPE_CHECKING:
    from core.prompts import PromptTable
    from core.tuning.finetune import Method, RunSpec

CLASSIFIED: Final = ("lora", "full")


def tuning_spec(
    look: Look,
    table: PromptTable,
    method: Method,
    *,
    limit: int = 0,
    text: str = "",
    virtual: int = 0,
) -> RunSpec:
    """The run of ``method`` with the page's prompt, on ``limit`` rows (0: all of them).

    Raises InputError where the template or its words cannot be trained with.
    """
    from core.prompts.patterns import as_pattern
    from core.tuning.finetune import default_spec
    from core.tuning.finetune.pattern import read_pattern
    from core.tuning.labelled import DataSource

    if not table.label:
        raise InputError(
            _("{name} has no column with labels to search by: choose one.").format(name=table.name)
        )
    source = DataSource(
        kind="classification",
        dataset="" if look.file else look.dataset,
        file=look.file,
        text=table.text,
        label=table.label,
        limit=limit,
    )
    spec = default_spec(resources.require_known(look.model), source, method)
    if not spec.by_pattern:
        return spec
    entry = find_model(look.model)
    causal = entry is not None and entry.kind == "causal"
    if entry is not None and entry.kind not in ("masked", "causal"):
        raise InputError(
            _("{model} predicts no words: choose a masked or a causal model.").format(
                model=look.title
            )
        )
    words = tuple((label, own[0]) for label, own in look.verbalizer().mapping.items())
    template = as_pattern(look.template, column=table.text, causal=causal)
    read_pattern(
        template,
        words,
        [label for label, _word in words],
        resources.tokenizer(look.model).tokenizer,
        paired=False,
        causal=causal,
    )
    spec = replace(spec, template=template, verbalizer=words)
    if spec.adapter == "prompt":
        spec = replace(spec, virtual_text=text, virtual_tokens=virtual or spec.virtual_tokens)
    return spec
