"""“Copy as Python”: a script that measures a saved prompt with the public names of core.

Every text enters by ``repr``, so no text can become code.
"""

from __future__ import annotations

from core.prompts.library.content import PromptContent


def prompt_script(content: PromptContent, *, rows: int = 200) -> str:
    """A script that prints the accuracy of ``content`` on ``rows`` rows to develop on."""
    settings = dict(content.settings)
    source = (
        f"file={settings['file']!r}" if settings.get("file") else f"dataset={content.dataset!r}"
    )
    label = f", label={settings['label']!r}" if settings.get("label") else ""
    words = {label: list(words) for label, words in content.words}
    options = [
        "label=table.label",
        f"separator={content.separator!r}",
        *(["chat=True"] if settings.get("chat") == "1" else []),
        *([f"system={settings['system']!r}"] if settings.get("system") else []),
    ]
    averaging = settings.get("averaging") or "mean"
    lines = [
        "from core.models import load_model",
        "from core.prompts import (",
        "    PromptSettings,",
        "    PromptTemplate,",
        "    Verbalizer,",
        "    evaluate_prompt,",
        "    read_table,",
        ")",
        "",
        f"model = load_model({content.model!r})",
        f"table = read_table({source}{label})",
        f'rows = table.chosen(table.sample("development", {rows}))',
        f"template = PromptTemplate({content.template!r})",
        f"verbalizer = Verbalizer({words!r}, averaging={averaging!r})",
        "demonstrations = [",
        *(f"    {dict(row)!r}," for row in content.demonstrations),
        "]",
        "evaluation = evaluate_prompt(",
        "    model,",
        "    template,",
        "    rows,",
        "    verbalizer=verbalizer,",
        "    demonstrations=demonstrations,",
        f"    calibrate={content.calibrate},",
        f"    settings=PromptSettings({', '.join(options)}),",
        ")",
        'print("accuracy", evaluation.accuracy, "on", len(evaluation), "rows")',
        "print(evaluation.confusion)",
    ]
    return "\n".join(lines) + "\n"
