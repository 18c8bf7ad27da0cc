"""Prompts searched for on labelled rows: trigger words, instructions, mined phrases.

PromptSearchSpec      what decides a search; a run of kind "prompt-search"
search                the run, from its spec to the candidates in its folder
search_triggers(…)    the same without a run: an iterator over what was tried
search_instructions(…)
read_candidates(folder)    every candidate of a run, with its scores
"""

from core.prompts.search.candidates import Candidate, Scored
from core.prompts.search.direct import search_instructions, search_triggers
from core.prompts.search.kept import read_candidates
from core.prompts.search.searching import search, search_table
from core.prompts.search.spec import RUN_KIND, PromptSearchSpec, SearchMethod

__all__ = [
    "RUN_KIND",
    "Candidate",
    "PromptSearchSpec",
    "Scored",
    "SearchMethod",
    "read_candidates",
    "search",
    "search_instructions",
    "search_table",
    "search_triggers",
]
