"""Attention: what every head of a model looks at, what it is known for, whether it matters."""

from core.attention.ablation import (
    AblatedVectors,
    AblationEffect,
    ablate_heads,
    ablated_vectors,
)
from core.attention.ablation_wall import ablation_wall
from core.attention.capture import AttentionCapture, AttentionStack, capture_attention
from core.attention.comparison import (
    AttentionDifference,
    TokenAlignment,
    align_tokens,
    compare_attention,
    most_changed_heads,
)
from core.attention.contribution import HeadContributions, head_contributions
from core.attention.effects import HeadEffects
from core.attention.flow import attention_rollout, rollout_of
from core.attention.generated import GeneratedAttention, generate_and_capture
from core.attention.gradient import TokenAttribution, gradient_times_input
from core.attention.habits import HeadHabits, Occurrence, head_habits, occurrences
from core.attention.notable import COMMON, KnownHead, known_heads, notable_heads
from core.attention.overview import (
    THUMBNAIL_SIDE,
    AttentionOverview,
    attention_overview,
    overview_of,
)
from core.attention.patching import PatchEffects, patch_heads
from core.attention.patterns import BROAD, LABELS, PATTERNS
from core.attention.pointers import Pointer
from core.attention.profile import head_profile, pattern_evidence
from core.attention.query_key import QueryKeyDetail, query_key_detail, turns_vectors
from core.attention.reduced import Sink, pool_starts, pooled_heads, share_received, sink_columns
from core.attention.region import (
    PARTS,
    AttentionRegion,
    Part,
    attention_region,
    combined_heads,
    second_text_start,
)
from core.attention.replacement import HeadMeans, Replacement, mean_outputs
from core.attention.sentences import sentences
from core.attention.target import Target, TargetKind, choose_target

__all__ = [
    "BROAD",
    "COMMON",
    "LABELS",
    "PARTS",
    "PATTERNS",
    "THUMBNAIL_SIDE",
    "AblatedVectors",
    "AblationEffect",
    "AttentionCapture",
    "AttentionDifference",
    "AttentionOverview",
    "AttentionRegion",
    "AttentionStack",
    "GeneratedAttention",
    "HeadContributions",
    "HeadEffects",
    "HeadHabits",
    "HeadMeans",
    "KnownHead",
    "Occurrence",
    "Part",
    "PatchEffects",
    "Pointer",
    "QueryKeyDetail",
    "Replacement",
    "Sink",
    "Target",
    "TargetKind",
    "TokenAlignment",
    "TokenAttribution",
    "ablate_heads",
    "ablated_vectors",
    "ablation_wall",
    "align_tokens",
    "attention_overview",
    "attention_region",
    "attention_rollout",
    "capture_attention",
    "choose_target",
    "combined_heads",
    "compare_attention",
    "generate_and_capture",
    "gradient_times_input",
    "head_contributions",
    "head_habits",
    "head_profile",
    "known_heads",
    "mean_outputs",
    "most_changed_heads",
    "notable_heads",
    "occurrences",
    "overview_of",
    "patch_heads",
    "pattern_evidence",
    "pool_starts",
    "pooled_heads",
    "query_key_detail",
    "rollout_of",
    "second_text_start",
    "sentences",
    "share_received",
    "sink_columns",
    "turns_vectors",
]
