"""Folders that somebody made to do harm: nothing is run, fetched or made up, and none hangs."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from core.attention import capture_attention
from core.errors import BrokenModelError, TextError, TooLargeError, UnsupportedError
from core.models import load_model, load_tokenizer, loading


def change_json(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize(
    "orders",
    [
        {"attn_implementation": "owner/kernel", "experts_implementation": "owner/kernel"},
        {"attn_implementation": "flash_attention_2"},
        {"return_dict": False, "output_hidden_states": True},
        {"output_attentions": True},
        {"transformers_weights": "other.safetensors"},
        {"architectures": [5]},
        {"architectures": None},
    ],
)
def test_a_configuration_describes_and_does_not_order(orders, copy_of):
    folder = copy_of("bert")
    change_json(folder / "config.json", **orders)
    model = load_model(str(folder))
    assert model.kind == "masked"
    assert capture_attention(model, "the street").weights.shape == (2, 4, 4, 4)


@pytest.mark.parametrize(
    "counts",
    [
        {"num_hidden_layers": 10**9},
        {"encoder": {"num_layers": 10**9}},
        {"num_local_experts": 10**9},
        {"block_sizes": [2, 10**9]},
        {"num_labels": 10**9},
    ],
)
def test_counts_that_no_model_has_are_refused_before_anything_is_built(counts, copy_of):
    folder = copy_of("bert")
    change_json(folder / "config.json", **counts)
    for load in (load_model, load_tokenizer):
        with pytest.raises(TooLargeError, match=r"asks for \w+ = 1,000,000,000, and the limit"):
            load(str(folder))


def test_a_large_claim_over_small_weights_is_refused_before_it_takes_memory(copy_of, monkeypatch):
    folder = copy_of("bert")
    change_json(folder / "config.json", vocab_size=10**11)
    save_file({"other": torch.ones(1)}, folder / "model.safetensors", metadata={"format": "pt"})
    monkeypatch.setattr(loading, "_read_network", lambda *_: pytest.fail("it was built"))
    with pytest.raises(TooLargeError, match=r"needs \d+\.\d GB of memory"):
        load_model(str(folder))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_one_weight_that_is_no_number_is_found(value, copy_of):
    folder = copy_of("bert")
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if name.endswith("query.weight"))
    weights[name][0, 0] = value
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BrokenModelError, match="damaged"):
        load_model(str(folder))


def test_weights_of_another_shape_are_named_with_both_shapes(copy_of):
    folder = copy_of("bert")
    change_json(folder / "config.json", intermediate_size=40)
    with pytest.raises(BrokenModelError, match=r"is 48 in the weights and 40 by config\.json"):
        load_model(str(folder))


def test_a_type_that_is_missing_is_said_without_the_folders_path_twice(copy_of):
    folder = copy_of("bert")
    (folder / "config.json").write_text("{}")
    with pytest.raises(UnsupportedError, match="of a type that transformers does not know") as told:
        load_model(str(folder))
    assert str(told.value).count(str(folder)) == 1


def with_pattern(folder, pattern):
    change_json(
        folder / "tokenizer.json",
        pre_tokenizer={
            "type": "Split",
            "pattern": {"Regex": pattern},
            "behavior": "Isolated",
            "invert": False,
        },
    )
    return str(folder)


def test_a_pattern_that_takes_for_ever_ends_in_a_sentence(copy_of, capfd):
    tokenizer = load_tokenizer(with_pattern(copy_of("bert"), "(x+x+)+y"))
    with pytest.raises(TextError, match=r"cannot read this text .*retry-limit"):
        tokenizer.encode("x" * 60)
    capfd.readouterr()  # the library's own complaint


def test_a_pattern_that_is_none_ends_in_a_sentence(copy_of):
    with pytest.raises(BrokenModelError, match=r"tokenizer of .* cannot be read"):
        load_tokenizer(with_pattern(copy_of("bert"), "((("))


def test_a_tokenizer_without_its_unknown_token_ends_in_a_sentence(copy_of):
    folder = copy_of("bert")
    model = json.loads((folder / "tokenizer.json").read_text())["model"]
    change_json(folder / "tokenizer.json", model={**model, "unk_token": "[NONE]"})
    with pytest.raises(TextError, match=r"cannot read this text .*Missing \[UNK\]"):
        load_tokenizer(str(folder)).encode("zebra ☂")
