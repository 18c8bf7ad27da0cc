"""Loading: what becomes of good folders, and the sentence for every bad one."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from core.errors import (
    BrokenModelError,
    InputError,
    ModelNotFoundError,
    TextError,
    TooLargeError,
    UnsafeModelError,
    UnsupportedError,
)
from core.models import load_model, load_tokenizer, loading, model_size, room

KINDS = {
    "bert": "masked",
    "roberta": "masked",
    "modernbert": "masked",
    "gpt2": "causal",
    "llama": "causal",
    "opt": "causal",
    "bart": "seq2seq",
    "t5": "seq2seq",
}


def change_json(path, **values):
    held = json.loads(path.read_text())
    path.write_text(json.dumps({**held, **values}))


def change_weights(folder, change):
    weights = load_file(folder / "model.safetensors")
    save_file(change(weights), folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(("family", "kind"), KINDS.items())
def test_the_kind_follows_from_the_architecture(family, kind, model_folder):
    model = load_model(str(model_folder(family)))
    assert model.kind == kind
    assert model.id == str(model_folder(family))
    assert not model.network.training
    assert not any(part.requires_grad for part in model.network.parameters())
    assert model.dtype == torch.float32
    assert model.nbytes >= model_size(model.id) * 0.9


def test_models_that_are_read_at_the_same_time_are_taken_for_what_they_are(model_folder):
    families = ["bert", "gpt2", "roberta", "llama"]
    folders = [str(model_folder(family)) for family in families]
    with ThreadPoolExecutor(len(folders)) as threads:
        for _round in range(3):
            kinds = [model.kind for model in threads.map(load_model, folders)]
            assert kinds == ["masked", "causal", "masked", "causal"]


POSITIONS = {
    **dict.fromkeys(("bert", "distilbert", "albert", "gpt2", "opt", "bart"), 64),
    "roberta": 64 - 2,
}


@pytest.mark.parametrize(("family", "count"), POSITIONS.items())
def test_max_tokens_is_what_the_positions_allow(family, count, model_folder):
    model = load_model(str(model_folder(family)))
    assert model.shape.max_tokens == count
    assert load_tokenizer(str(model_folder(family))).max_tokens == count
    tokens = model.encode("The street is wide. " * 100)
    assert (len(tokens), tokens.cut.limit) == (count, count)
    with torch.inference_mode():
        assert torch.isfinite(model.network(**model.inputs(tokens)).logits).all()
        ids = torch.full((1, count + 1), 7)
        with pytest.raises((IndexError, RuntimeError)):
            model.network(input_ids=ids, attention_mask=torch.ones_like(ids))


def test_a_model_with_relative_positions_takes_its_tokenizers_length_or_512(model_folder, copy_of):
    assert load_model(str(model_folder("t5"))).shape.max_tokens == 512
    folder = copy_of("t5")
    change_json(folder / "tokenizer_config.json", model_max_length=100)
    assert load_model(str(folder)).shape.max_tokens == 100


def test_a_pair_is_refused_by_a_causal_model(model_folder):
    with pytest.raises(UnsupportedError, match="reads one text, not a pair"):
        load_model(str(model_folder("gpt2"))).encode("one", "two")
    with pytest.raises(UnsupportedError, match="encode_target"):
        load_model(str(model_folder("t5"))).encode("one", "two")
    with pytest.raises(TextError, match="empty"):
        load_model(str(model_folder("bert"))).encode(" ")


def test_the_decoder_reads_its_start_token_and_then_the_target_without_the_last(model_folder):
    model = load_model(str(model_folder("bart")))
    target = model.encode_target("the street")
    whole = model.reader.read("the street")
    assert target.ids == (model.network.config.decoder_start_token_id, *whole.ids[:-1])
    labels = torch.tensor([whole.ids])
    inputs = model.inputs(model.encode("the animal"), target)
    with torch.inference_mode():
        ours = model.network(**inputs).logits
        inputs.pop("decoder_input_ids")
        theirs = model.network(**inputs, labels=labels).logits
    assert torch.equal(ours, theirs)
    assert len(model.encode_target(None)) == 1
    with pytest.raises(UnsupportedError, match="no decoder"):
        load_model(str(model_folder("bert"))).encode_target("x")


def test_a_checkpoint_without_its_language_head_becomes_an_encoder(copy_of):
    folder = copy_of("bert")
    change_weights(folder, lambda held: {k: v for k, v in held.items() if "cls." not in k})
    assert load_model(str(folder)).kind == "encoder"


def test_weights_that_are_missing_are_never_made_up(copy_of):
    folder = copy_of("bert")
    change_weights(
        folder, lambda held: {k: v for k, v in held.items() if "layer.1.attention" not in k}
    )
    with pytest.raises(BrokenModelError, match="lacks 10 of its weights"):
        load_model(str(folder))


@pytest.mark.parametrize("network", ["T5EncoderModel", "T5Model", "T5ForConditionalGeneration"])
def test_the_encoder_of_two_halves_may_come_alone(network, copy_of):
    folder = copy_of("t5")
    whole = getattr(transformers, network).from_pretrained(folder)
    whole.save_pretrained(folder)
    model = load_model(str(folder))
    assert model.kind == ("encoder" if network == "T5EncoderModel" else "seq2seq")
    assert (model.shape.layers, model.shape.heads) == (2, 4)


def test_an_encoder_and_a_decoder_joined_are_a_seq2seq_model(copy_of):
    folder = copy_of("bert")
    half = transformers.BertConfig.from_pretrained(folder)
    joined = transformers.EncoderDecoderConfig.from_encoder_decoder_configs(half, half)
    joined.decoder_start_token_id = 2
    transformers.EncoderDecoderModel(joined).save_pretrained(folder)
    model = load_model(str(folder))
    assert model.kind == "seq2seq"
    assert (model.shape.hidden, model.shape.max_tokens, model.shape.decoder_layers) == (32, 64, 2)


def test_a_missing_pooler_is_no_fault(copy_of):
    folder = copy_of("bert")
    change_json(folder / "config.json", architectures=["BertModel"])
    assert load_model(str(folder)).kind == "encoder"


def test_a_model_fitted_to_a_task_is_loaded_without_its_head(copy_of):
    folder = copy_of("bert")
    change_json(folder / "config.json", architectures=["BertForSequenceClassification"])
    assert load_model(str(folder)).kind == "encoder"


def spoil_shapes(folder):
    change_json(folder / "config.json", hidden_size=64)


def spoil_bytes(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])


def spoil_numbers(folder):
    def change(held):
        name = next(name for name in held if name.endswith("LayerNorm.weight"))
        return {**held, name: held[name] * float("nan")}

    change_weights(folder, change)


def spoil_config(folder):
    (folder / "config.json").write_text("{")


def spoil_values(folder):
    change_json(folder / "config.json", num_attention_heads=5)


def drop_tokenizer(folder):
    for file in folder.glob("tokenizer*"):
        file.unlink()


def spoil_tokenizer(folder):
    (folder / "tokenizer.json").write_text("{}")


def change_type(folder):
    change_json(folder / "config.json", model_type="unheard-of")


def quantize(folder):
    change_json(folder / "config.json", quantization_config={"quant_method": "gptq", "bits": 4})


def pickle_weights(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def bring_code(folder):
    change_json(folder / "config.json", auto_map={"AutoModel": "modeling.Own"})


def adapt(folder):
    (folder / "adapter_config.json").write_text("{}")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (spoil_shapes, BrokenModelError),
        (spoil_bytes, BrokenModelError),
        (spoil_numbers, BrokenModelError),
        (spoil_config, BrokenModelError),
        (spoil_values, BrokenModelError),
        (drop_tokenizer, BrokenModelError),
        (spoil_tokenizer, BrokenModelError),
        (change_type, UnsupportedError),
        (quantize, UnsupportedError),
        (pickle_weights, UnsafeModelError),
        (bring_code, UnsafeModelError),
        (adapt, UnsupportedError),
    ],
)
def test_a_spoilt_folder_gives_one_sentence(spoil, error, copy_of):
    folder = copy_of("bert")
    spoil(folder)
    with pytest.raises(error) as raised:
        load_model(str(folder))
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 600


def test_a_name_that_stands_for_nothing_is_said_to_be_unknown(headlight_home):
    with pytest.raises(ModelNotFoundError):
        load_model("no-such-model")
    with pytest.raises(ModelNotFoundError):
        load_tokenizer("/no/such/folder")


def test_what_does_not_fit_is_refused_before_it_is_read(model_folder, monkeypatch):
    monkeypatch.setattr(room, "available_memory", lambda device: 1000)
    monkeypatch.setattr(loading, "_read_network", lambda *_: pytest.fail("it was read"))
    with pytest.raises(TooLargeError, match=r"needs \d+ KB of memory and cpu has \d+ KB free"):
        load_model(str(model_folder("bert")))


def test_a_device_that_is_not_there_is_refused(model_folder):
    with pytest.raises(InputError, match="choose cuda, mps or cpu"):
        load_model(str(model_folder("bert")), device="tpu")


def test_a_tokenizer_is_read_without_weights(model_folder, monkeypatch):
    monkeypatch.setattr(loading, "_read_network", lambda *_: pytest.fail("weights were read"))
    tokenizer = load_tokenizer(str(model_folder("bert")))
    assert tokenizer.encode("the street").texts == ("[CLS]", "the", "street", "[SEP]")
    assert tokenizer.vocabulary_size == len(tokenizer.tokenizer)
    assert tokenizer.padding == "[PAD]"
    assert tokenizer.encode("the street " * 300).cut is None
    assert load_tokenizer(str(model_folder("gpt2"))).padding == "<|endoftext|>"


def test_ids_beyond_the_vocabulary_are_refused(model_folder):
    from dataclasses import replace

    model = load_model(str(model_folder("bert")))
    tokens = model.encode("the street")
    with pytest.raises(InputError, match="no token number 99999"):
        model.inputs(replace(tokens, ids=(*tokens.ids[:-1], 99_999)))
