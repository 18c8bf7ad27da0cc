"""A library in a folder of its own, and a prompt with everything in it."""

import pytest

from core.prompts.library import (
    NewPrompt,
    NewVersion,
    PromptContent,
    PromptLibrary,
    PromptResult,
)

RESULT = PromptResult(
    model="minilm-l6-masked", dataset="movie-snippets", split="test", rows=1000, accuracy=0.71,
    low=0.68, high=0.74, seconds=12.5, what="1,000 rows", made=1.0, settings=(("seed", "3"),),
)  # fmt: skip


@pytest.fixture
def library(tmp_path):
    opened = PromptLibrary(tmp_path / "prompts.db")
    yield opened
    opened.close()


@pytest.fixture
def content():
    return PromptContent(
        template="{{ text }}\nIt was [MASK].  \n“{% raw %}{{ x }}{% endraw %}” 它太累了\t✓",
        model="minilm-l6-masked",
        dataset="movie-snippets",
        words=(("positive", ("great", "good")), ("negative", ("terrible",))),
        demonstrations=((("text", "A: b - 'c'\n# d"), ("label", "positive")),),
        separator="\n---\n",
        calibrate=True,
        settings=(("order", "nearest"), ("seed", "3")),
    )


@pytest.fixture
def prompt(content):
    first = PromptContent(template="{{ text }} [MASK]")
    return NewPrompt(
        name="Movies: first #1",
        tags=("films", "电影"),
        versions=(
            NewVersion(content=first, note="a beginning"),
            NewVersion(content=content, results=(RESULT,)),
        ),
    )
