import json
import os

import pytest

from core.catalogue import check_folder, ensure_model
from core.catalogue.safety import kind_of
from core.errors import BrokenModelError, UnsafeModelError, UnsupportedError


def test_a_whole_model_passes_and_is_returned_as_it_is(make_model):
    folder = make_model()
    check_folder(folder)
    assert ensure_model(str(folder)) == folder


def test_a_folder_without_a_configuration_is_no_model_folder(tmp_path):
    with pytest.raises(BrokenModelError, match=r"no model folder: it has no config\.json"):
        check_folder(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["pytorch_model.bin", "model.pt", "model.pth", "x.ckpt", "x.PKL", "tf_model.h5", "x.msgpack"],
)
def test_pickled_weights_are_refused_with_the_reason(make_model, name):
    folder = make_model(**{name: b"x"})
    check_folder(folder)  # beside safetensors they are not opened
    (folder / "model.safetensors").unlink()
    with pytest.raises(UnsafeModelError, match="can run code when they are opened"):
        check_folder(folder)


def test_a_folder_without_weights_says_so(make_model):
    folder = make_model()
    (folder / "model.safetensors").unlink()
    with pytest.raises(BrokenModelError, match="holds no weights"):
        check_folder(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
@pytest.mark.parametrize("inside", [False, True])
def test_code_that_comes_with_a_model_is_refused(make_model, name, inside):
    values = {"auto_map": {"AutoModel": "modeling.Own"}}
    folder = make_model()
    (folder / name).write_text(json.dumps({"text_config": [values]} if inside else values))
    with pytest.raises(UnsafeModelError, match=f"its own code .{name}"):
        check_folder(folder)


@pytest.mark.parametrize("content", [b"{", b"\xff\xff", b"[1]", b"null", b"[" * 200_000, b""])
def test_a_configuration_that_is_no_json_object_is_refused(make_model, content):
    folder = make_model()
    (folder / "config.json").write_bytes(content)
    with pytest.raises(BrokenModelError, match=r"config\.json of model"):
        check_folder(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "vocab.txt", "spiece.model", "x.jinja"])
def test_a_huge_file_beside_the_weights_is_refused_unread(make_model, name):
    folder = make_model(**{name: b"x"})
    with (folder / name).open("r+b") as file:
        file.truncate(5_000_000_000)
    with pytest.raises(BrokenModelError, match="5000 MB and the limit is 100 MB"):
        check_folder(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_pipe_or_a_device_is_no_file_and_nobody_waits_for_it(make_model, name):
    folder = make_model()
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(BrokenModelError, match=r"no config\.json|no weights"):
        check_folder(folder)
    (folder / name).unlink()
    (folder / name).symlink_to("/dev/zero")
    with pytest.raises(BrokenModelError, match=r"no config\.json|no weights"):
        check_folder(folder)


def test_an_adapter_alone_is_told_from_a_model(tmp_path):
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(UnsupportedError, match="needs its base model"):
        check_folder(tmp_path)


def test_a_huge_configuration_is_refused_unread(make_model):
    folder = make_model()
    with (folder / "config.json").open("r+b") as file:
        file.truncate(10**11)
    with pytest.raises(BrokenModelError, match="the limit is 2 MB"):
        check_folder(folder)


def test_damaged_weights_are_refused(make_model, make_safetensors):
    folder = make_model(weights=make_safetensors()[:-1])
    with pytest.raises(BrokenModelError, match="cannot be used"):
        check_folder(folder)


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"architectures": ["BertForMaskedLM"]}, "masked"),
        ({"architectures": ["GPT2LMHeadModel"]}, "causal"),
        ({"architectures": ["LlamaForCausalLM"]}, "causal"),
        ({"architectures": ["MarianMTModel"], "is_encoder_decoder": True}, "seq2seq"),
        ({"architectures": ["BertModel"]}, "encoder"),
        ({"architectures": []}, "encoder"),
        ({}, "encoder"),
    ],
)
def test_the_kind_follows_from_the_architecture(config, kind):
    assert kind_of(config) == kind
