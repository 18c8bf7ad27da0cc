"""What is exported loads in plain transformers or PEFT and gives the outputs of the run."""

import sys
import zipfile
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

from core.errors import InputError
from core.tuning.exporting import export_model, forms_of, main
from core.tuning.finetune.restoring import restore
from core.tuning.kept import find_kept
from core.tuning.runs import RunStore

sys.path.append(str(Path(__file__).parent))
from finished import finish_run

pytestmark = pytest.mark.slow

CLASSES = {
    "classification": AutoModelForSequenceClassification,
    "causal": AutoModelForCausalLM,
    "masked": AutoModelForMaskedLM,
}
TEXT = "The animal is wide and tired."
EXPORTS = [
    ("bert", "classification", "full", "transformers"),
    ("bert", "classification", "head", "transformers"),
    ("bert", "classification", "lora", "transformers"),
    ("bert", "classification", "lora", "peft"),
    ("bert", "masked", "lora", "transformers"),
    ("gpt2", "causal", "lora", "peft"),
    ("gpt2", "causal", "prefix", "peft"),
    ("llama", "causal", "lora", "transformers"),
    ("llama", "causal", "prompt", "peft"),
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path))
    return tmp_path


def _loaded(folder, spec, form):
    auto_class = CLASSES[spec.kind]
    if form == "transformers":
        return auto_class.from_pretrained(folder, attn_implementation="eager")
    names = {"num_labels": 2} if spec.kind == "classification" else {}
    base = auto_class.from_pretrained(spec.model, attn_implementation="eager", **names)
    return PeftModel.from_pretrained(base, folder)


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # within PEFT
@pytest.mark.parametrize(("family", "kind", "method", "form"), EXPORTS)
@pytest.mark.parametrize("which", ["kept", "checkpoint"])
def test_plain_libraries_load_what_was_exported(
    home, make_spec, make_examples, family, kind, method, form, which
):
    spec = make_spec(family, kind, method, rate=1e-2)
    run_id = finish_run(spec, make_examples(kind), make_examples(kind, 6))
    kept = find_kept(f"run:{run_id}" + ("@3" if which == "checkpoint" else ""))
    assert form in forms_of(kept)
    folder = export_model(kept, home / "exported", form)
    names = {path.name for path in folder.iterdir()}
    assert {"README.md", "tokenizer.json"} <= names
    assert not any(name.endswith((".pt", ".bin", ".pth")) for name in names)
    model = _loaded(folder, spec, form).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer([TEXT], padding=False, truncation=True, return_tensors="pt")
    inputs = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    with torch.no_grad():
        expected = restore(kept).network(**inputs).logits
        found = model(**inputs).logits
    difference = float((found - expected).abs().max())
    merged = method == "lora" and form == "transformers"
    # The weights are the same; where they lie in memory can change the order of a sum.
    assert difference <= (2e-6 if merged else 1e-7)
    card = (folder / "README.md").read_text("utf-8")
    assert f"library_name: {form}" in card
    assert "## Use" in card
    assert str(Path(spec.model).parent) not in card


def test_the_command_writes_a_zip_and_refuses_what_is_there(home, make_spec, make_examples, capsys):
    spec = make_spec("bert")
    examples = make_examples("classification")
    run_id = finish_run(spec, examples, examples, name="My run: 电影")
    target = home / "out.zip"
    assert main([run_id, str(target)]) == 0
    with zipfile.ZipFile(target) as packed:
        names = packed.namelist()
    assert f"My-run-电影-{run_id[:4]}/model.safetensors" in names
    assert main([run_id, str(target)]) == 1
    assert "out.zip is there already" in capsys.readouterr().err
    assert main(["0123456789", str(home / "no")]) == 1
    assert "There is no run 0123456789 any more" in capsys.readouterr().err
    assert not list(home.glob(".export-*"))


def test_a_form_that_the_model_does_not_have_is_refused(home, make_spec, make_examples):
    examples = make_examples("causal")
    run_id = finish_run(make_spec("gpt2", "causal", "prompt"), examples, examples)
    with RunStore() as store, pytest.raises(InputError, match="choose peft"):
        export_model(find_kept(f"run:{run_id}", store), home / "x", "transformers")
