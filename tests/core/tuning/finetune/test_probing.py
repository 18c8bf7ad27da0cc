"""Probes of runs: they change nothing, miss nothing, and say what the saved model says."""

import dataclasses

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from core.attention import capture_attention
from core.errors import InputError
from core.generation import SamplingSettings, generate_steps
from core.masked import predict_masks
from core.models import load_model
from core.tuning.finetune import running
from core.tuning.finetune.networks import build_network
from core.tuning.finetune.running import tune
from core.tuning.probes import ProbeSpec, ProbeText, probe_steps, read_probe
from core.tuning.probes.inspection import LearningModel
from core.tuning.probes.taking import masked_input

pytestmark = pytest.mark.slow

OFF = ProbeSpec(enabled=False)
RUNS = [
    ("bert", "classification", "full"),
    ("bert", "classification", "lora"),
    ("bert", "pair", "head"),
    ("bert", "pair", "prompt"),
    ("bert", "tagging", "prefix"),
    ("bert", "masked", "full"),
    ("bert", "masked", "prompt"),
    ("bert", "classification", "pet"),
    ("gpt2", "classification", "pet"),
    ("gpt2", "causal", "full"),
    ("llama", "completion", "lora"),
    ("llama", "causal", "prompt"),
    ("gpt2", "causal", "prefix"),
    ("distilbert", "classification", "lora"),
]
VERBALIZER = (("positive", "wide"), ("negative", "tired"))


def _template(method):
    return (
        {"template": "{text} It is {word}", "verbalizer": VERBALIZER}
        if method.startswith("pet")
        else {}
    )


def test_a_network_is_looked_into_where_the_trainer_has_moved_it(make_spec, make_examples):
    """Texts must reach the device that it is on by then."""
    spec = make_spec("bert")
    tuned = build_network(spec, make_examples("classification").label_names)
    learning = LearningModel(
        tuned.network, tuned.tokenizer, model_id=spec.model, kind="encoder", folder=tuned.folder
    )
    tuned.network.to("meta")
    with learning.inspected() as model:
        assert model.device.type == learning.base_model.device.type == "meta"


def _weights(folder):
    return load_file(next((folder / "model").glob("*model.safetensors")))


def _equal(one, other):
    """Whether two probes hold the same, to 0.0; their scores too."""
    same = all(
        (first.weights == second.weights).all()
        and (first.probabilities == second.probabilities).all()
        and first.continuation == second.continuation
        and (first.queries, first.keys) == (second.queries, second.keys)
        for first, second in zip(one.readings, other.readings, strict=True)
    )
    return same and one.scores == other.scores and one.inputs == other.inputs


@pytest.fixture(scope="module", params=RUNS, ids="-".join)
def probed(request, make_spec, make_examples, make_watch, tmp_path_factory):
    """A run with probes: its spec, its folder and its watch."""
    family, kind, method = request.param
    settings = {"keep": "every", "evaluate_every": 2, "checkpoint_every": 3, "seed": 5}
    settings["probes"] = ProbeSpec(every=100)
    spec = make_spec(family, kind, method, **settings, **_template(method))
    folder, watch = tmp_path_factory.mktemp("probed"), make_watch()
    tune(spec, make_examples(kind), make_examples(kind, 8), folder, watch)
    return spec, folder, watch


def test_a_run_with_probes_equals_one_without(probed, make_examples, make_watch, tmp_path):
    spec, folder, watch = probed
    plain, other = dataclasses.replace(spec, probes=OFF), make_watch()
    examples = make_examples(spec.kind), make_examples(spec.kind, 8)
    tune(plain, *examples, tmp_path, other)
    assert not probe_steps(tmp_path)
    one, two = _weights(folder), _weights(tmp_path)
    assert max(float((one[name] - two[name]).abs().max()) for name in one) == 0.0
    assert [point["loss"] for point in watch.points] == [point["loss"] for point in other.points]
    assert watch.notes["result"] == other.notes["result"]


def test_probes_are_taken_before_the_first_step_and_wherever_something_is_measured_or_kept(probed):
    _spec, folder, _watch = probed
    assert probe_steps(folder) == (0, 2, 3, 4, 6)
    assert not list((folder / "probes").glob("*.part"))


def test_a_resumed_run_has_each_probe_once_and_the_same(
    probed, make_examples, make_watch, tmp_path
):
    spec, folder, _watch = probed
    examples = make_examples(spec.kind), make_examples(spec.kind, 8)
    tune(spec, *examples, tmp_path, make_watch(stop_at=3))
    assert probe_steps(tmp_path) == (0, 2, 3)
    tune(spec, *examples, tmp_path, make_watch())
    assert probe_steps(tmp_path) == probe_steps(folder)
    for step in probe_steps(folder):
        assert _equal(read_probe(folder, step), read_probe(tmp_path, step))


def test_a_probe_holds_what_its_task_has(probed):
    spec, folder, watch = probed
    first, last = read_probe(folder, 0), read_probe(folder, 6)
    labelled = spec.kind in ("classification", "pair", "tagging")
    assert len(last.inputs) == 2
    assert last.heads == first.heads
    assert 2 <= len(last.heads) <= 4
    for given, reading in zip(last.inputs, last.readings, strict=True):
        rows = reading.weights.sum(-1)
        assert rows == pytest.approx(np.ones_like(rows), abs=1e-5)
        assert bool(reading.masks) == (spec.kind == "masked")
        assert bool(reading.continuation) == (spec.kind in ("causal", "completion"))
        if labelled:
            count = len(reading.words) if spec.kind == "tagging" else 1
            assert reading.probabilities.shape == (count, 2)
            assert reading.probabilities.sum(-1) == pytest.approx(np.ones(count), abs=1e-5)
            assert set(given.expected) <= set(last.label_names)
    if labelled:
        assert last.confusion.sum() == watch.notes["result"]["count"] == first.confusion.sum()
        assert last.confusion.tolist() == watch.notes["confusion"]
    assert last.scores["validation_loss"] == watch.points[5]["validation_loss"]
    moved = max(
        float(np.abs(one.weights - other.weights).max())
        for one, other in zip(first.readings, last.readings, strict=True)
    )
    assert (moved > 0) == (spec.method != "head")


def test_vectors_before_the_text_are_labelled(probed):
    spec, folder, _watch = probed
    virtual = spec.virtual_tokens if spec.adapter in ("prompt", "prefix") else 0
    for reading in read_probe(folder, 6).readings:
        assert reading.virtual_keys == virtual
        assert reading.virtual_queries == (virtual if spec.adapter == "prompt" else 0)
        assert reading.keys[:virtual] == tuple(f"[V{number + 1}]" for number in range(virtual))
        assert len(reading.keys) - virtual == len(reading.queries) - reading.virtual_queries


def _checkpoint(spec, folder, step):
    """The checkpoint of ``step`` with its tokenizer, so that it is a model."""
    path = folder / "checkpoints" / f"checkpoint-{step}"
    build_network(spec, ("positive", "negative")).tokenizer.save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def run_of(make_spec, make_examples, make_watch, tmp_path_factory):
    """``run_of(family, kind, **settings)`` → the spec and folder of a run that kept every step."""

    def run(family, kind, method="full", **settings):
        settings = {"keep": "every", "checkpoint_every": 2, **settings}
        spec = make_spec(family, kind, method, **settings)
        folder = tmp_path_factory.mktemp("kept")
        tune(spec, make_examples(kind), make_examples(kind, 8), folder, make_watch())
        return spec, folder

    return run


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", ["classification", "masked"])
def test_attention_is_that_of_the_saved_checkpoint(run_of, kind, precision):
    """core.attention.capture_attention, to 0.0; in float32 whatever it was trained in."""
    spec, folder = run_of("bert", kind, precision=precision)
    model = load_model(str(_checkpoint(spec, folder, 4)))
    probe = read_probe(folder, 4)
    for given, reading in zip(probe.inputs, probe.readings, strict=True):
        tokens = masked_input(model, given.text)[0] if kind == "masked" else given.text
        capture = capture_attention(model, tokens)
        assert capture.tokens.labels == reading.keys
        for place, weights in zip(probe.heads, reading.weights, strict=True):
            assert float(np.abs(capture.head(*place) - weights).max()) == 0.0


def test_words_behind_masks_are_those_of_the_saved_checkpoint(run_of):
    texts = (ProbeText(text="The [MASK] is wide and [MASK]."), ProbeText(text="It was the street"))
    spec, folder = run_of("bert", "masked", probes=ProbeSpec(texts=texts))
    model = load_model(str(_checkpoint(spec, folder, 4)))
    probe = read_probe(folder, 4)
    for given, reading in zip(probe.inputs, probe.readings, strict=True):
        tokens, originals = masked_input(model, given.text)
        wanted = predict_masks(model, tokens, top_k=5, originals=originals)
        assert [mask.position for mask in reading.masks] == [mask.position for mask in wanted]
        for one, other in zip(reading.masks, wanted, strict=True):
            assert one.words == other.texts
            assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)
            if other.original:
                assert (one.original, one.rank) == (other.original.text, other.original.rank)
    assert [mask.original for mask in probe.readings[1].masks] == ["street"]


def test_the_text_written_is_that_of_the_saved_checkpoint(run_of):
    spec, folder = run_of("gpt2", "causal", rate=1e-2)
    model = load_model(str(_checkpoint(spec, folder, 4)))
    probe = read_probe(folder, 4)
    greedy = SamplingSettings(greedy=True)
    for given, reading in zip(probe.inputs, probe.readings, strict=True):
        steps = tuple(generate_steps(model, given.text, settings=greedy, max_new_tokens=12))
        assert "".join(reading.continuation) == "".join(step.text for step in steps)
        assert reading.continuation_probabilities == pytest.approx(
            [step.probability for step in steps], abs=1e-5
        )


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # within PEFT
@pytest.mark.parametrize("method", ["full", "lora"])
def test_probabilities_of_labels_are_those_of_the_saved_checkpoint(run_of, method):
    spec, folder = run_of("bert", "classification", method)
    path = _checkpoint(spec, folder, 4)
    options = {"attn_implementation": "eager", "num_labels": 2}
    start = spec.model if method == "lora" else path
    network = AutoModelForSequenceClassification.from_pretrained(start, **options)
    if method == "lora":
        network = PeftModel.from_pretrained(network, path)
    tokenizer = build_network(spec, ("positive", "negative")).tokenizer
    probe = read_probe(folder, 4)
    for given, reading in zip(probe.inputs, probe.readings, strict=True):
        inputs = tokenizer(given.text, truncation=True, max_length=32, return_tensors="pt")
        with torch.no_grad():
            wanted = network.eval()(**inputs).logits.softmax(-1)
        assert reading.probabilities == pytest.approx(wanted.numpy(), abs=1e-6)


def test_probes_come_a_dozen_times_in_a_run_or_as_often_as_the_spec_says():
    steps = [step for step in range(1, 121) if ProbeSpec().is_due(step, 120)]
    assert steps == list(range(10, 121, 10))
    assert [step for step in range(1, 8) if ProbeSpec(every=3).is_due(step, 120)] == [3, 6]
    assert all(ProbeSpec().is_due(step, 5) for step in range(1, 6))


def test_chosen_heads_and_texts_are_looked_into(run_of):
    probes = ProbeSpec(texts=(ProbeText(text="The street is yellow"),), heads=((1, 3), (0, 2)))
    _spec, folder = run_of("bert", "classification", probes=probes)
    probe = read_probe(folder, 2)
    assert [given.text for given in probe.inputs] == ["The street is yellow"]
    assert probe.heads == ((1, 3), (0, 2))
    assert probe.inputs[0].expected == ()


def test_a_head_that_is_not_there_is_refused_before_the_first_step(
    make_spec, make_examples, watch, tmp_path
):
    spec = make_spec("bert", probes=ProbeSpec(heads=((9, 0),)))
    examples = make_examples("classification")
    with pytest.raises(InputError, match=r"no head 9\.0: layers go to 1"):
        tune(spec, examples, examples, tmp_path, watch)
    assert not watch.points


def test_without_metrics_nothing_is_measured_and_probes_are_still_taken(
    make_spec, make_examples, watch, tmp_path, monkeypatch
):
    monkeypatch.setattr(running, "evaluate", None)
    spec = make_spec("bert", metrics=False, probes=ProbeSpec(every=100))
    tune(spec, make_examples("classification"), make_examples("classification", 6), tmp_path, watch)
    assert probe_steps(tmp_path) == (0, 3, 6)
    assert read_probe(tmp_path, 6).confusion is None
    assert "result" not in watch.notes
    assert (tmp_path / "model" / "model.safetensors").is_file()


def test_a_probe_that_fails_does_not_end_the_run(
    make_spec, make_examples, watch, tmp_path, monkeypatch, caplog
):
    from core.tuning.probes import prober

    def fail(*args, **options):
        raise RuntimeError("no attention today")

    monkeypatch.setattr(prober, "read_attention", fail)
    spec = make_spec("bert")
    tune(spec, make_examples("classification"), make_examples("classification", 6), tmp_path, watch)
    assert watch.notes["result"]["step"]
    assert probe_steps(tmp_path) == ()
    assert caplog.text.count("no more are taken") == 1


def test_long_rows_are_cut_to_what_is_shown(make_spec, make_examples, watch, tmp_path):
    text = ProbeText(text="The street is yellow. " * 40)
    spec = make_spec("gpt2", "causal", probes=ProbeSpec(texts=(text,)), steps=1)
    tune(spec, make_examples("causal"), make_examples("causal", 4), tmp_path, watch)
    assert len(read_probe(tmp_path, 1).readings[0].queries) <= 64
