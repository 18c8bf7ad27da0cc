"""A tiny model with a chat template, for the tests of the chat."""

from __future__ import annotations

from tests.core.conftest import make_model

TEMPLATE = (
    "{% for message in messages %}<|begin|>{{ message.role }}\n{{ message.content }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|begin|>assistant\n{% endif %}"
)


def make_chat_model(folder, template=TEMPLATE, **changes):
    """The folder of a causal model with random weights, and ``template`` if there is one."""
    made = make_model("llama", folder, **changes)
    if template:
        (made / "chat_template.jinja").write_text(template)
    return made
