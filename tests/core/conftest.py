"""Tiny tokenizers of every kind and tiny random models of every family, made once per session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
import transformers
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from core.models import LanguageModel, load_model

CORPUS = [
    "The animal didn't cross the street because it was too tired.",
    "Bert is a yellow muppet character and the street is wide.",
    "The capital of France is Paris; the capital of Japan is Tokyo.",
    "One two three four five six seven eight nine ten, one two three.",
    "这只动物没有过马路，因为它太累了。",
    "Le chat est assis sur le tapis rouge, n'est-ce pas ?",
] * 3


def _trained(tokenizer: Tokenizer, trainer: trainers.Trainer) -> Tokenizer:
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def _byte_level(
    special: list[str], *, split_digits: bool = False, prefix: bool = False
) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tokenizer.pre_tokenizer = (
        pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level])
        if split_digits
        else byte_level
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    return _trained(
        tokenizer,
        trainers.BpeTrainer(
            vocab_size=500, special_tokens=special, initial_alphabet=alphabet, show_progress=False
        ),
    )


def gpt2_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level, no template; unknown, opening and closing token are one, as in GPT-2."""
    end = "<|endoftext|>"
    return PreTrainedTokenizerFast(
        tokenizer_object=_byte_level([end]), unk_token=end, bos_token=end, eos_token=end
    )


def llama3_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level within a sequence of pre-tokenizers, no unknown token."""
    return PreTrainedTokenizerFast(
        tokenizer_object=_byte_level(["<|begin|>", "<|end|>"], split_digits=True),
        bos_token="<|begin|>",
        eos_token="<|end|>",
    )


def roberta_tokenizer(*, prefix: bool = False) -> PreTrainedTokenizerFast:
    tokenizer = _byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], prefix=prefix)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=prefix
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    )
    fast.add_special_tokens(
        {"mask_token": transformers.AddedToken("<mask>", lstrip=True, special=True)}
    )
    return fast


def bert_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    _trained(
        tokenizer,
        trainers.WordPieceTrainer(
            vocab_size=260, special_tokens=special, show_progress=False, limit_alphabet=120
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    # As sentence-transformers saves it: cutting and padding are switched on.
    tokenizer.enable_truncation(128)
    tokenizer.enable_padding(length=128)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        mask_token="[MASK]",
    )


def llama2_tokenizer() -> PreTrainedTokenizerFast:
    """SentencePiece BPE with byte fallback, spaces written by the normalizer."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    special = ["<unk>", "<s>", "</s>"]
    _trained(
        tokenizer,
        trainers.BpeTrainer(
            vocab_size=600,
            special_tokens=special + [f"<0x{byte:02X}>" for byte in range(256)],
            limit_alphabet=60,
            show_progress=False,
            max_token_length=12,
        ),
    )
    tokenizer = _without_added_bytes(tokenizer, special)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )


def _without_added_bytes(tokenizer: Tokenizer, special: list[str]) -> Tokenizer:
    """Byte pieces belong to the vocabulary; the trainer could only add them as added tokens."""
    import json

    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = [
        token for token in state["added_tokens"] if token["content"] in special
    ]
    return Tokenizer.from_str(json.dumps(state))


def t5_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>"]
    _trained(
        tokenizer,
        trainers.UnigramTrainer(
            vocab_size=250, special_tokens=special, unk_token="<unk>", show_progress=False
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def bart_tokenizer() -> PreTrainedTokenizerFast:
    return roberta_tokenizer()


TOKENIZERS: dict[str, Callable[[], PreTrainedTokenizerFast]] = {
    "gpt2": gpt2_tokenizer,
    "llama3": llama3_tokenizer,
    "roberta": roberta_tokenizer,
    "bert": bert_tokenizer,
    "llama2": llama2_tokenizer,
    "t5": t5_tokenizer,
}

# Family: configuration, class of the network, tokenizer, further settings.
FAMILIES: dict[str, tuple[str, str, str, dict[str, object]]] = {
    "bert": ("BertConfig", "BertForMaskedLM", "bert", {}),
    "roberta": ("RobertaConfig", "RobertaForMaskedLM", "roberta", {"type_vocab_size": 1}),
    "distilbert": (
        "DistilBertConfig",
        "DistilBertForMaskedLM",
        "bert",
        {"dim": 32, "hidden_dim": 48, "n_layers": 2, "n_heads": 4},
    ),
    "albert": ("AlbertConfig", "AlbertForMaskedLM", "bert", {"embedding_size": 16}),
    "modernbert": (
        "ModernBertConfig",
        "ModernBertForMaskedLM",
        "bert",
        {"local_attention": 8, "num_hidden_layers": 3, "global_attn_every_n_layers": 3},
    ),
    "gpt2": ("GPT2Config", "GPT2LMHeadModel", "gpt2", {"n_embd": 32, "n_layer": 2, "n_head": 4}),
    "gpt_neox": ("GPTNeoXConfig", "GPTNeoXForCausalLM", "gpt2", {}),
    "opt": ("OPTConfig", "OPTForCausalLM", "gpt2", {"ffn_dim": 48, "word_embed_proj_dim": 32}),
    "llama": ("LlamaConfig", "LlamaForCausalLM", "llama3", {"num_key_value_heads": 2}),
    "qwen3": (
        "Qwen3Config",
        "Qwen3ForCausalLM",
        "llama3",
        {"num_key_value_heads": 2, "head_dim": 8},
    ),
    "gemma2": (
        "Gemma2Config",
        "Gemma2ForCausalLM",
        "llama3",
        {
            "num_key_value_heads": 2,
            "head_dim": 8,
            "sliding_window": 6,
            "attn_logit_softcapping": 2.0,
            "query_pre_attn_scalar": 8,
        },
    ),
    "olmo2": ("Olmo2Config", "Olmo2ForCausalLM", "llama3", {"num_key_value_heads": 2}),
    "bart": ("BartConfig", "BartForConditionalGeneration", "roberta", {}),
    "marian": ("MarianConfig", "MarianMTModel", "t5", {"decoder_start_token_id": 0}),
    "t5": (
        "T5Config",
        "T5ForConditionalGeneration",
        "t5",
        {"d_kv": 8, "num_heads": 4, "num_layers": 2, "decoder_start_token_id": 0},
    ),
    "bloom": ("BloomConfig", "BloomForCausalLM", "gpt2", {"n_head": 4, "n_layer": 2}),
}

_SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 64,
}
_HALVES = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "d_ff": 48,
}


QUERIES_AND_KEYS = (
    *("q_lin.", "k_lin.", "query", "key", "Wqkv", "c_attn"),
    *("q_proj.", "k_proj.", ".q.", ".k."),
)


def make_model(family: str, folder: Path, **changes: object) -> Path:
    """Save a tiny random model of ``family`` with its tokenizer into ``folder``.

    Weights of queries and keys are scaled up: with the usual ones attention is all but uniform
    and a test of it would prove nothing. T5 does not divide by √d and is sharp enough as it is.
    """
    config_name, network_name, tokenizer_name, settings = FAMILIES[family]
    tokenizer = TOKENIZERS[tokenizer_name]()
    ids = {
        f"{name}_token_id": getattr(tokenizer, f"{name}_token_id")
        for name in ("bos", "eos", "pad", "cls", "sep", "mask")
        if getattr(tokenizer, f"{name}_token_id") is not None
    }
    config_class = getattr(transformers, config_name)
    known = _HALVES if family in {"bart", "marian", "t5"} else _SIZES
    config = config_class(**{**known, **ids, "vocab_size": len(tokenizer), **settings, **changes})
    if family in {"bart", "marian"}:
        config.max_position_embeddings = 64
    torch.manual_seed(0)
    network = getattr(transformers, network_name)(config).eval()
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if weights.dim() == 2 and any(part in name for part in QUERIES_AND_KEYS):
                weights *= 1 if family == "t5" else 12
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session", name="make_model")
def _make_model() -> Callable[..., Path]:
    """``make_model``, for a test that wants other sizes."""
    return make_model


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny model, by family; made at the first call."""
    root = tmp_path_factory.mktemp("models")

    def folder(family: str) -> Path:
        place = root / family
        return place if place.exists() else make_model(family, place)

    return folder


@pytest.fixture(scope="session")
def tokenizers() -> dict[str, PreTrainedTokenizerFast]:
    return {name: make() for name, make in TOKENIZERS.items()}


@pytest.fixture(scope="session")
def tiny(model_folder: Callable[[str], Path]) -> Callable[[str], LanguageModel]:
    """A tiny random model by family, loaded once."""
    return cache(lambda family: load_model(str(model_folder(family))))
