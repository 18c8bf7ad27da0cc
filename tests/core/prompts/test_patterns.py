"""Templates of prompts as templates of fine-tuning."""

import pytest

from core.errors import InputError
from core.prompts.patterns import as_pattern


@pytest.mark.parametrize(
    ("template", "causal", "pattern"),
    [
        ("{{ text }} It was [MASK].", False, "{text} It was {word}."),
        ("{{text}} It was <mask>!", False, "{text} It was {word}!"),
        ("Review: {{- text -}}\nSentiment:", True, "Review: {text}\nSentiment: {word}"),
        ("{{ text }} It was [MASK].", True, "{text} It was {word}"),
        ("{a} {{ text }} so", False, "(a) {text} so {word}"),
    ],
)
def test_a_template_around_one_text_is_a_pattern(template, causal, pattern):
    assert as_pattern(template, column="text", causal=causal) == pattern


@pytest.mark.parametrize(
    "template",
    [
        "{{ text }} {{ other }} [MASK]",
        "{{ text|upper }} [MASK]",
        "{% if text %}{{ text }}{% endif %} [MASK]",
        "{{ text }} {{ text }} [MASK]",
        "nothing [MASK]",
        "{{ text }} [MASK] [MASK]",
    ],
)
def test_what_cannot_be_trained_with_is_told(template):
    with pytest.raises(InputError, match=r"template (has|with)"):
        as_pattern(template, column="text")
