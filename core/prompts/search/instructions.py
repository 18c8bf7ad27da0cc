"""Instructions as candidates: from a list, and proposed by an instruct model that sees examples.

The proposals follow Zhou et al. 2022, "Large Language Models Are Human-Level Prompt Engineers"
(APE), section 3.1: the model reads pairs of input and output and says what the instruction was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from core.errors import InputError
from core.generation import ChatMessage, SamplingSettings, chat_prompt, generate_steps
from core.language import _
from core.prompts.search.candidates import Proposal, Proposer
from core.prompts.search.kept import Thoughts
from core.prompts.template import Row
from core.prompts.verbalizer import Verbalizer
from core.prompts.writing import LABEL

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

INSTRUCTION: Final = "[I]"
LENGTH_LIMIT: Final = 300
"""Characters of an instruction that a model proposes."""
LIST_LIMIT: Final = 200
_SHOWN: Final = 6  # examples that the model sees
_SHOWN_LENGTH: Final = 200
_NEW_TOKENS: Final = 48
_ODD: Final = re.compile(r"[{}\[\]%#<>|]")
_LEADS: Final = re.compile(r"^(?:the )?instruction(?: was| is)?(?: to)?\s*:?\s*", re.IGNORECASE)


def propose_instructions(
    template: str,
    instructions: Sequence[str],
    more: Callable[[int], str | None] | None = None,
    *,
    proposals: int = 0,
) -> Proposer:
    """The template with each of ``instructions`` for ``[I]``, then with what ``more`` thinks of.

    ``more`` is asked ``proposals`` times, with the number of the time; it gives None where nothing
    usable came. Raises InputError for a template without the mark, and for too many instructions.
    """
    if template.count(INSTRUCTION) != 1:
        raise InputError(
            _("The template needs {mark} once, where the instruction stands.").format(
                mark=INSTRUCTION
            )
        )
    if len(instructions) > LIST_LIMIT:
        raise InputError(
            _("There are {count} instructions, the limit is {limit}.").format(
                count=len(instructions), limit=LIST_LIMIT
            )
        )
    for instruction in instructions:
        plain = cleaned(instruction)
        if plain:
            yield Proposal(template=template.replace(INSTRUCTION, plain), made=_("from the list"))
    for number in range(proposals if more else 0):
        proposed = more(number) if more else None
        if proposed:
            yield Proposal(template=template.replace(INSTRUCTION, proposed), made=_("proposed"))


def cleaned(text: str) -> str:
    """An instruction as one line of plain text; signs that a template reads are left out."""
    return " ".join(_ODD.sub("", text).split())


class InstructionProposer:
    """Asks an instruct model what the instruction behind labelled rows was."""

    def __init__(
        self,
        model: LanguageModel,
        rows: Sequence[Row],
        verbalizer: Verbalizer,
        *,
        column: str = "text",
        seed: int = 0,
        temperature: float = 0.9,
        thoughts: Thoughts | None = None,
    ) -> None:
        self._model, self._rows, self._verbalizer = model, rows, verbalizer
        self._column, self._seed = column, seed
        self._settings = SamplingSettings(temperature=temperature, top_p=0.95)
        self._thoughts = thoughts or Thoughts(None)

    def __call__(self, number: int) -> str | None:
        """The instruction that comes of the ``number``-th draw of examples; None for none."""
        name = f"instruction {number}"
        known = self._thoughts.get(name)
        if known is None:
            known = self._proposed(number)
            self._thoughts.keep(name, known)
        return str(known) or None

    def _proposed(self, number: int) -> str:
        drawn = np.random.default_rng((self._seed, number)).permutation(len(self._rows))[:_SHOWN]
        pairs = [self._rows[int(place)] for place in drawn]
        shown = "\n\n".join(
            f"Input: {' '.join(str(row[self._column]).split())[:_SHOWN_LENGTH]}\n"
            f"Output: {self._verbalizer.first(str(row[LABEL]))}"
            for row in pairs
        )
        asked = (
            "I gave a friend an instruction and some inputs. The friend read the instruction and "
            f"wrote an output for every input.\n\n{shown}\n\n"
            "What was the instruction? Answer with the instruction in one sentence."
        )
        prompt = chat_prompt(self._model, [ChatMessage(role="user", text=asked)])
        steps = generate_steps(
            self._model,
            prompt.tokens,
            settings=self._settings,
            max_new_tokens=_NEW_TOKENS,
            seed=self._seed * 1009 + number,
        )
        end = self._model.tokenizer.eos_token_id
        said = "".join(step.text for step in steps if step.token_id != end)
        return as_instruction(said)


def as_instruction(said: str) -> str:
    """The first sentence of an answer, without what leads up to it; "" for no instruction."""
    lines = [line.strip(" \"'“”*-") for line in said.strip().splitlines() if line.strip()]
    if not lines:
        return ""
    text = cleaned(_LEADS.sub("", lines[0]).strip(" \"'“”"))[:LENGTH_LIMIT]
    ends = [place for place in (text.find(". "), text.find("? ")) if place > 20]
    text = text[: min(ends) + 1] if ends else text
    return text if len(text.split()) >= 3 else ""
