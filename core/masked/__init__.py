"""Masked words: the masking scheme, prediction, step-by-step filling, losses, next sentences."""

from core.distribution import RankedToken, TopTokens
from core.masked.filling import FillSession, fill_steps, replay
from core.masked.loss import MaskedLoss, masked_loss
from core.masked.many import SENTENCE_LIMIT, ManyPredictions, SentencePrediction, predict_many
from core.masked.masks import (
    SPELLINGS,
    mask_positions,
    needs_masked,
    only_masks,
    read_masks,
    respelled,
    with_ids,
    with_masks,
)
from core.masked.next_sentence import NextSentence, next_sentence, next_sentence_probability
from core.masked.prediction import MaskPrediction, predict_masks
from core.masked.pseudo_likelihood import PseudoLikelihood, pseudo_log_likelihood
from core.masked.scheme import MaskedExample, MaskingCounts, mask_tokens, masking_counts
from core.masked.sentence import sentence
from core.masked.steps import Choice, FillStep, MaskChange, Order, Path
from core.masked.words import WordCandidate, WordPrediction, word_candidates

__all__ = [
    "SENTENCE_LIMIT",
    "SPELLINGS",
    "Choice",
    "FillSession",
    "FillStep",
    "ManyPredictions",
    "MaskChange",
    "MaskPrediction",
    "MaskedExample",
    "MaskedLoss",
    "MaskingCounts",
    "NextSentence",
    "Order",
    "Path",
    "PseudoLikelihood",
    "RankedToken",
    "SentencePrediction",
    "TopTokens",
    "WordCandidate",
    "WordPrediction",
    "fill_steps",
    "mask_positions",
    "mask_tokens",
    "masked_loss",
    "masking_counts",
    "needs_masked",
    "next_sentence",
    "next_sentence_probability",
    "only_masks",
    "predict_many",
    "predict_masks",
    "pseudo_log_likelihood",
    "read_masks",
    "replay",
    "respelled",
    "sentence",
    "with_ids",
    "with_masks",
    "word_candidates",
]
