"""The script that is copied computes what it says, and no text of a prompt becomes code."""

import ast

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
        "PromptSettings", "print", "len",
    }  # fmt: skip


def test_the_names_of_the_script_are_public(content):
    import core.models
    import core.prompts

    for node in ast.walk(ast.parse(prompt_script(content))):
        if isinstance(node, ast.ImportFrom):
            module = {"core.models": core.models, "core.prompts": core.prompts}[node.module]
            assert all(hasattr(module, each.name) for each in node.names)
