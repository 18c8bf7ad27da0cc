"""The token numbers of a spec's texts, made once and kept beside the run.

They are kept under the state folder only: some of the texts may not be passed on.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path

import numpy as np
from transformers import PreTrainedTokenizerFast

from core.tuning.blocks import SentenceBank, TokenTexts, tokenize
from core.tuning.data import read_documents, split_documents
from core.tuning.spec import MaskedSpec


def token_texts(
    spec: MaskedSpec, tokenizer: PreTrainedTokenizerFast, folder: Path
) -> tuple[TokenTexts, TokenTexts]:
    """The texts to train on and those held out, read from ``folder`` where they lie there."""
    key = hashlib.sha256(
        repr((spec.model, spec.texts, spec.seed, spec.held_out, spec.batch.block_tokens)).encode()
    ).hexdigest()[:16]
    files = [folder / f"{part}-{key}.npz" for part in ("train", "held-out")]
    if all(file.is_file() for file in files):
        train, held_out = (_read(file) for file in files)
        return train, held_out
    split = split_documents(
        read_documents(spec.texts, seed=spec.seed), held_out=spec.held_out, seed=spec.seed
    )
    folder.mkdir(parents=True, exist_ok=True)
    made = [
        tokenize(part, tokenizer, block_tokens=spec.batch.block_tokens, seed=spec.seed)
        for part in (split.train, split.held_out)
    ]
    for file, texts in zip(files, made, strict=True):
        _write(file, texts)
    return made[0], made[1]


def _write(file: Path, texts: TokenTexts) -> None:
    bank = asdict(texts.sentences)
    bank.pop("source_names")
    partial = file.with_suffix(".partial.npz")
    np.savez(
        partial,
        blocks=texts.blocks.astype(np.int32),
        block_sources=texts.block_sources,
        source_names=np.array(texts.source_names),
        **bank,
    )
    partial.replace(file)


def _read(file: Path) -> TokenTexts:
    with np.load(file, allow_pickle=False) as kept:
        names = tuple(str(name) for name in kept["source_names"])
        bank = {name: kept[name] for name in ("tokens", "starts", "firsts", "sources")}
        return TokenTexts(
            blocks=kept["blocks"].astype(np.int64),
            block_sources=kept["block_sources"],
            sentences=SentenceBank(**bank, source_names=names),
            source_names=names,
        )
