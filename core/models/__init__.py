"""Language models: loading them, what they are, and the pool in which sessions share them."""

from core.models.language_model import Kind, LanguageModel, ModelShape, TextTokenizer
from core.models.loading import load_model, load_tokenizer, model_size
from core.models.pool import ModelPool, PooledModel

__all__ = [
    "Kind",
    "LanguageModel",
    "ModelPool",
    "ModelShape",
    "PooledModel",
    "TextTokenizer",
    "load_model",
    "load_tokenizer",
    "model_size",
]
