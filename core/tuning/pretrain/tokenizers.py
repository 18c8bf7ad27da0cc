"""A tokenizer made from the texts that a model will be trained on.

WordPiece as in BERT (lower case), byte-level BPE as in GPT-2, or one token for each character.
``words`` are what stands between spaces, but digits, Chinese characters and marks stand alone; a
space before a digit is not kept. The special tokens are those of the objective's own family.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from core.errors import InputError
from core.language import _
from core.tuning.pretrain.spec import Objective, PretrainSpec, TokenizerKind

SPACE: Final = "▁"
END_OF_TEXT: Final = "<|endoftext|>"
_SPECIAL: Final[dict[Objective, dict[str, str]]] = {
    "masked": {
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "mask_token": "[MASK]",
    },
    "causal": {"eos_token": END_OF_TEXT, "unk_token": "[UNK]"},
    "seq2seq": {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"},
}


def train_tokenizer(spec: PretrainSpec, texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """A tokenizer of at most ``spec.vocabulary`` tokens. Raises InputError where too few fit."""
    special = special_tokens(spec)
    backend, trainer = _untrained(spec, list(special.values()))
    backend.train_from_iterator(_parts(texts), trainer, length=len(texts))
    if backend.get_vocab_size() <= len(special) + 1:
        raise InputError(_("The texts hold no words to learn: choose other texts."))
    post = _post_processor(spec.objective, backend, special)
    if post is not None:
        backend.post_processor = post
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        model_max_length=spec.block,
        model_input_names=_inputs(spec.objective),
        clean_up_tokenization_spaces=False,
        **special,
    )


def kept_tokenizer(
    spec: PretrainSpec, texts: Sequence[str], folder: Path
) -> PreTrainedTokenizerFast:
    """The tokenizer in ``folder``; trained and put there, whole or not at all, where it is not."""
    if not folder.is_dir():
        part = folder.with_name(f"{folder.name}.part")
        train_tokenizer(spec, texts).save_pretrained(part)
        part.replace(folder)
    found: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(
        folder, local_files_only=True
    )
    return found


def special_tokens(spec: PretrainSpec) -> dict[str, str]:
    """The special tokens by their role, the first with number 0; bytes leave nothing unknown."""
    special = dict(_SPECIAL[spec.objective])
    if spec.tokenizer == "bpe" and spec.objective == "causal":
        special.pop("unk_token")
    return special


def _untrained(spec: PretrainSpec, special: list[str]) -> tuple[Tokenizer, trainers.Trainer]:
    unknown = _SPECIAL[spec.objective]["unk_token"]
    size = spec.vocabulary
    if spec.tokenizer == "wordpiece":
        backend = Tokenizer(models.WordPiece(unk_token=unknown))
        backend.normalizer = normalizers.BertNormalizer(lowercase=True)
        backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        backend.decoder = decoders.WordPiece()
        return backend, trainers.WordPieceTrainer(
            vocab_size=size, special_tokens=special, show_progress=False
        )
    if spec.tokenizer == "bpe":
        backend = Tokenizer(models.BPE())
        before = spec.objective == "masked"  # there each sentence is read by itself
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=before)
        backend.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        return backend, trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=special,
            initial_alphabet=alphabet,
            show_progress=False,
        )
    backend = Tokenizer(models.WordLevel(unk_token=unknown))
    backend.pre_tokenizer = pre_tokenizers.Sequence(_cutting(spec.tokenizer))
    backend.decoder = decoders.Sequence([decoders.Replace(SPACE, " "), decoders.Fuse()])
    return backend, trainers.WordLevelTrainer(
        vocab_size=size, special_tokens=special, show_progress=False
    )


def _cutting(kind: TokenizerKind) -> list[pre_tokenizers.PreTokenizer]:
    spaces = pre_tokenizers.Metaspace(SPACE, prepend_scheme="never", split=kind == "words")
    if kind == "characters":
        return [spaces, pre_tokenizers.Split(Regex("."), "isolated")]
    alone = Regex(r"[0-9\u3400-\u9fff.,!?;，。！？；\-]")
    return [
        pre_tokenizers.Split(Regex(r"\s+(?=[0-9])"), "removed"),
        spaces,
        pre_tokenizers.Split(alone, "isolated"),
    ]


def _post_processor(
    objective: Objective, backend: Tokenizer, special: dict[str, str]
) -> processors.PostProcessor | None:
    if objective == "causal":
        return None
    numbers = [(token, backend.token_to_id(token)) for token in special.values()]
    if objective == "seq2seq":
        end = special["eos_token"]
        return processors.TemplateProcessing(
            single=f"$A {end}", pair=f"$A {end} $B {end}", special_tokens=numbers
        )
    start, end = special["cls_token"], special["sep_token"]
    return processors.TemplateProcessing(
        single=f"{start} $A {end}",
        pair=f"{start} $A {end} $B:1 {end}:1",
        special_tokens=numbers,
    )


def _inputs(objective: Objective) -> list[str]:
    usual = ["input_ids", "attention_mask"]
    return [*usual, "token_type_ids"] if objective == "masked" else usual


_PART: Final = 2_000


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts, some at a time: a tokenizer reads lists much faster than single texts."""
    for start in range(0, len(texts), _PART):
        yield list(texts[start : start + _PART])
