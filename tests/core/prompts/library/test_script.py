"""The script that is copied computes what it says, and no text of a prompt becomes code."""

import ast
import re
from dataclasses import replace

from core.prompts import store_pasted
from core.prompts.library import PromptContent
from core.prompts.library.script import prompt_script


def test_every_text_stands_in_the_script_as_a_text(content):
    tree = ast.parse(prompt_script(content))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert content.template in texts
    assert {"great", "good", "terrible", "\n---\n", True} <= texts
    assert "A: b - 'c'\n# d" in texts
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)
              and isinstance(node.func, ast.Name)}  # fmt: skip
    assert called == {
        "load_model", "read_table", "PromptTemplate", "Verbalizer", "evaluate_prompt",
        "PromptSettings", "print", "zip",
    }  # fmt: skip


def test_the_names_of_the_script_are_public(content):
    import core.models
    import core.prompts

    for node in ast.walk(ast.parse(prompt_script(content))):
        if isinstance(node, ast.ImportFrom):
            module = {"core.models": core.models, "core.prompts": core.prompts}[node.module]
            assert all(hasattr(module, each.name) for each in node.names)


def test_what_was_saved_with_a_prompt_is_in_its_script(content):
    """Partials, the content-free inputs, and demonstrations that depend on the row."""
    settings = {
        "partials": "== rules ==\nBe short.",
        "free": "无\n[MASK]\n(empty)",
        "picking": "nearest",
        "shots": "4",
        "label": "label",
    }
    own = replace(content, demonstrations=(), settings=tuple(settings.items()))
    script = prompt_script(own)
    assert "partials={'rules': 'Be short.'}" in script
    assert "calibrate=True, content_free=('无', '[MASK]', '')" in script
    assert "NearestPicker(" in script
    assert "min(4, len(examples))" in script
    assert "label='label'" in script


def test_the_script_of_a_prompt_runs(model_folder, headlight_home, capsys):
    rows = "text,label\n" + "".join(f"Text {n} is wide,{'ab'[n % 2]}\n" for n in range(40))
    content = PromptContent(
        template="{% include 'say' %}{{ text }}. It is",
        model=str(model_folder("llama")),
        words=(("a", ("tired",)), ("b", ("wide",))),
        calibrate=True,
        settings=(("partials", "== say ==\nSay:"), ("file", store_pasted(rows))),
    )
    exec(compile(prompt_script(content, rows=6), "script", "exec"), {})  # noqa: S102 - what is tested
    assert re.search(r"accuracy 0\.\d{3} of 6 rows", capsys.readouterr().out)
