"""“Copy as Python”: a script that puts the prompt of a page to its model and prints what it says.

It uses the public names of core. Every text enters by ``repr``, so that none can become code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.prompts.template import Row


def prompt_script(
    model: str,
    template: str,
    rows: Sequence[Row],
    *,
    words: Mapping[str, Sequence[str]],
    averaging: str = "mean",
    partials: Mapping[str, str] | None = None,
    demonstrations: Sequence[Row] = (),
    settings: Mapping[str, object] | None = None,
    content_free: Sequence[str] | None = None,
    source: str = "",
    label: str = "label",
    part: str = "development",
    count: int = 0,
    seed: int = 0,
) -> str:
    """The script. ``source`` is the argument of ``read_table``; without it ``rows`` stand there.

    ``content_free`` are the inputs of calibration, None where there is none.
    """
    shared = f", partials={dict(partials)!r}" if partials else ""
    lines = [
        "from core.models import load_model",
        "from core.prompts import (",
        "    PromptSettings, PromptTemplate, Verbalizer, evaluate_prompt, read_table,",
        ")",
        "",
        f"template = PromptTemplate({template!r}{shared})",
        f"verbalizer = Verbalizer({ {name: list(own) for name, own in words.items()}!r}, "
        f"averaging={averaging!r})",
        f"settings = PromptSettings(**{dict(settings or {})!r})",
        f"demonstrations = {[dict(row) for row in demonstrations]!r}",
    ]
    if source:
        lines += [
            f"table = read_table({source}, label={label!r})",
            f"rows = table.chosen(table.sample({part!r}, {count}, seed={seed}))",
        ]
    else:
        lines.append(f"rows = {[dict(row) for row in rows]!r}")
    calibrating = "" if content_free is None else f"calibrate=True, content_free={content_free!r}, "
    lines += [
        f"model = load_model({model!r})",
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
