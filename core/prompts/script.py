"""“Copy as Python”: a script that puts the prompt of a page to its model and prints what it says.

It uses the public names of core. Every text enters by ``repr``, so that none can become code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.prompts.template import Row

EMBEDDER: Final = "minilm-l6"
"""The model that finds the nearest demonstrations."""


def prompt_script(
    model: str,
    template: str,
    rows: Sequence[Row],
    *,
    words: Mapping[str, Sequence[str]],
    averaging: str = "mean",
    partials: Mapping[str, str] | None = None,
    demonstrations: Sequence[Row] = (),
    nearest: int = 0,
    settings: Mapping[str, object] | None = None,
    content_free: Sequence[str] | None = None,
    source: str = "",
    label: str | None = "label",
    part: str = "development",
    count: int = 0,
    seed: int = 0,
) -> str:
    """The script. ``source`` is the argument of ``read_table``; without it ``rows`` stand there.

    ``content_free`` are the inputs of calibration, None where there is none. With a source as many
    demonstrations as ``nearest`` are found for each row, ``label`` None takes the obvious column,
    and settings without a label take that of the table.
    """
    shared = f", partials={dict(partials)!r}" if partials else ""
    by_row = bool(source) and nearest > 0
    names = ["PromptSettings", "PromptTemplate", "Verbalizer", "evaluate_prompt", "read_table"]
    lines = [
        "from core.models import load_model",
        "from core.prompts import (",
        f"    {', '.join(['NearestPicker'] * by_row + names)},",
        ")",
        "",
        f"template = PromptTemplate({template!r}{shared})",
        f"verbalizer = Verbalizer({ {name: list(own) for name, own in words.items()}!r}, "
        f"averaging={averaging!r})",
    ]
    own = dict(settings or {})
    given = [f"**{own!r}"]
    if source:
        named = "" if label is None else f", label={label!r}"
        lines += [
            f"table = read_table({source}{named})",
            f"rows = table.chosen(table.sample({part!r}, {count}, seed={seed}))",
        ]
        given = ["label=table.label"] * ("label" not in own) + given
    else:
        lines.append(f"rows = {[dict(row) for row in rows]!r}")
    lines += [
        f"settings = PromptSettings({', '.join(given)})",
        f"model = load_model({model!r})",
        *_demonstrations(demonstrations, nearest if by_row else 0),
    ]
    calibrating = "" if content_free is None else f"calibrate=True, content_free={content_free!r}, "
    lines += [
        "found = evaluate_prompt(",
        "    model, template, rows, verbalizer=verbalizer, demonstrations=demonstrations,",
        f"    {calibrating}settings=settings,",
        ")",
        "for row, label, shares in zip(rows, found.predictions, found.probabilities):",
        '    print(label, *(f"{share:.3f}" for share in shares), sep="\\t")',
        'print(f"accuracy {found.accuracy:.3f} of {found.labelled} rows with a label")',
        "print(found.confusion)",
    ]
    return "\n".join(lines) + "\n"


def _demonstrations(rows: Sequence[Row], nearest: int) -> list[str]:
    if not nearest:
        return [f"demonstrations = {[dict(row) for row in rows]!r}"]
    return [
        'examples = table.chosen(table.part("examples"))',
        "demonstrations = NearestPicker(",
        f"    examples, min({nearest}, len(examples)), model=load_model({EMBEDDER!r}),",
        "    text=table.text,",
        ")",
    ]
