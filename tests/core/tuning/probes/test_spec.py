"""What can be asked of probes, and what is refused in a sentence."""

import json
from dataclasses import asdict

import pytest

from core.errors import InputError
from core.tuning.finetune.spec import RunSpec
from core.tuning.labelled.examples import DataSource
from core.tuning.probes import ProbeSpec, ProbeText


def test_a_spec_comes_back_from_json_with_its_run():
    probes = ProbeSpec(
        texts=(ProbeText(text="A [MASK].", second="二"),),
        heads=((0, 1), (5, 11)),
        new_tokens=3,
        every=7,
    )
    source = DataSource(kind="classification", dataset="movie-snippets")
    spec = RunSpec(model="minilm-l6", source=source, probes=probes, metrics=False)
    assert RunSpec.from_json(spec.to_json()) == spec
    assert ProbeSpec.from_values(json.loads(json.dumps(asdict(probes)))) == probes


def test_a_run_that_was_exported_before_there_were_probes_can_be_read():
    source = DataSource(kind="classification", dataset="movie-snippets")
    values = json.loads(RunSpec(model="minilm-l6", source=source).to_json())
    del values["probes"], values["metrics"]
    assert RunSpec.from_json(json.dumps(values)).probes == ProbeSpec()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"texts": (ProbeText(text="a"),) * 7}, "7 texts are too many"),
        ({"heads": ((0, 0),) * 9}, "9 heads are too many"),
        ({"heads": ((-1, 0),)}, "no head -1.0"),
        ({"every": -1}, "every -1 steps"),
        ({"new_tokens": 0}, "0 new tokens"),
        ({"new_tokens": 65}, "65 new tokens"),
    ],
)
def test_what_cannot_be_probed_is_refused(wrong, said):
    with pytest.raises(InputError, match=said):
        ProbeSpec(**wrong)


@pytest.mark.parametrize(("text", "said"), [("  ", "empty"), ("a" * 2001, "2,001 characters")])
def test_a_text_that_cannot_be_probed_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        ProbeText(text=text)


def test_a_spec_of_before_probes_had_steps_of_their_own_is_read():
    values = asdict(ProbeSpec(new_tokens=5))
    del values["every"]
    assert ProbeSpec.from_values(values) == ProbeSpec(new_tokens=5)
