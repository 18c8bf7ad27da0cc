"""“Copy as Python” of the search: lines of a file, the nearest to a text."""

from __future__ import annotations


def search_script(model: str, text: str, *, file: str = "lines.txt") -> str:
    """A script that prints the ten lines of ``file`` nearest to ``text``; texts enter by repr."""
    lines = (
        "from pathlib import Path",
        "",
        "from core.models import load_model",
        "from core.tasks.search import index_lines, search",
        "",
        f"model = load_model({model!r})",
        f"lines = list(filter(str.strip, Path({file!r}).read_text('utf-8').splitlines()))",
        f"for hit in search(model, index_lines(model, lines), {text!r}):",
        '    print(hit.place + 1, round(hit.cosine, 3), hit.text, sep="\\t")',
    )
    return "\n".join(lines) + "\n"
