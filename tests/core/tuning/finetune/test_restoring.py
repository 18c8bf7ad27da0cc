"""What a run trained is put together again: as it was, and as a model to be looked into."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.attention import ablate_heads, attention_rollout, capture_attention, head_profile
from core.errors import ModelNotFoundError
from core.generation import GenerationSession, SamplingSettings, score_text
from core.generation.generating import generate_steps
from core.lens import logit_lens
from core.masked import predict_masks
from core.models import ModelPool, load_model, load_tokenizer
from core.models.virtual import count_virtual
from core.tuning.finetune.networks import build_network
from core.tuning.finetune.restoring import merged, restore
from core.tuning.finetune.running import read_material
from core.tuning.kept import checkpoint_steps, find_kept, kept_models
from core.tuning.runs import RunStore

sys.path.append(str(Path(__file__).parent))
from finished import finish_run

pytestmark = pytest.mark.slow

TEXT = "The animal is wide and the street is yellow."
MASKED = "The animal is [MASK] and the street is yellow."
VIRTUAL = 4
RUNS = [
    ("bert", "classification", "full"),
    ("bert", "classification", "lora"),
    ("bert", "pair", "head"),
    ("bert", "pair", "prompt"),
    ("bert", "tagging", "prefix"),
    ("bert", "masked", "full"),
    ("bert", "masked", "lora"),
    ("bert", "masked", "prompt"),
    ("bert", "masked", "prefix"),
    ("bert", "classification", "pet"),
    ("bert", "classification", "pet-lora"),
    ("bert", "classification", "pet-prompt"),
    ("gpt2", "classification", "pet"),
    ("gpt2", "classification", "lora"),
    ("gpt2", "causal", "full"),
    ("gpt2", "causal", "prompt"),
    ("gpt2", "causal", "prefix"),
    ("llama", "completion", "lora"),
    ("llama", "causal", "prompt"),
    ("llama", "causal", "prefix"),
    ("distilbert", "classification", "lora"),
]
KINDS = {"masked": "masked", "causal": "causal", "completion": "causal"}


@pytest.fixture(scope="module", params=RUNS, ids="-".join)
def finished(request, make_spec, make_examples, tmp_path_factory):
    """A run that is done: its spec, its id, and its home."""
    family, kind, method = request.param
    more = {
        "template": "{text} It is {word}",
        "verbalizer": (("positive", "wide"), ("negative", "tired")),
    }
    spec = make_spec(family, kind, method, rate=2e-2, **(more if method.startswith("pet") else {}))
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HEADLIGHT_HOME", str(home))
        run_id = finish_run(spec, make_examples(kind), make_examples(kind, 6))
        yield spec, run_id


def _kind(spec):
    if spec.by_pattern:
        return "causal" if "gpt2" in spec.model else "masked"
    return KINDS.get(spec.kind, "encoder")


def _virtual(spec):
    return VIRTUAL if spec.adapter in ("prompt", "prefix") else 0


def test_the_model_of_a_run_is_of_the_right_kind(finished):
    spec, run_id = finished
    model = load_model(f"run:{run_id}")
    assert model.kind == _kind(spec) == find_kept(f"run:{run_id}").kind
    assert model.id == f"run:{run_id}"
    tokens = model.encode(TEXT)
    assert tokens.pieces[: _virtual(spec)] == ("[V1]", "[V2]", "[V3]", "[V4]")[: _virtual(spec)]
    assert all(tokens.special[: _virtual(spec)])
    assert count_virtual(tokens) == _virtual(spec)
    assert load_tokenizer(f"run:{run_id}").encode(TEXT).ids == tokens.ids


def test_its_outputs_are_those_of_the_network_that_was_trained(finished):
    """LoRA is merged; all are equal up to rounding."""
    spec, run_id = finished
    trained = restore(find_kept(f"run:{run_id}"))
    model = load_model(f"run:{run_id}")
    tokens = model.encode(TEXT)
    count = _virtual(spec)
    ids = torch.tensor([tokens.ids[count:]])
    with torch.no_grad():
        ours = model.network(**model.inputs(tokens))
        if "logits" in ours:
            theirs = trained.network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
            found = ours.logits[:, count:]
            assert torch.allclose(found, theirs[:, -found.shape[1] :], atol=2e-5, rtol=1e-5)
            return
        kept = []
        base = getattr(trained.network, "base_model", trained.network)
        base = getattr(base, "model", base) if hasattr(trained.network, "peft_config") else base
        base = getattr(base, "base_model", base)
        hook = base.register_forward_hook(lambda _module, _args, out: kept.append(out[0]))
        trained.network(input_ids=ids, attention_mask=torch.ones_like(ids))
        hook.remove()
    found = ours.last_hidden_state[:, count:]
    assert torch.allclose(found, kept[-1][:, -found.shape[1] :], atol=2e-5, rtol=1e-5)


def test_the_network_is_restored_to_zero(finished, make_examples):
    """known-answers.md: reload = saved, 0.0; here against the last evaluation of the run."""
    from core.tuning.finetune.evaluation import evaluate

    spec, run_id = finished
    kept = find_kept(f"run:{run_id}")
    tuned = restore(kept)
    examples = make_examples(spec.kind, 6)
    material = read_material(spec, tuned, make_examples(spec.kind), examples)
    score = evaluate(
        tuned.network,
        material.held_out,
        material.collator,
        classes=material.classes,
        choices=material.choices,
        seed=spec.seed,
    )
    with RunStore() as store:
        assert score.loss == store.notes(run_id)["result"]["validation_loss"]


def test_a_capture_has_every_token_and_rows_that_sum_to_one(finished):
    spec, run_id = finished
    model = load_model(f"run:{run_id}")
    capture = capture_attention(model, TEXT, vectors=True)
    weights = capture.weights
    count = _virtual(spec)
    assert weights.shape[-1] == weights.shape[-2] == len(capture.tokens)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    if spec.method == "prefix":
        for row in range(count):
            assert (weights[:, :, row, row] == 1).all()
        assert weights[:, :, count:, :count].max() > 0
    assert np.isfinite(attention_rollout(weights)).all()
    assert len(head_profile(capture)) == model.shape.layers * model.shape.heads


def test_a_checkpoint_is_loaded_by_its_step(finished):
    _spec, run_id = finished
    with RunStore() as store:
        steps = checkpoint_steps(store.get(run_id))
    assert steps
    model = load_model(f"run:{run_id}@{steps[-1]}")
    assert model.kind == load_model(f"run:{run_id}").kind
    assert np.isfinite(capture_attention(model, TEXT).weights).all()
    with pytest.raises(
        ModelNotFoundError, match=f"no checkpoint of step 77; there are: {steps[0]}"
    ):
        load_model(f"run:{run_id}@77")


def test_the_pages_computations_work_on_it(finished):
    """Virtual tokens never make one of them fail."""
    spec, run_id = finished
    model = load_model(f"run:{run_id}")
    if model.kind == "masked":
        (prediction,) = predict_masks(model, MASKED)
        assert prediction.probabilities[0] > 0
        assert np.isfinite(ablate_heads(model, MASKED, [(0, 0)]).ablated).all()
        logit_lens(model, MASKED)
    elif model.kind == "causal":
        score = score_text(model, TEXT)
        assert np.isfinite(score.log_probabilities[max(1, _virtual(spec)) :]).all()
        settings = SamplingSettings(greedy=True, repetition_penalty=1.2)
        steps = list(generate_steps(model, TEXT, settings=settings, max_new_tokens=4))
        assert len(steps) >= 1
        assert np.isfinite(ablate_heads(model, TEXT, [(0, 0)]).ablated).all()
        logit_lens(model, TEXT)


def test_generation_with_a_cache_equals_generation_without(finished):
    """A prefix stays in place in every step."""
    _spec, run_id = finished
    model = load_model(f"run:{run_id}")
    if model.kind != "causal":
        return
    session = GenerationSession(model, TEXT, settings=SamplingSettings(greedy=True))
    ids = list(session.tokens.ids)
    with torch.no_grad():
        for _step in range(4):
            step = session.step()
            network = model.network(input_ids=torch.tensor([ids]), use_cache=False)
            expected = torch.softmax(network.logits[0, -1].double(), -1)
            found = dict(zip(step.top_ids, step.top_probabilities, strict=True))
            for id_, probability in found.items():
                assert probability == pytest.approx(float(expected[id_]), abs=1e-5)
            ids.append(step.token_id)


def test_merging_lora_changes_the_outputs_by_rounding_only(finished):
    """2e-7 in known-answers.md; here five times as much, of the largest logit of any model."""
    spec, run_id = finished
    if spec.method != "lora":
        return
    kept = find_kept(f"run:{run_id}")
    tuned = restore(kept)
    ids = torch.arange(6, 20)[None]
    with torch.no_grad():
        apart = tuned.network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        plain = merged(tuned)
        together = plain(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    assert not any("lora" in name for name, _part in plain.named_parameters())
    assert float((apart - together).abs().max()) <= 1e-6 * max(1.0, float(apart.abs().max()))


def test_with_its_adapter_off_a_trained_network_is_its_base(finished):
    """known-answers.md: adapter off = base, to 0.0, after training too."""
    spec, run_id = finished
    if spec.method != "lora" or spec.kind not in ("masked", "completion"):
        return
    tuned = restore(find_kept(f"run:{run_id}"))
    base = build_network(type(spec).from_json(spec.to_json().replace('"lora"', '"full"')))
    ids = torch.arange(6, 20)[None]
    with torch.no_grad(), tuned.network.disable_adapter():
        off = tuned.network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        plain = base.network.eval()(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    assert torch.equal(off, plain)


@pytest.mark.parametrize(
    "name",
    ["run:", "run:../../etc", "run:0123456789/..", "run:0123456789@", "run:0123456789@-1",
     "run:0123456789@1e3", "run:ABCDEF0123", "run:0123456789@١"],
)  # fmt: skip
def test_a_name_that_is_none_is_refused(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path))
    with pytest.raises(ModelNotFoundError, match="names no run"):
        load_model(name)


def test_a_run_that_is_gone_or_not_done_is_told_in_a_sentence(
    make_spec, make_examples, tmp_path, monkeypatch
):
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path))
    with pytest.raises(ModelNotFoundError, match="no run 0123456789 any more"):
        load_model("run:0123456789")
    spec = make_spec("bert")
    examples = make_examples("classification")
    run_id = finish_run(spec, examples, examples, name="mine", state="stopped")
    with pytest.raises(ModelNotFoundError, match=r"“mine” is not done.*checkpoints \(3, 6\)"):
        load_model(f"run:{run_id}")
    assert load_model(f"run:{run_id}@6").kind == "encoder"
    with RunStore() as store:
        assert kept_models(store) == ()


def test_the_pool_holds_the_model_of_a_run(make_spec, make_examples, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path))
    examples = make_examples("classification")
    run_id = finish_run(make_spec("bert", method="lora"), examples, examples)
    pool = ModelPool(10**9)
    with pool.lease(f"run:{run_id}") as model, pool.lease(f"run:{run_id}") as again:
        assert model is again
    assert [each.id for each in pool.loaded()] == [f"run:{run_id}"]
    with RunStore() as store:
        (kept,) = kept_models(store)
    assert (kept.name, kept.kind, kept.record.name) == (f"run:{run_id}", "encoder", "a run")
