"""A spec says everything, survives JSON, and refuses what no run can have."""

import json
import math

import pytest

from core.errors import InputError
from core.tuning.finetune import METHODS, default_spec
from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled.examples import DataSource

SOURCE = DataSource(kind="classification", dataset="movie-snippets")


def test_a_spec_survives_json():
    spec = RunSpec(
        model="minilm-l6",
        source=SOURCE,
        method="pet",
        template="{text} {word}",
        verbalizer=(("正面", "好"), ("负面", "坏")),
        targets=("query",),
    )
    assert json.loads(spec.to_json())["format"] == 1
    assert RunSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rate", 0.0),
        ("rate", 100.0),
        ("rate", math.nan),
        ("batch", 0),
        ("batch", 2.5),
        ("batch", True),
        ("accumulation", 0),
        ("epochs", 0),
        ("steps", -1),
        ("rank", 0),
        ("virtual_tokens", 0),
        ("warmup", 1.0),
        ("weight_decay", -0.1),
        ("gradient_norm", 0.0),
        ("max_tokens", 4),
        ("seed", -1),
        ("precision", "float16"),
        ("schedule", "steps"),
        ("keep", "some"),
        ("method", "magic"),
        ("model", " "),
    ],
)
def test_a_value_that_no_run_can_have_is_refused(name, value):
    with pytest.raises(InputError, match=f"{name} is .*: it must be"):
        RunSpec(**({"model": "minilm-l6", "source": SOURCE} | {name: value}))


@pytest.mark.parametrize(
    ("kind", "method"), [("tagging", "pet"), ("causal", "head"), ("masked", "pet")]
)
def test_a_method_that_does_not_go_with_the_data_is_refused(kind, method):
    source = DataSource(kind=kind, dataset="brown")
    with pytest.raises(InputError, match="it must be one of full, lora"):
        RunSpec(model="minilm-l6", source=source, method=method)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2}', '{"format": 1, "model": "a"}', "[" * 100_000, "null"],
)
def test_what_is_no_spec_is_refused(text):
    with pytest.raises(InputError, match="export it again"):
        RunSpec.from_json(text)


def test_a_spec_with_a_name_that_is_none_is_refused():
    values = json.loads(RunSpec(model="minilm-l6", source=SOURCE).to_json())
    with pytest.raises(InputError, match="export it again"):
        RunSpec.from_json(json.dumps(values | {"bach": 3}))


@pytest.mark.parametrize("kind", METHODS)
def test_every_method_of_every_kind_has_a_spec_to_begin_with(kind):
    source = DataSource(kind=kind, dataset="movie-snippets")
    for method in METHODS[kind]:
        assert default_spec("minilm-l6", source, method).method == method


def test_the_spec_to_begin_with_is_the_one_of_the_design():
    """Issue 6: three epochs, batch 32, 1e-4 for the built-in encoder."""
    spec = default_spec("minilm-l6", SOURCE)
    assert (spec.epochs, spec.batch, spec.accumulation, spec.rate) == (3, 32, 1, 1e-4)


def test_a_large_model_reads_fewer_rows_at_once_and_as_many_a_step():
    spec = default_spec("smollm2-135m-instruct", DataSource(kind="causal", dataset="wordnet"))
    assert (spec.batch, spec.accumulation) == (8, 4)
