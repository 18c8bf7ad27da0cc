"""“Copy as Python”: a script that measures a saved prompt with the public names of core."""

from __future__ import annotations

from core.prompts import script
from core.prompts.calibration import CONTENT_FREE
from core.prompts.library.content import PromptContent
from core.prompts.typed import read_content_free, read_partials


def prompt_script(content: PromptContent, *, rows: int = 200) -> str:
    """A script that prints the accuracy of ``content`` on ``rows`` rows to develop on."""
    settings = dict(content.settings)
    shots = settings.get("shots", "")
    free = read_content_free(settings.get("free", "")) or CONTENT_FREE
    return script.prompt_script(
        content.model,
        content.template,
        (),
        words=dict(content.words),
        averaging=settings.get("averaging") or "mean",
        partials=read_partials(settings.get("partials", "")),
        demonstrations=[dict(row) for row in content.demonstrations],
        nearest=int(shots) if settings.get("picking") == "nearest" and shots.isdecimal() else 0,
        settings={
            "separator": content.separator,
            "chat": settings.get("chat") == "1",
            "system": settings.get("system") or None,
        },
        content_free=free if content.calibrate else None,
        source=f"file={settings['file']!r}"
        if settings.get("file") and not content.dataset
        else f"dataset={content.dataset!r}",
        label=settings.get("label") or None,
        count=rows,
    )
