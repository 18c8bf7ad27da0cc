"""Loads models and tokenizers, always from a folder on this machine and never by running its code.

Before anything is read it is checked that the model fits the memory; after it that no weight was
made up. What is downloaded, and from where, is the business of ``core.catalogue``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch
from safetensors import safe_open
from torch import Tensor
from transformers import (
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging as transformers_logging

from core.attention.blocks import install as install_blocks
from core.attention.places import AttentionPlaces, find_places, vocabulary_of
from core.attention.tap import install
from core.attention.virtual import install_prefixes
from core.catalogue import check_folder, ensure_model, weights_size
from core.catalogue.weights import weights_files
from core.device import choose_device, choose_dtype
from core.errors import BrokenModelError, UnsupportedError
from core.language import _
from core.models.configuration import LOCAL, claimed_bytes, read_config
from core.models.faults import BROKEN, broken_as_sentence
from core.models.kinds import Candidate, candidates
from core.models.language_model import Kind, LanguageModel, TextTokenizer
from core.models.room import check_fits
from core.models.shape import max_tokens, model_shape
from core.models.virtual import VirtualTokens, add_vectors, put_before_texts
from core.prediction import install as install_prediction
from core.products import install as install_products
from core.token_reader import TokenReader
from core.tokenizer_faults import is_tokenizer_fault
from core.tuning.kept import KeptModel, find_kept, is_run_name

logger = logging.getLogger(__name__)
# transformers changes torch for the whole process while it reads weights: of two models read at
# once each is told to lack weights that it has, and a masked one is taken for an encoder.
_reading = threading.Lock()

Progress = Callable[[float, str], None]
# A pooler is a layer that some checkpoints leave out and nothing here uses.
_UNUSED: Final = ("pooler.", "position_ids")
# Headlight says in its own words what is wrong with a model.
transformers_logging.set_verbosity_error()
transformers_logging.disable_progress_bar()


def load_model(
    id_or_path: str,
    *,
    device: str | torch.device | None = None,
    progress: Progress | None = None,
) -> LanguageModel:
    """Load a model by catalogue id, hub name or folder, onto ``device`` (the best by default).

    Or what a run made: ``run:RUN_ID`` is the model that it kept, ``run:RUN_ID@STEP`` a checkpoint.
    float32 up to a billion parameters, bfloat16 above. Raises TooLargeError before loading what
    does not fit, ModelNotFoundError, UnsafeModelError, BrokenModelError, UnsupportedError, or a
    FetchError where the model has to be fetched first.
    """
    place = choose_device(device)
    if is_run_name(id_or_path):
        kept = find_kept(id_or_path)
        if kept.is_put_together:
            return _load_run(kept, place)
    folder = _checked_folder(id_or_path, progress)
    config = read_config(id_or_path, folder)
    tokenizer = _read_tokenizer(id_or_path, folder)
    reader = TokenReader(tokenizer)
    dtype = choose_dtype(weights_size(folder).parameters)
    check_fits(id_or_path, _loaded_size(folder), place)
    with broken_as_sentence(id_or_path):
        ways = candidates(config, _weight_names(folder))
        check_fits(id_or_path, claimed_bytes(config, ways[0], dtype), place)
        network, kind = _read_network(id_or_path, folder, config, dtype, ways)
        return _looked_into(id_or_path, kind, folder, tokenizer, reader, network.to(place))


def _load_run(kept: KeptModel, place: torch.device) -> LanguageModel:
    """The model of a run: LoRA added to the weights, virtual tokens first, its head for classes.

    Raises what ``load_model`` raises, of the model that the adapter belongs to too.
    """
    from core.tuning.finetune.restoring import as_language_model  # which itself loads models

    needed = model_size(kept.name)
    check_fits(kept.name, needed, place)
    with broken_as_sentence(kept.name):
        made = as_language_model(kept)
        parameters = sum(part.numel() for part in made.network.parameters())
        if made.task is not None:
            made.task.tuned.network.to(place, choose_dtype(parameters))
        network = made.network.to(place, choose_dtype(parameters))
        vocabulary = vocabulary_of(network)
        virtual: VirtualTokens | None = None
        if kept.virtual_tokens:
            first = put_before_texts(made.tokenizer, kept.virtual_tokens)
            vectors = made.vectors
            if vectors is None:
                vectors = torch.zeros(
                    kept.virtual_tokens, network.get_input_embeddings().weight.shape[1]
                )
            add_vectors(network, first, vectors)
            prefixes = tuple(prefix.to(network.device, network.dtype) for prefix in made.prefixes)
            virtual = VirtualTokens(first=first, count=kept.virtual_tokens, prefixes=prefixes)
        reader = TokenReader(made.tokenizer)
        model = _looked_into(
            kept.name, made.kind, kept.folder, made.tokenizer, reader, network, virtual
        )
        return replace(model, shape=replace(model.shape, vocab=vocabulary), task=made.task)


def _looked_into(
    id_: str,
    kind: Kind,
    folder: Path,
    tokenizer: PreTrainedTokenizerFast,
    reader: TokenReader,
    network: PreTrainedModel,
    virtual: VirtualTokens | None = None,
) -> LanguageModel:
    """The model of a ``network`` that is on its device; its attention passes the tap from now."""
    network.eval().requires_grad_(requires_grad=False)
    places = _tapped(id_, network, seq2seq=kind == "seq2seq")
    if virtual is not None and virtual.prefixes:
        if places is None:
            raise UnsupportedError(
                _("The attention of {id} cannot be recorded: choose another model.").format(id=id_)
            )
        install_prefixes(places, virtual.prefixes)
    return LanguageModel(
        id=id_,
        kind=kind,
        folder=folder,
        tokenizer=tokenizer,
        reader=reader,
        network=network,
        device=network.device,
        dtype=network.dtype,
        nbytes=_nbytes(network),
        shape=model_shape(network, tokenizer, places),
        places=places,
        blocks=None if places is None else install_blocks(network, places),
        virtual=virtual,
    )


def load_tokenizer(id_or_path: str, *, progress: Progress | None = None) -> TextTokenizer:
    """The tokenizer of a model, without its weights. Raises what ``load_model`` raises."""
    if is_run_name(id_or_path) and _stands_on_base(kept := find_kept(id_or_path)):
        return _adapter_tokenizer(kept, progress)
    folder = _checked_folder(id_or_path, progress)
    config = read_config(id_or_path, folder)
    tokenizer = _read_tokenizer(id_or_path, folder)
    return TextTokenizer(
        id=id_or_path,
        tokenizer=tokenizer,
        reader=TokenReader(tokenizer),
        max_tokens=max_tokens(config, tokenizer, None),
    )


def _stands_on_base(kept: KeptModel) -> bool:
    """Whether its size and tokenizer are those of the model that the run began from."""
    return kept.is_adapter or kept.step == 0


def _adapter_tokenizer(kept: KeptModel, progress: Progress | None) -> TextTokenizer:
    """The tokenizer of the model that an adapter belongs to, with the virtual tokens before it."""
    base = load_tokenizer(kept.base, progress=progress)
    if kept.virtual_tokens:
        put_before_texts(base.tokenizer, kept.virtual_tokens)
    return replace(base, id=kept.name, reader=TokenReader(base.tokenizer))


def model_size(id_or_path: str, *, progress: Progress | None = None) -> int:
    """The bytes that the model takes when loaded, from the headers of its files.

    An adapter takes those of the model that it belongs to.
    """
    if is_run_name(id_or_path) and _stands_on_base(kept := find_kept(id_or_path)):
        return model_size(kept.base, progress=progress)
    return _loaded_size(_checked_folder(id_or_path, progress))


def _checked_folder(id_or_path: str, progress: Progress | None) -> Path:
    if is_run_name(id_or_path):
        return find_kept(id_or_path).folder  # which we wrote, beside what the trainer keeps
    folder = ensure_model(id_or_path, progress)
    check_folder(folder)
    return folder


def _loaded_size(folder: Path) -> int:
    parameters = weights_size(folder).parameters
    return parameters * choose_dtype(parameters).itemsize


def _read_tokenizer(id_: str, folder: Path) -> PreTrainedTokenizerFast:
    if is_run_name(id_):
        kept = find_kept(id_)  # of a checkpoint it lies elsewhere
        folder = kept.tokenizer_folder or ensure_model(kept.base)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, use_fast=True, **LOCAL)
    except BaseException as error:
        if not isinstance(error, BROKEN) and not is_tokenizer_fault(error):
            raise
        logger.info("no tokenizer in %s", folder, exc_info=True)
        raise BrokenModelError(
            _(
                "The tokenizer of {id} cannot be read: put its tokenizer.json and "
                "tokenizer_config.json beside the weights."
            ).format(id=id_)
        ) from error
    # Without its files transformers makes up a tokenizer that knows its special tokens only.
    files = {"tokenizer.json", *tokenizer.vocab_files_names.values()}
    if not any((folder / name).is_file() for name in files):
        raise BrokenModelError(
            _("{id} comes without a tokenizer: put its tokenizer.json beside the weights.").format(
                id=id_
            )
        )
    return tokenizer


def _read_network(
    id_: str,
    folder: Path,
    config: PretrainedConfig,
    dtype: torch.dtype,
    ways: Sequence[Candidate],
) -> tuple[PreTrainedModel, Kind]:
    for last, way in zip([*[False] * (len(ways) - 1), True], ways, strict=True):
        network, missing = _from_folder(id_, folder, config, dtype, way)
        if not missing:
            return network, way.kind
        prefix = f"{network.base_model_prefix}."
        if last or any(name.startswith(prefix) for name in missing):
            raise BrokenModelError(
                _(
                    "{id} lacks {count} of its weights, {name} among them: fetch or copy it again."
                ).format(id=id_, count=len(missing), name=missing[0])
            )
    raise AssertionError("a model has at least one way to be loaded")


def _from_folder(
    id_: str, folder: Path, config: PretrainedConfig, dtype: torch.dtype, way: Candidate
) -> tuple[PreTrainedModel, list[str]]:
    """The network, and the names of weights that its files lack."""
    with _reading:
        network, report = way.auto_class.from_pretrained(
            folder,
            config=config,
            dtype=dtype,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # so that they are told, by us
            **LOCAL,
        )
    if report["mismatched_keys"]:
        name, found, wanted = min(report["mismatched_keys"])
        raise BrokenModelError(
            _(
                "The files of {id} contradict each other: {name} is {found} in the weights and "
                "{wanted} by config.json; fetch or copy it again."
            ).format(id=id_, name=name, found=_by(found), wanted=_by(wanted))
        )
    missing = sorted(report["missing_keys"])
    return network, [name for name in missing if not any(part in name for part in _UNUSED)]


def _weight_names(folder: Path) -> Collection[str]:
    names: set[str] = set()
    for file in weights_files(folder):
        with safe_open(file, framework="pt") as weights:
            names.update(weights.keys())
    return names


def _tapped(id_: str, network: PreTrainedModel, *, seq2seq: bool) -> AttentionPlaces | None:
    """Where the attention of ``network`` stands; a first pass that also warms it up."""
    installed = install(network)
    install_products(network)
    install_prediction(network)
    places, outputs = find_places(network, seq2seq=seq2seq)
    if not all(_finite(tensor) for tensor in (*network.parameters(), *outputs.values())):
        raise BrokenModelError(
            _("The weights of {id} are damaged: what it computes are no numbers.").format(id=id_)
        )
    return places if installed else None


def _finite(tensor: Tensor) -> bool:
    """Whether there are numbers only; a sum is much quicker than to look at each."""
    if not tensor.is_floating_point() or bool(torch.isfinite(tensor.sum())):
        return True
    return bool(torch.isfinite(tensor).all())


def _by(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1"


def _nbytes(network: PreTrainedModel) -> int:
    tensors = {part.data_ptr(): part.nbytes for part in (*network.parameters(), *network.buffers())}
    return sum(tensors.values())
