"""Probes of runs from nothing: they change nothing, and move with the model that learns."""

import dataclasses

import numpy as np
import pytest
from safetensors.torch import load_file

from core.attention import capture_attention
from core.generation import SamplingSettings, generate_steps
from core.masked import predict_masks
from core.models import load_model
from core.tuning.pretrain.running import pretrain
from core.tuning.probes import ProbeSpec, ProbeText, probe_steps, read_probe
from core.tuning.probes.taking import masked_input

pytestmark = pytest.mark.slow

OFF = ProbeSpec(enabled=False)


@pytest.fixture(params=["masked", "causal", "seq2seq"])
def probed(request, make_spec, make_watch, tmp_path):
    spec = make_spec(request.param, keep="last", probes=ProbeSpec(every=100))
    watch = make_watch()
    pretrain(spec, tmp_path / "probed", watch)
    return spec, tmp_path / "probed", watch


def test_a_run_with_probes_equals_one_without(probed, make_watch, tmp_path):
    spec, folder, watch = probed
    other = make_watch()
    pretrain(dataclasses.replace(spec, probes=OFF), tmp_path / "plain", other)
    assert not probe_steps(tmp_path / "plain")
    one, two = (
        load_file(each / "model" / "model.safetensors") for each in (folder, tmp_path / "plain")
    )
    assert max(float((one[name] - two[name]).abs().max()) for name in one) == 0.0
    assert [point["loss"] for point in watch.points] == [point["loss"] for point in other.points]


def test_probes_hold_what_the_saved_model_says(probed):
    """Attention to 0.0, words and texts as ``predict_masks`` and ``generate_steps`` give them."""
    spec, folder, _watch = probed
    assert probe_steps(folder) == (0, 2, 3, 4, 6)
    probe = read_probe(folder, 6)
    assert len(probe.inputs) == 2
    assert probe.heads
    model = load_model(str(folder / "model"))
    greedy = SamplingSettings(greedy=True)
    for given, reading in zip(probe.inputs, probe.readings, strict=True):
        if spec.objective == "masked":
            tokens, originals = masked_input(model, given.text)
            wanted = predict_masks(model, tokens, top_k=5, originals=originals)
            assert [mask.words for mask in reading.masks] == [mask.texts for mask in wanted]
            stack = capture_attention(model, tokens).main
        elif spec.objective == "causal":
            steps = tuple(generate_steps(model, given.text, settings=greedy, max_new_tokens=12))
            assert "".join(reading.continuation) == "".join(step.text for step in steps)
            stack = capture_attention(model, given.text).main
        else:
            target = model.encode_target(given.expected[0])
            stack = capture_attention(model, given.text, target).stack("cross")
            assert reading.queries == target.labels
        for place, weights in zip(probe.heads, reading.weights, strict=True):
            assert float(np.abs(stack.head(*place) - weights).max()) == 0.0


def test_a_resumed_run_has_each_probe_once_and_the_same(probed, make_watch, tmp_path):
    spec, folder, _watch = probed
    again = tmp_path / "again"
    pretrain(spec, again, make_watch(stop_at=3))
    pretrain(spec, again, make_watch())
    assert probe_steps(again) == probe_steps(folder)
    for step in probe_steps(folder):
        one, other = read_probe(folder, step), read_probe(again, step)
        for first, second in zip(one.readings, other.readings, strict=True):
            assert (first.weights == second.weights).all()
            assert first.continuation == second.continuation


def test_texts_that_were_chosen_are_looked_into(make_spec, make_watch, tmp_path):
    texts = (ProbeText(text="The [MASK] is wide."),)
    spec = make_spec("masked", probes=ProbeSpec(texts=texts), steps=1)
    pretrain(spec, tmp_path, make_watch())
    probe = read_probe(tmp_path, 1)
    assert [given.text for given in probe.inputs] == ["The [MASK] is wide."]
    assert len(probe.readings[0].masks) == 1
