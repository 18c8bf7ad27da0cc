"""Saved prompts: versions, what was measured with each, differences, exchange with other programs.

PromptContent    what makes a prompt: template, words of the labels, examples, model, settings
PromptLibrary    the prompts of this server in its database, each with its owner
compare          what changed between two versions
write_prompts, read_prompts    JSON, YAML and promptfoo
"""

from core.prompts.library.content import PromptContent, PromptResult
from core.prompts.library.differences import Difference, compare
from core.prompts.library.exchange import FORMS, Form, read_prompts, write_prompts
from core.prompts.library.prompts import PromptLibrary
from core.prompts.library.saved import NewPrompt, NewVersion, SavedPrompt, SavedVersion
from core.prompts.library.script import prompt_script

__all__ = [
    "FORMS",
    "Difference",
    "Form",
    "NewPrompt",
    "NewVersion",
    "PromptContent",
    "PromptLibrary",
    "PromptResult",
    "SavedPrompt",
    "SavedVersion",
    "compare",
    "prompt_script",
    "read_prompts",
    "write_prompts",
]
