"""Attention: what every head of a model looks at, what it is known for, whether it matters."""

from core.attention.ablation import (
    AblatedVectors,
    AblationEffect,
    ablate_heads,
    ablated_vectors,
)
from core.attention.capture import AttentionCapture, AttentionStack, capture_attention
from core.attention.overview import THUMBNAIL_SIDE, AttentionOverview, attention_overview
from core.attention.profile import KnownHead, head_profile, known_heads, notable_heads
from core.attention.reduced import Sink, pool_starts, pooled_heads, share_received, sink_columns

__all__ = [
    "THUMBNAIL_SIDE",
    "AblatedVectors",
    "AblationEffect",
    "AttentionCapture",
    "AttentionOverview",
    "AttentionStack",
    "KnownHead",
    "Sink",
    "ablate_heads",
    "ablated_vectors",
    "attention_overview",
    "capture_attention",
    "head_profile",
    "known_heads",
    "notable_heads",
    "pool_starts",
    "pooled_heads",
    "share_received",
    "sink_columns",
]
