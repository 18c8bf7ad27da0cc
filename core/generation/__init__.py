"""Generation: a text going on token by token, and everything that is told of each step."""

from core.generation.beams import (
    MAX_BEAMS,
    Beam,
    BeamStep,
    DroppedBeam,
    Ending,
    Reason,
    beam_search_steps,
)
from core.generation.cache import CACHE_LIMIT, IDLE_SECONDS, CacheFacts
from core.generation.chat import ChatMessage, ChatPrompt, ChatSpan, Role, chat_prompt
from core.generation.distribution import (
    RULES,
    Candidate,
    Distribution,
    Rule,
    filtered_distribution,
    next_token_distribution,
)
from core.generation.generating import generate_steps, go_on, open_session, replay
from core.generation.prompt import LeftCut, Prompt, read_prompt
from core.generation.reading import CacheTiming
from core.generation.scoring import ScoredWord, TextScore, score_text
from core.generation.session import EncoderDecoderSession, GenerationSession
from core.generation.settings import MAX_PENALTY, MAX_TEMPERATURE, SamplingSettings
from core.generation.source import read_source
from core.generation.stepping import SteppingSession
from core.generation.steps import GenerationStep, Path

__all__ = [
    "CACHE_LIMIT",
    "IDLE_SECONDS",
    "MAX_BEAMS",
    "MAX_PENALTY",
    "MAX_TEMPERATURE",
    "RULES",
    "Beam",
    "BeamStep",
    "CacheFacts",
    "CacheTiming",
    "Candidate",
    "ChatMessage",
    "ChatPrompt",
    "ChatSpan",
    "Distribution",
    "DroppedBeam",
    "EncoderDecoderSession",
    "Ending",
    "GenerationSession",
    "GenerationStep",
    "LeftCut",
    "Path",
    "Prompt",
    "Reason",
    "Role",
    "Rule",
    "SamplingSettings",
    "ScoredWord",
    "SteppingSession",
    "TextScore",
    "beam_search_steps",
    "chat_prompt",
    "filtered_distribution",
    "generate_steps",
    "go_on",
    "next_token_distribution",
    "open_session",
    "read_prompt",
    "read_source",
    "replay",
    "score_text",
]
