"""What is trained, how much of it there is, and what the formulas of the papers say."""

import dataclasses

import pytest
import torch
from peft import get_peft_model
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BloomConfig,
    BloomForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
)

from core.errors import InputError, UnsupportedError
from core.tuning.finetune import networks
from core.tuning.finetune.networks import build_network

HIDDEN, LAYERS, CLASSES = 32, 2, 2
LABELS = ("positive", "negative")
HEAD = HIDDEN * CLASSES + CLASSES
POOLER = HIDDEN * HIDDEN + HIDDEN


@pytest.mark.parametrize(
    ("family", "kind", "method", "count"),
    [
        # LoRA: Σ r (d_in + d_out); BERT's query and value, GPT-2's c_attn.
        ("bert", "masked", "lora", LAYERS * 2 * 8 * (HIDDEN + HIDDEN)),
        ("gpt2", "causal", "lora", LAYERS * 8 * (HIDDEN + 3 * HIDDEN)),
        # Two of four key-value heads: v_proj is half as wide.
        ("llama", "causal", "lora", LAYERS * 8 * (HIDDEN + HIDDEN + HIDDEN + HIDDEN // 2)),
        # Prompt tuning: tokens × hidden; prefix tuning: tokens × layers × 2 × hidden.
        ("gpt2", "causal", "prompt", 4 * HIDDEN),
        ("gpt2", "causal", "prefix", 4 * LAYERS * 2 * HIDDEN),
        ("llama", "causal", "prefix", 4 * LAYERS * 2 * HIDDEN // 2),
        ("bert", "masked", "prompt", 4 * HIDDEN),
        ("bert", "masked", "prefix", 4 * LAYERS * 2 * HIDDEN),
        # A new head comes on top, with the pooler that the tiny model's files lack.
        ("bert", "classification", "head", HEAD + POOLER),
        ("bert", "classification", "prompt", HEAD + POOLER + 4 * HIDDEN),
        ("bert", "tagging", "head", HEAD),
        ("bert", "tagging", "prefix", HEAD + 4 * LAYERS * 2 * HIDDEN),
        ("gpt2", "classification", "head", HIDDEN * CLASSES),
        # With words for labels there is no head: LoRA's matrices or the virtual tokens alone.
        ("bert", "classification", "pet-lora", LAYERS * 2 * 8 * (HIDDEN + HIDDEN)),
        ("bert", "classification", "pet-prompt", 4 * HIDDEN),
        ("gpt2", "pair", "pet-prompt", 4 * HIDDEN),
    ],
)
def test_as_many_parameters_are_trained_as_the_formula_says(make_spec, family, kind, method, count):
    labels = LABELS if kind in ("classification", "tagging") else ()
    assert build_network(make_spec(family, kind, method), labels).trainable == count


@pytest.mark.parametrize(
    ("config", "network", "kind", "count"),
    [
        (BertConfig, BertForSequenceClassification, "classification", 296_450),
        (GPT2Config, GPT2LMHeadModel, "causal", 294_912),
    ],
)
def test_lora_of_the_published_sizes(make_spec, config, network, kind, count):
    """known-answers.md: bert-base with r = 8 and a head of two classes; GPT-2 on c_attn."""
    spec = make_spec("bert" if kind == "classification" else "gpt2", kind, "lora")
    new = ("classifier.weight", "classifier.bias") if kind == "classification" else ()
    with torch.device("meta"):
        adapted = networks._adapted(spec, network(config()), new)
    found = sum(part.numel() for part in adapted.parameters() if part.requires_grad)
    assert found == count


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # within PEFT
@pytest.mark.parametrize(
    ("method", "tokens", "count"), [("prompt", 8, 8_192), ("prefix", 20, 983_040)]
)
def test_virtual_tokens_of_the_published_sizes(make_spec, method, tokens, count):
    """known-answers.md: bloomz-560m, 24 layers of 1,024; tokens × hidden, and × 2 × layers."""
    spec = make_spec("gpt2", "causal", method, virtual_tokens=tokens)
    config = BloomConfig(vocab_size=250_880, hidden_size=1024, n_layer=24, n_head=16)
    with torch.device("meta"):
        network = BloomForCausalLM(config)
        adapted = get_peft_model(network, networks._peft_config(spec, network, ()))
    found = sum(part.numel() for part in adapted.parameters() if part.requires_grad)
    assert found == count


@pytest.mark.parametrize("method", ["lora", "full", "head"])
def test_the_same_seed_makes_the_same_new_head(make_spec, method):
    first, again, other = (
        build_network(make_spec("bert", method=method, seed=seed), LABELS) for seed in (3, 3, 4)
    )
    weights = [dict(each.network.named_parameters()) for each in (first, again, other)]
    heads = [name for name in weights[0] if "classifier" in name and name.endswith("weight")]
    assert heads
    for name in heads:
        assert torch.equal(weights[0][name], weights[1][name])
        assert not torch.equal(weights[0][name], weights[2][name])


@pytest.mark.parametrize(("family", "kind"), [("bert", "masked"), ("gpt2", "causal")])
def test_lora_begins_as_its_model(make_spec, family, kind):
    """known-answers.md: step 0 = base and adapter off = base, to 0.0."""
    base = build_network(make_spec(family, kind)).network.eval()
    adapted = build_network(make_spec(family, kind, "lora")).network.eval()
    ids = torch.arange(6, 16)[None]
    with torch.no_grad():
        plain = base(input_ids=ids).logits
        assert torch.equal(adapted(input_ids=ids).logits, plain)
        with adapted.disable_adapter():
            assert torch.equal(adapted(input_ids=ids).logits, plain)


@pytest.mark.parametrize(
    ("family", "kind", "method"),
    [
        ("bert", "causal", "full"),
        ("gpt2", "masked", "full"),
        ("t5", "classification", "full"),
        ("gpt2", "classification", "prompt"),
        ("modernbert", "masked", "prefix"),
        ("albert", "masked", "prefix"),
        ("albert", "classification", "prompt"),
    ],
)
def test_what_a_model_cannot_learn_is_refused(make_spec, family, kind, method):
    labels = LABELS if kind == "classification" else ()
    with pytest.raises(UnsupportedError, match="choose another model or method"):
        build_network(make_spec(family, kind, method), labels)


def test_a_model_without_a_head_for_words_gets_none_of_random_numbers(make_spec, encoder):
    spec = make_spec("bert", "masked")
    with pytest.raises(UnsupportedError, match="no head that predicts words"):
        build_network(dataclasses.replace(spec, model=str(encoder)))


def test_virtual_tokens_take_the_room_of_the_text(make_spec):
    """The tiny model has 64 positions."""
    spec = make_spec("bert", "masked", "prompt", virtual_tokens=40, max_tokens=128)
    assert build_network(spec).limit == 24
    with pytest.raises(InputError, match="60 virtual tokens"):
        build_network(make_spec("bert", "masked", "prompt", virtual_tokens=60))


@pytest.mark.parametrize(("family", "kind"), [("bert", "classification"), ("gpt2", "causal")])
def test_virtual_tokens_begin_as_the_words_that_are_named(make_spec, family, kind):
    """Lester et al. 2021, section 3.2: from the vectors of words, repeated to their number."""
    spec = make_spec(family, kind, "prompt", virtual_tokens=5, virtual_text="street animal")
    tuned = build_network(spec, LABELS if kind == "classification" else ())
    ids = tuned.tokenizer("street animal", add_special_tokens=False)["input_ids"]
    words = tuned.network.get_input_embeddings().weight
    found = tuned.network.prompt_encoder["default"].embedding.weight
    assert torch.equal(found, words[[ids[place % len(ids)] for place in range(5)]])
    assert found.requires_grad


def test_a_text_without_a_token_begins_no_virtual_token(make_spec):
    spec = make_spec("bert", "classification", "prompt", virtual_text="\u200b")
    with pytest.raises(InputError, match="begin from other words"):
        build_network(spec, LABELS)
