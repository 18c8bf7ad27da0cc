"""The loop on tiny networks: it learns, starts where it should, and resumes without a trace."""

import dataclasses
import math
import shutil

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    TrainingArguments,
)

from core.errors import InputError
from core.tuning.finetune import running
from core.tuning.finetune.batches import TrainingBatches
from core.tuning.finetune.evaluation import evaluate
from core.tuning.finetune.loss import mean_loss, predictions
from core.tuning.finetune.networks import build_network
from core.tuning.finetune.running import read_material, tune
from core.tuning.probes import ProbeSpec
from core.tuning.training import newest_checkpoint, on_one_device

pytestmark = pytest.mark.slow

CLASSES = {
    "classification": AutoModelForSequenceClassification,
    "pair": AutoModelForSequenceClassification,
    "tagging": AutoModelForTokenClassification,
    "causal": AutoModelForCausalLM,
    "completion": AutoModelForCausalLM,
    "masked": AutoModelForMaskedLM,
}
RUNS = [
    ("bert", "classification", "full"),
    ("bert", "classification", "lora"),
    ("bert", "pair", "head"),
    ("bert", "pair", "prompt"),
    ("bert", "tagging", "prefix"),
    ("bert", "masked", "full"),
    ("bert", "masked", "prompt"),
    ("bert", "classification", "pet"),
    ("bert", "classification", "pet-lora"),
    ("bert", "classification", "pet-prompt"),
    ("gpt2", "classification", "pet"),
    ("gpt2", "classification", "lora"),
    ("gpt2", "causal", "full"),
    ("llama", "completion", "lora"),
    ("llama", "causal", "prompt"),
    ("distilbert", "classification", "lora"),
]


def _template(method):
    return (
        {"template": "{text} It is {word}", "verbalizer": VERBALIZER}
        if method.startswith("pet")
        else {}
    )


VERBALIZER = (("positive", "wide"), ("negative", "tired"))


def _weights(folder):
    return load_file(next((folder / "model").glob("*model.safetensors")))


def _largest_difference(one, other):
    assert one.keys() == other.keys()
    return max(float((one[name] - other[name]).abs().max()) for name in one)


@pytest.fixture(scope="module", params=RUNS, ids="-".join)
def whole_run(request, make_spec, make_examples, make_watch, tmp_path_factory):
    """An uninterrupted run: its spec, its folder and its watch."""
    family, kind, method = request.param
    spec = make_spec(family, kind, method, keep="last", **_template(method))
    folder, watch = tmp_path_factory.mktemp("whole"), make_watch()
    tune(spec, make_examples(kind), make_examples(kind, 6), folder, watch)
    return spec, folder, watch


def test_stopped_and_resumed_equals_uninterrupted(whole_run, make_examples, make_watch, tmp_path):
    """known-answers.md: resume = uninterrupted, to 0.0; with shuffling, dropout and masking."""
    spec, whole, watch = whole_run
    training, held_out = make_examples(spec.kind), make_examples(spec.kind, 6)
    first, second = make_watch(stop_at=4), make_watch()
    tune(spec, training, held_out, tmp_path, first)
    assert not (tmp_path / "model").exists()
    assert newest_checkpoint(tmp_path).name == "checkpoint-4"
    tune(spec, training, held_out, tmp_path, second)
    assert _largest_difference(_weights(whole), _weights(tmp_path)) == 0.0
    losses = [point["loss"] for point in watch.points]
    assert [point["loss"] for point in first.points + second.points] == losses
    assert second.notes["result"] == watch.notes["result"]
    assert second.notes["seconds"] > first.notes["seconds"] > 0  # of both attempts together


def test_a_run_whose_folder_was_moved_keeps_its_best_checkpoint(
    make_spec, make_examples, make_watch, tmp_path
):
    """What a checkpoint says of the best one is a path."""
    spec = make_spec("bert", keep="best", rate=5e-2, evaluate_every=1, checkpoint_every=1)
    training, held_out = make_examples("classification"), make_examples("classification", 6)
    whole = make_watch()
    tune(spec, training, held_out, tmp_path / "whole", whole)
    tune(spec, training, held_out, tmp_path / "before", make_watch(stop_at=4))
    (tmp_path / "before").rename(tmp_path / "after")
    moved = make_watch()
    tune(spec, training, held_out, tmp_path / "after", moved)
    assert moved.notes["result"] == whole.notes["result"]
    assert _largest_difference(_weights(tmp_path / "whole"), _weights(tmp_path / "after")) == 0.0


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # within PEFT
def test_plain_transformers_or_peft_loads_the_model_as_it_was(whole_run, make_examples):
    """known-answers.md: reload = saved, to 0.0."""
    spec, folder, watch = whole_run
    kind, training = spec.kind, make_examples(spec.kind)
    auto_class = CLASSES[kind]
    if spec.by_pattern:
        masked = spec.model.endswith("bert")
        auto_class = AutoModelForMaskedLM if masked else AutoModelForCausalLM
    if (folder / "model" / "adapter_config.json").exists():
        names = {"num_labels": 2} if kind in ("classification", "pair", "tagging") else {}
        base = auto_class.from_pretrained(spec.model, attn_implementation="eager", **names)
        loaded = PeftModel.from_pretrained(base, folder / "model")
    else:
        loaded = auto_class.from_pretrained(folder / "model", attn_implementation="eager")
    tuned = build_network(spec, training.label_names)
    material = read_material(spec, tuned, training, make_examples(kind, 6))
    if loaded.config.pad_token_id is None:
        loaded.config.pad_token_id = tuned.tokenizer.pad_token_id
    score = evaluate(
        loaded,
        material.held_out,
        material.collator,
        classes=material.classes,
        choices=material.choices,
        seed=spec.seed,
    )
    assert score.loss == watch.notes["result"]["validation_loss"]


@pytest.mark.parametrize(
    ("family", "kind"),
    [("bert", "classification"), ("gpt2", "causal"), ("bert", "masked"), ("llama", "completion")],
)
def test_accumulation_is_a_larger_batch(
    make_spec, make_examples, make_watch, tmp_path, family, kind
):
    """known-answers.md: 2 × 4 = 8 × 1 to 1e-6, for BERT and for GPT-2."""
    settings = {"keep": "last", "rate": 1e-4, "weight_decay": 0.0}
    training, held_out = make_examples(kind), make_examples(kind, 4)
    watches = []
    for batch, accumulation in ((8, 1), (2, 4)):
        spec = make_spec(family, kind, batch=batch, accumulation=accumulation, **settings)
        if kind == "masked":  # the same words only where all are chosen
            rule = dataclasses.replace(spec.masking, rate=1.0, mask=1.0, random=0.0)
            spec = dataclasses.replace(spec, masking=rule)
        watches.append(make_watch())
        tune(
            _without_dropout(spec, tmp_path), training, held_out, tmp_path / f"{batch}", watches[-1]
        )
    for one, other in zip(watches[0].points, watches[1].points, strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-6)
        assert one["gradient_norm"] == pytest.approx(other["gradient_norm"], rel=1e-5)


def _without_dropout(spec, tmp_path):
    folder = tmp_path / "base"
    if not folder.exists():
        shutil.copytree(spec.model, folder)
        config = (folder / "config.json").read_text()
        for name in ("hidden_dropout_prob", "attention_probs_dropout_prob", "attn_pdrop",
                     "resid_pdrop", "embd_pdrop"):  # fmt: skip
            config = config.replace(f'"{name}": 0.1', f'"{name}": 0.0')
        (folder / "config.json").write_text(config)
    return dataclasses.replace(spec, model=str(folder))


@pytest.mark.parametrize(("family", "kind"), [("gpt2", "causal"), ("bert", "masked")])
def test_the_loss_is_the_library_s_own(make_spec, make_examples, family, kind):
    """GPT2LMHeadModel(labels=...) and BertForMaskedLM(labels=...), to 1e-6."""
    spec = make_spec(family, kind)
    tuned = build_network(spec)
    tuned.network.eval()
    material = read_material(spec, tuned, make_examples(kind), make_examples(kind, 2))
    batch = TrainingBatches(spec, material.training, material.collator)[1]
    with torch.no_grad():
        theirs = tuned.network(**batch).loss
        labels = batch.pop("labels")
        logits = tuned.network(**batch).logits
    ours = mean_loss(*predictions(logits, labels, shifted=material.training.shifted))
    assert float(ours) == pytest.approx(float(theirs), abs=1e-6)


@pytest.mark.parametrize(
    ("family", "kind", "method", "expected", "within"),
    [
        ("bert", "classification", "full", math.log(2), 0.1),
        ("bert", "tagging", "full", math.log(2), 0.1),
        ("gpt2", "causal", "prompt", math.log(447), 0.3),
        ("bert", "masked", "lora", math.log(190), 0.5),
    ],
)
def test_the_first_loss_is_that_of_guessing(
    make_spec, make_examples, watch, tmp_path, family, kind, method, expected, within
):
    """known-answers.md: ln classes, ln V, of a network that knows nothing yet."""
    spec = make_spec(family, kind, method, steps=1)
    tune(spec, make_examples(kind), make_examples(kind, 4), tmp_path, watch)
    assert watch.points[0]["loss"] == pytest.approx(expected, abs=within)
    assert watch.notes["guessing_loss"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("family", "method"),
    [("bert", "full"), ("bert", "lora"), ("bert", "pet"), ("gpt2", "full"), ("gpt2", "pet")],
)
def test_a_run_learns_to_tell_two_classes_apart(
    make_spec, make_examples, watch, tmp_path, family, method
):
    spec = make_spec(
        family,
        method=method,
        epochs=12,
        rate=5e-3,
        schedule="constant",
        **_template(method),
    )
    examples = make_examples("classification", 40)
    tune(spec, examples, make_examples("classification", 12), tmp_path, watch)
    assert watch.notes["result"]["accuracy"] == 1.0
    assert watch.notes["confusion"] == [[6, 0], [0, 6]]
    assert watch.notes["result"]["macro_f1"] == 1.0


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [
        ("classification", "accuracy", (0.3, 0.9, 0.5, 0.9)),
        ("masked", "loss", (3.0, 1.0, 2.0, 4.0)),
    ],
)
def test_the_best_checkpoint_becomes_the_model(
    make_spec, make_examples, watch, tmp_path, monkeypatch, kind, name, values
):
    """The more accurate one of classes, else the one of the smaller loss; of equals the first."""
    told = iter(values)

    def score(*args, **options):
        return dataclasses.replace(evaluate(*args, **options), **{name: next(told, 0.5)})

    monkeypatch.setattr(running, "evaluate", score)
    spec = make_spec("bert", kind, epochs=4, probes=ProbeSpec(enabled=False))
    tune(spec, make_examples(kind), make_examples(kind, 6), tmp_path, watch)
    assert watch.notes["result"]["step"] == 6
    names = {path.name for path in (tmp_path / "checkpoints").iterdir()}
    assert names == {"checkpoint-6", "checkpoint-12"}
    best = load_file(tmp_path / "checkpoints" / "checkpoint-6" / "model.safetensors")
    assert _largest_difference(best, _weights(tmp_path)) == 0.0


def test_a_run_that_ended_before_its_model_was_written_writes_it(
    make_spec, make_examples, make_watch, tmp_path
):
    spec = make_spec("bert", epochs=1)
    examples = make_examples("classification")
    tune(spec, examples, examples, tmp_path, make_watch())
    before = _weights(tmp_path)
    shutil.rmtree(tmp_path / "model")
    tune(spec, examples, examples, tmp_path, make_watch())
    assert _largest_difference(before, _weights(tmp_path)) == 0.0


def test_a_run_that_diverges_says_which_rate_to_take(make_spec, make_examples, watch, tmp_path):
    spec = make_spec("gpt2", "causal", rate=1.0, warmup=0.0, gradient_norm=1e6, epochs=200)
    broken = _with_infinite_weight(spec, tmp_path)
    with pytest.raises(InputError, match=r"learning rate of 0\.1,"):
        tune(broken, make_examples("causal"), make_examples("causal", 2), tmp_path / "run", watch)
    assert math.isnan(watch.points[-1]["loss"])


def _with_infinite_weight(spec, tmp_path):
    from safetensors.torch import save_file

    folder = tmp_path / "base"
    shutil.copytree(spec.model, folder)
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if name.endswith("ln_f.weight"))
    weights[name][0] = math.inf
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return dataclasses.replace(spec, model=str(folder))


def test_every_step_is_told_to_the_watch(make_spec, make_examples, watch, tmp_path):
    spec = make_spec("bert", evaluate_every=2, warmup=0.5)
    tune(spec, make_examples("classification"), make_examples("classification", 6), tmp_path, watch)
    assert [point["step"] for point in watch.points] == [1, 2, 3, 4, 5, 6]
    assert [point["step"] for point in watch.points if "accuracy" in point] == [2, 4, 6]
    assert all(point["tokens"] > 0 and point["gradient_norm"] > 0 for point in watch.points)
    assert watch.points[2]["rate"] == pytest.approx(2e-3 / 3)
    assert watch.notes["steps"] == 6
    assert watch.notes["majority"] == 0.5
    low, high = watch.notes["accuracy_interval"]
    assert low <= watch.notes["result"]["accuracy"] <= high
    assert watch.notes["label_names"] == ["positive", "negative"]


def test_one_process_uses_one_gpu():
    """Trainer hands out an item for each GPU that it sees, and here an item is a whole batch."""
    arguments = TrainingArguments(use_cpu=True, per_device_train_batch_size=1, report_to="none")
    arguments._n_gpu = 2
    assert arguments.train_batch_size == 2
    assert on_one_device(arguments).train_batch_size == 1


def test_bfloat16_training_leaves_a_float32_model(make_spec, make_examples, watch, tmp_path):
    """facts.md: the live model must equal its reload."""
    spec = make_spec("bert", epochs=1, precision="bfloat16")
    tune(spec, make_examples("classification"), make_examples("classification", 6), tmp_path, watch)
    assert {weight.dtype for weight in _weights(tmp_path).values()} == {torch.float32}
