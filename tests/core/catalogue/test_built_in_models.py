"""The built-in models as they lie in the default home: fetched, whole, and the real ones."""

import pytest

from core.catalogue import check_folder, ensure_model, find_model, is_fetched, models, weights_size

pytestmark = pytest.mark.models


@pytest.mark.parametrize("name", [entry.id for entry in models() if entry.built_in])
def test_it_is_fetched_and_passes_every_check(name):
    folder = ensure_model(name)
    check_folder(folder)
    assert is_fetched(find_model(name))
    assert weights_size(folder).parameters == find_model(name).parameters


def test_smollm2_keeps_its_chat_template_and_its_way_with_digits():
    """Digits one by one, and the spaces before them together, as SmolLM's own tokenizer."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(ensure_model("smollm2-135m-instruct"))
    assert tokenizer.tokenize("a  12") == ["a", "ĠĠ", "1", "2"]
    chat = tokenizer.apply_chat_template([{"role": "user", "content": "Hi"}], tokenize=False)
    assert chat.endswith("<|im_start|>user\nHi<|im_end|>\n")
    assert tokenizer.model_max_length == 8192


def test_smollm2_knows_the_capital_of_france():
    """facts.md: greedy from "The capital of France is" gives " Paris."."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = ensure_model("smollm2-135m-instruct")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder)
    ids = tokenizer("The capital of France is", return_tensors="pt")
    out = network.generate(**ids, max_new_tokens=2, do_sample=False)
    assert tokenizer.decode(out[0][ids["input_ids"].shape[1] :]) == " Paris."
