"""``python -m tests.e2e.screenshots [FOLDER]``: pictures of the pages, taken by the project itself.

Without a folder, the few that the README and the guide show go to docs/images; with one, every page
in both languages, both themes and two widths goes there, to be looked at before a change is done.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path
from urllib.parse import quote_plus

from tests.e2e.driving import home_with_models, open_browser, start_server, stop_server

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
HEAD = "/attention?model=minilm-l6&layer=3&head=1&token=10"
LAYER = "/anatomy?model=minilm-l6&layer=3&head=1"
WRITTEN = "/attention?model=smollm2-135m-instruct&text=The+capital+of+France+is"
SPOKE = "/masked?text=The+%5BMASK%5D+of+the+United+%5BMASK%5D+spoke+to+%5BMASK%5D."
FILLED = f"{SPOKE}&steps=_6.2163_2.2343_9.3519~0-0_6.3741_2.3187_9.2068&at=1.0"
SPEECH = "/masked?tab=scheme&text=" + quote_plus(
    "Four score and seven years ago our fathers brought forth on this continent, a new nation, "
    "conceived in Liberty, and dedicated to the proposition that all men are created equal."
)
STORY = "/generation?text=The+old+lighthouse+keeper+opened+the+door+and&seed=3"
TOOK = (
    f"{STORY}&steps=_339_2637_253_1492_1130_28_339_3680_260_26325_473_282"
    "~0-3_2276_6943_28_339_5341_339_761_288_1138"
)
SHOWN = {
    "home-light": ("/", "en", "light", 1280),
    "attention-light": ("/attention", "en", "light", 1280),
    "attention-dark": ("/attention?view=all", "en", "dark", 1280),
    "tokens-light": ("/tokens", "en", "light", 1280),
    "attention-zh": ("/attention", "zh", "light", 1280),
    "attention-lines": (f"{HEAD}&draw=lines&beside=5.11", "en", "light", 1280),
    "attention-sorted": ("/attention?view=sorted&order=previous", "en", "light", 1280),
    "attention-query-key": (f"{HEAD}&tab=qk", "en", "light", 1280),
    "attention-matter": (f"{HEAD}&tab=matter", "en", "light", 1280),
    "attention-compare": (f"{HEAD}&tab=compare", "en", "light", 1280),
    "attention-generated": (f"{WRITTEN}&tab=generated&count=10", "en", "light", 1280),
    "attention-bertviz": (f"{HEAD}&tab=bertviz&bertviz=neuron", "en", "light", 1280),
    "anatomy-scores": (f"{LAYER}&step=scores&cell=2,10,2", "en", "light", 1280),
    "anatomy-space": ("/anatomy?room=space&model=minilm-l6", "en", "light", 1280),
    "course-light": ("/course?lesson=looking", "en", "light", 1280),
    "masked-light": (FILLED, "en", "light", 1280),
    "masked-lens": (f"{SPOKE}&inside=lens", "en", "light", 1280),
    "masked-scheme": (f"{SPEECH}&draw=18", "en", "light", 1280),
    "generation-light": (f"{TOOK}&at=0.2", "en", "light", 1280),
    "generation-beams": ("/generation?tab=beams&count=5", "en", "light", 1280),
    "generation-score": ("/generation?tab=score", "en", "light", 1280),
    "generation-chat": ("/generation?tab=chat", "en", "light", 1280),
}
PATHS = {
    "home": "/",
    "projector": "/attention?mode=projector",
    "guide": "/guide",
    "guide-field": "/guide?tab=field",
    "guide-glossary": "/guide?tab=glossary",
    "tokens": "/tokens",
    "attention": "/attention",
    "wall": "/attention?view=all",
    "models": "/models",
    "sorted": "/attention?view=sorted",
    "lines": f"{HEAD}&draw=lines&beside=5.11",
    "qk": f"{HEAD}&tab=qk",
    "matter": f"{HEAD}&tab=matter",
    "compare": f"{HEAD}&tab=compare",
    "generated": f"{WRITTEN}&tab=generated&count=10",
    "bertviz": f"{HEAD}&tab=bertviz",
    "anatomy": "/anatomy",
    **{f"anatomy-{step}": f"{LAYER}&step={step}" for step in ("qkv", "softmax", "norm", "ffn")},
    "anatomy-space": "/anatomy?room=space",
    "anatomy-space-3d": "/anatomy?room=space&points=tokens&axes=3&depth=3",
    "course": "/course",
    "course-lesson": "/course?lesson=two-vectors",
    "course-write": "/course?tab=write",
    "masked": FILLED,
    "masked-attention": f"{FILLED}&inside=attention",
    "masked-lens": f"{FILLED}&inside=lens",
    "masked-scheme": SPEECH,
    "masked-score": "/masked?tab=score",
    "masked-next": "/masked?tab=next",
    "masked-models": "/masked?tab=models",
    "masked-table": "/masked?tab=table",
    "generation": f"{TOOK}&at=0.2",
    "generation-attention": f"{TOOK}&at=0.2&inside=attention",
    "generation-lens": f"{TOOK}&at=0.2&inside=lens",
    "generation-cache": f"{TOOK}&at=0.2&inside=cache",
    "beams": "/generation?tab=beams",
    "score": "/generation?tab=score",
    "chat": "/generation?tab=chat",
}

STILL = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    const still = app.dataset.testScriptState === "notRunning"
        && !document.querySelector("[data-testid=stProgress]");
    if (!still) window.stillSince = undefined;
    else window.stillSince ??= performance.now();
    return still && performance.now() - window.stillSince > 1500;
}"""
"""Whether nothing has run for a moment: a bar comes late, and another may follow it."""


def everything() -> dict[str, tuple[str, str, str, int]]:
    """Every page, language, theme and width."""
    return {
        f"{name}-{lang}-{theme}-{width}": (path, lang, theme, width)
        for (name, path), lang, theme, width in product(
            PATHS.items(), ("en", "zh"), ("light", "dark"), (1280, 390)
        )
    }


def take(pictures: dict[str, tuple[str, str, str, int]], folder: Path) -> None:
    """Start the app, open each page and save its picture in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state, open_browser() as browser:
        process, address = start_server(home_with_models(Path(state) / "home"))
        try:
            for name, (path, lang, theme, width) in pictures.items():
                context = browser.new_context(
                    viewport={"width": width, "height": 860},
                    color_scheme=theme,
                    locale="zh-CN" if lang == "zh" else "en-US",
                )
                page = context.new_page()
                page.goto(address + path)
                page.locator("canvas, [data-testid=stExpander]").first.wait_for()
                page.wait_for_function(STILL, timeout=240_000)
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(800)  # the canvas draws in the frame after the data
                tall = page.evaluate(
                    "document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight"
                )
                page.set_viewport_size({"width": width, "height": max(600, min(tall, 2600))})
                page.wait_for_timeout(400)
                page.screenshot(path=folder / f"{name}.png")
                context.close()
        finally:
            stop_server(process)


if __name__ == "__main__":
    if sys.argv[1:]:
        take(everything(), Path(sys.argv[1]))
    else:
        take(SHOWN, IMAGES)
